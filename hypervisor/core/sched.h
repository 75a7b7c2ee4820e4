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

#define SCHED_SLICE	(10 * 1000000UL)	/* ns */
#define SCHED_WEIGHT	256			/* default */

struct vcpu;
struct domain;

struct sched_vcpu {
	struct list link;	/* s: place in the queue */
	s64 vtime;		/* s: weighted time that it has had */
	u64 since;		/* s: charged up to here while it runs */
	bool queued, active;	/* s: active: queued or on a CPU */
	bool yield;		/* own CPU: asked to give way */
	struct cpumask affinity;	/* s: hard */
	struct cpumask soft_affinity;	/* told back only */
};

struct sched_domain {
	u16 weight;		/* s: default 256 */
	u16 cap;		/* s: percent of one CPU; 0: none */
	u32 active;		/* s: active vCPUs */
	s64 cap_left;		/* s: ns in this period */
	bool parked;		/* s: used up its cap */
	struct list capped;	/* s: domains with a cap */
};

/*
 * First the one, then the other for every CPU before it may idle.  A vCPU runs
 * @ratelimit ns (0: none) before one that woke takes its CPU; a slice at most.
 */
void sched_init(u64 ratelimit);
void sched_init_cpu(unsigned int cpu);
void sched_domain_init(struct domain *d);
void sched_domain_destroy(struct domain *d);
void sched_vcpu_init(struct vcpu *v);
void sched_vcpu_destroy(struct vcpu *v);
/* @weight 0, @cap 0xffff: leave as it is. */
int sched_set_params(struct domain *d, unsigned int weight, unsigned int cap);

/* Make @v runnable again if it is blocked; kicks a CPU. Any context. */
void sched_wake(struct vcpu *v);
/* @v's pause count or VCPU_DOWN went: queue it if it is runnable now. */
void sched_resume(struct vcpu *v);
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
u64 sched_idle_time(unsigned int cpu);		/* ns, of a CPU */
void sched_dump(void);

#endif
