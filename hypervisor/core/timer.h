/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One-shot timers, a heap per CPU.  Functions run on the CPU that the
 * timer is on, on the way back to a guest or in the idle loop, with no locks
 * held.  They may set and cancel timers.
 */
#ifndef HOSPES_CORE_TIMER_H
#define HOSPES_CORE_TIMER_H

#include "lib/types.h"

struct timer {
	u64 expires;		/* system time, ns */
	void (*fn)(void *data);
	void *data;
	unsigned int cpu;
	bool active;		/* t */
	/* Pairing heap: first child, next sibling, parent or elder sibling. */
	struct timer *child, *next, *prev;	/* t */
};

void timer_init(struct timer *t, void (*fn)(void *), void *data,
		unsigned int cpu);
/* (Re)arm; a time in the past fires at once. */
void timer_set(struct timer *t, u64 expires);
/* Disarm. Its function may be running on another CPU. */
void timer_cancel(struct timer *t);
/*
 * Disarm; returns when the function is not running on another CPU, so no lock is
 * held that a timer's function may want (LOCK_WAIT_TIMER).
 */
void timer_stop(struct timer *t);
/* Move to another CPU, keeping the expiry. */
void timer_migrate(struct timer *t, unsigned int cpu);
bool timer_active(const struct timer *t);
/* Run what is due on this CPU and arm the hardware for the next. */
void timer_run(void);
void timer_init_cpu(unsigned int cpu);

#endif
