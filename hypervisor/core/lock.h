/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spinlocks, and the one order in which they are taken.
 *
 * The hypervisor runs with interrupts disabled; it takes interrupts only in
 * the idle loop and while a guest runs.  So no lock needs an interrupt-safe
 * form.  A CPU that spins answers TLB flush requests (smp_poll()), so locks
 * may be held across tlb_flush_mask().
 *
 * Order, outermost first.  A CPU may only take a lock whose level is higher
 * than all it holds (two of the same level: by address, with spin_lock_pair).
 * Waiting for somebody is like taking all locks that he may take: it has a place
 * in the order, too.  DEBUG builds check at run time.
 */
#ifndef HOSPES_CORE_LOCK_H
#define HOSPES_CORE_LOCK_H

#include "lib/types.h"

enum lock_level {
	LOCK_NONE,
	LOCK_DOMCTL,		/* C: one control operation at a time */
	LOCK_WAIT_VCPU,		/* no lock: waiting for a vCPU to stop */
	LOCK_DOMLIST,		/* D: list of domains, id allocation */
	LOCK_WAIT_TIMER,	/* no lock: a timer's function, and waiting for
				   its end */
	LOCK_DOMAIN,		/* d: life cycle, pause, vCPU set of a domain */
	LOCK_MMU,		/* m: a PV domain's page-table updates */
	LOCK_GRANT,		/* g: grant table of a domain */
	LOCK_MEMORY,		/* p: a domain's frame accounting */
	LOCK_EVTCHN,		/* e: event channels of a domain */
	LOCK_PIRQ,		/* i: interrupts bound to domains */
	LOCK_FIFO,		/* f: one FIFO event queue */
	LOCK_SCHED,		/* s: run queues */
	LOCK_TIMER,		/* t: timers of a CPU */
	LOCK_HEAP,		/* h: free memory */
	LOCK_IOAPIC,		/* a: interrupt hardware */
	LOCK_CONSOLE,		/* c: log ring and serial line */
	LOCK_LEVELS
};

struct spinlock {
	u32 ticket;		/* next to hand out, 16 bits; now served, 16 */
	u8 level;
};

#define SPINLOCK_INIT(lvl)	{ 0, (lvl) }

void spin_lock_init(struct spinlock *l, enum lock_level level);
void spin_lock(struct spinlock *l);
bool spin_trylock(struct spinlock *l);
void spin_unlock(struct spinlock *l);
bool spin_is_locked(const struct spinlock *l);
/* Two locks of one level, in the order of their addresses; may be equal. */
void spin_lock_pair(struct spinlock *a, struct spinlock *b);
void spin_unlock_pair(struct spinlock *a, struct spinlock *b);
/*
 * DEBUG builds: until lock_unnote() what this CPU does counts as holding a lock
 * of @level, though there is none.
 */
void lock_note(enum lock_level level);
void lock_unnote(enum lock_level level);
/*
 * DEBUG builds: this CPU, which is about to wait for somebody who may take locks
 * of @level and above, holds none of these.  Called whether or not there is
 * anybody to wait for.
 */
void lock_may_wait(enum lock_level level);
/* DEBUG builds: this CPU holds no lock (on every way to a guest). */
void lock_assert_none(void);

#endif
