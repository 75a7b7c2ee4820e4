/* SPDX-License-Identifier: BSD-2-Clause */
/* What an unprivileged guest may not do: see main.c. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "ops.h"

/* Domains that are somebody else's, and one that is nobody's. */
#define DOM0		0
#define OTHERS		2
extern unsigned int others[OTHERS];	/* dom0, and a guest if there is one */

/* What the guest writes to the host's console. */
#define FLOOD_TEXT	"a flood of lines"
#define FLOOD_LINES	300

/* Calls that were made with a rule in mind, by number. */
extern bool seen[64];

/* Makes a call, checks its result under that name. */
void expect(const char *name, long got, long want);
long call(unsigned int nr, unsigned long a1, unsigned long a2,
	  unsigned long a3, unsigned long a4);

#define CALL1(n, a)	call(__HYPERVISOR_##n, HC_ARG(a), 0, 0, 0)
#define CALL2(n, a, b)	call(__HYPERVISOR_##n, HC_ARG(a), HC_ARG(b), 0, 0)
#define CALL3(n, a, b, c) \
	call(__HYPERVISOR_##n, HC_ARG(a), HC_ARG(b), HC_ARG(c), 0)
#define CALL4(n, a, b, c, d) \
	call(__HYPERVISOR_##n, HC_ARG(a), HC_ARG(b), HC_ARG(c), HC_ARG(d))

void check_control(void);	/* control.c: calls that are dom0's alone */
void check_memory(void);	/* memory.c: memory, tables, grants of others */
void check_events(void);	/* events.c: events and vCPUs of others */

#endif
