/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler: vCPUs onto CPUs, preemptive, work-conserving, weighted by
 * domain, with caps.  A vCPU is runnable when pause_count == 0, it is not
 * blocked, and online (!VCPU_DOWN).
 */
#ifndef HOSPES_CORE_SCHED_H
#define HOSPES_CORE_SCHED_H

#include "lib/list.h"
#include "x86/cpu.h"

struct vcpu;
struct domain;

struct sched_vcpu {		/* fields protected by the run queue's lock */
	struct list link;
	unsigned int cpu;	/* whose queue it belongs to */
	s64 credit;
	u8 prio;
	bool queued;
	struct cpumask affinity;	/* hard */
};

struct sched_domain {
	u16 weight;		/* default 256 */
	u16 cap;		/* percent of one CPU; 0: none */
	s64 cap_left;
	bool parked;
};

void sched_init(void);
void sched_init_cpu(unsigned int cpu);
void sched_vcpu_init(struct vcpu *v);
void sched_vcpu_destroy(struct vcpu *v);

/* Make @v runnable again if it is blocked; kicks a CPU. Any context. */
void sched_wake(struct vcpu *v);
/* The current vCPU gives way; it stays runnable. */
void sched_yield(void);
/*
 * Mark the current vCPU blocked unless an event is pending for it (checked
 * after the mark, so no wake-up is lost); leaves the CPU on the way out.
 */
void sched_block(void);
/*
 * Something about @v's runnability changed (paused, down): take it off its
 * CPU.  sync: wait until it is not running. Not for current with sync.
 */
void sched_sleep(struct vcpu *v, bool sync);
/* Choose and switch; called by the exit path when WORK_SCHED is set. */
void schedule(void);
int sched_set_affinity(struct vcpu *v, const struct cpumask *mask);

/* The idle loop of a CPU: runs work, halts. Never returns. */
void sched_idle_loop(void) __noreturn;

/* Run states (public ABI: vcpu.h), kept for info and guests. */
void runstate_change(struct vcpu *v, int state, u64 now);
u64 vcpu_cpu_time(const struct vcpu *v);	/* ns in state running */

#endif
