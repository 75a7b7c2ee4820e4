/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is around hospesd's life cycle, made for a process that is killed: the
 * hypervisor's domains are in memory that outlives it, a builder makes them, and
 * every change of them and of the records is a moment at which to die.
 */
#ifndef TESTS_UNIT_FAKE_HOSPESD_H
#define TESTS_UNIT_FAKE_HOSPESD_H

#include <stdbool.h>
#include <stdint.h>

#include "hospesd/domain.h"

#define FAKE_DOMAINS 64
#define FAKE_PAGES 100000
#define FAKE_KILLED 99		/* exit status of who died at a moment */

struct fake_dom {
	bool there, paused, shut_down, dying;
	unsigned int reason;
	uint8_t uuid[16];
	uint64_t pages, claim, max;
};

struct fake_host {
	struct fake_dom doms[FAKE_DOMAINS];	/* by domid */
	uint32_t last;				/* domid given */
	uint64_t free, claimed;
	bool builds_fail;
	unsigned int lingers;	/* looks at a destroyed domain until it goes */
	unsigned int countdown;			/* moments left; 0: no end */
	bool ended;	/* the guest ended by itself: the test says so */
};

extern struct fake_host *fake_host;

void fake_host_make(void);
void fake_host_reset(void);
/* May not return. */
void fake_moment(void);
unsigned int fake_count(const uint8_t uuid[16]);

#endif
