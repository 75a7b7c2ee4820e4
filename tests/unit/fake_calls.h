/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All handlers of hypercalls, for tests of the edge: each writes down how it
 * was called and answers what the test wants.  The guest's memory is a window
 * below 4 GiB; nothing else can be copied to or from but the translation area,
 * and that only during a call.
 */
#ifndef TESTS_UNIT_FAKE_CALLS_H
#define TESTS_UNIT_FAKE_CALLS_H

#include <setjmp.h>

#include "core/domain.h"

#define FAKE_GUEST	0x20000000UL
#define FAKE_GUEST_SIZE	0x100000UL

extern struct fake_call {
	const char *name;		/* of the last handler, or NULL */
	u64 a[6];
	unsigned int calls;
	long rc;			/* its answer */
	/* Instead of the answer, if not NULL. */
	long (*hook)(u64 a1, u64 a2, u64 a3, u64 a4);
} fake_call;

extern struct vcpu fake_vcpu;
extern struct domain fake_domain;
extern u64 fake_faults_from;		/* guest addresses from here fault */
extern u64 fake_readonly_from;		/* ... cannot be written */
extern unsigned int fake_busy_in;	/* preempt at the n-th look, 0: never */

extern jmp_buf *fake_return;		/* where return_to_guest() goes */

void fake_calls_reset(void);

#endif
