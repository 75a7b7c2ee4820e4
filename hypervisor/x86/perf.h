/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters of what happens, a set for each CPU in its struct cpu.  Only that
 * CPU writes them, with interrupts off, so that counting is one addition to
 * memory: no lock, nothing atomic.  Readers on other CPUs add up what they find,
 * which may be a moment old.  They are never set back: who wants the events of a
 * while reads twice.
 */
#ifndef HOSPES_X86_PERF_H
#define HOSPES_X86_PERF_H

#include "lib/types.h"

#define PERF_HYPERCALLS	64	/* by number */
#define PERF_EXCEPTIONS	32	/* of guests, by vector */

enum perf_event {
#define PERF(event, name) PERF_##event,
#include "x86/perf.def"
#undef PERF
	PERF_EVENTS
};

struct perf {
	u64 hypercalls[PERF_HYPERCALLS];
	u64 exceptions[PERF_EXCEPTIONS];
	u64 events[PERF_EVENTS];
};

/* With x86/cpu.h.  @event: as in perf.def. */
#define perf_add(event, n)	(this_cpu()->perf.events[PERF_##event] += (n))
#define perf_count(event)	perf_add(event, 1)
/* The same where guest_regs() are at hand as @r: one instruction. */
#define perf_count_by(r, event)	(cpu_of_regs(r)->perf.events[PERF_##event]++)
/* @nr is below PERF_HYPERCALLS, @vector below PERF_EXCEPTIONS. */
#define perf_hypercall(r, nr)	(cpu_of_regs(r)->perf.hypercalls[nr]++)
#define perf_exception(r, vector) (cpu_of_regs(r)->perf.exceptions[vector]++)

#endif
