/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB flushes, local and on other CPUs.
 *
 * A global clock ticks at each flush that others may rely on.  Every CPU
 * remembers the time of its last full flush, every block of free memory and
 * every domain the time when it last lost a mapping; a flush is needed
 * only on CPUs whose time is not later.
 */
#ifndef HOSPES_X86_TLB_H
#define HOSPES_X86_TLB_H

#include "lib/cpumask.h"

extern u64 tlb_time;			/* of the clock, atomic; never 0 */

/* The present time: what was stored before is seen by flushes after it. */
static inline u64 tlb_clock(void)
{
	smp_mb();
	return __atomic_load_n(&tlb_time, __ATOMIC_SEQ_CST);
}

void tlb_flush_local(void);		/* all but global entries… and those */
void tlb_flush_local_one(u64 va);
/*
 * Flush on all CPUs in @mask (the own one included if set), wait until done.
 * May be called with locks held: whoever spins answers flush requests.
 */
void tlb_flush_mask(const struct cpumask *mask);
void tlb_flush_mask_one(const struct cpumask *mask, u64 va);
/* As tlb_flush_mask(), leaving out CPUs which flushed after @since. */
void tlb_flush_since(const struct cpumask *mask, u64 since);
void tlb_flush_all_since(u64 since);	/* all online CPUs */
/* Load CR3, which flushes; keeps the CPU's flush time. */
void tlb_load_cr3(u64 cr3);
/* Answer what other CPUs asked for; called from spin loops and IPI handler. */
void smp_poll(void);

#endif
