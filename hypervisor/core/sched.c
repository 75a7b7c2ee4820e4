/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler.
 *
 * One queue of runnable vCPUs for all CPUs, sorted by virtual time: time
 * that a vCPU ran, scaled by its share of its domain's weight.  A CPU always
 * takes the first it may run, so CPUs never idle while work waits, and over
 * time each domain gets CPU in proportion to its weight.  A vCPU that slept
 * comes back at most one slice behind the others, which puts it ahead
 * of those that compute: it preempts the one that had most, once that one has
 * had its minimum.  A guest that sends many requests is so not stopped by the
 * backend that it wakes with each of them.
 *
 * A cap is a budget of CPU time per period; a domain without budget is
 * parked: its vCPUs keep their places and are passed over.
 *
 * What must hold: a vCPU is active exactly if it is queued or is the `curr`
 * of a CPU, and never both.  vcpu.running stays set until its registers
 * are saved, so another CPU passes it over until then; whoever clears it looks
 * for a CPU if the vCPU waits.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "x86/time.h"
#include "x86/tlb.h"

#define CAP_PERIOD	(30 * MS)
#define SLICE_MIN	(MS / 2)
/* A vCPU is not taken off its CPU within its slice for less than this. */
#define GRANULARITY	((s64)MS)
/*
 * How far behind the others a vCPU may stay: one that slept, and one that
 * computes on a CPU where it gets less than others elsewhere. The latter is less,
 * or those that wake beside it would never be behind it.
 */
#define LAG_MAX		((s64)SCHED_SLICE)
#define LAG_COMPUTING	(LAG_MAX / 2)

struct sched_cpu {
	struct vcpu *idle;
	struct vcpu *curr;	/* s: chosen, maybe not switched to yet */
	u64 start;		/* s: when it was chosen */
	u64 end;		/* s: when to choose again */
	struct timer slice;
};

static struct sched_cpu sched_cpus[NR_CPUS];

static struct {
	struct spinlock lock;
	struct list queue;	/* s: by vtime */
	s64 min_vtime;		/* s: never falls */
	struct cpumask idle;	/* s: CPUs that idle and are not called */
	struct list capped;	/* s: domains */
	struct timer cap_timer;
	bool cap_timer_on;	/* s */
	u64 ratelimit;		/* ns that a vCPU has before one preempts it */
} sched = {
	.lock = SPINLOCK_INIT(LOCK_SCHED),
	.queue = LIST_INIT(sched.queue),
	.capped = LIST_INIT(sched.capped),
};

static bool is_idle(const struct vcpu *v)
{
	return v->domain->is_idle;
}

static bool is_curr(const struct vcpu *v)
{
	return sched_cpus[v->cpu].curr == v;
}

/* --- time ----------------------------------------------------------------- */

/* A domain is parked no more: idle CPUs look for its vCPUs themselves. */
static void call_idle_cpus(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &sched.idle)
		cpu_kick(cpu, WORK_SCHED);
}

static void cap_refill(void *unused)
{
	struct domain *d;
	bool again = false;

	(void)unused;
	spin_lock(&sched.lock);
	list_for_each(d, &sched.capped, sched.capped) {
		s64 budget = (s64)(CAP_PERIOD * d->sched.cap / 100);

		d->sched.cap_left = min(d->sched.cap_left + budget, budget);
		d->sched.parked = d->sched.cap_left <= 0;
		if (d->sched.active)
			again = true;
	}
	sched.cap_timer_on = again;
	if (again)
		call_idle_cpus();
	spin_unlock(&sched.lock);
	if (again)
		timer_set(&sched.cap_timer, time_now() + CAP_PERIOD);
}

/* Account for the time that @v, on a CPU, had since the last call. */
static void charge(struct vcpu *v, u64 now)
{
	struct sched_domain *sd = &v->domain->sched;
	s64 ran = (s64)(now - v->sched.since);

	if (is_idle(v) || ran <= 0)
		return;
	v->sched.since = now;
	v->sched.vtime += ran * SCHED_WEIGHT * max(sd->active, 1U) /
			  sd->weight;
	if (!sd->cap)
		return;
	sd->cap_left -= ran;
	if (sd->cap_left <= 0)
		sd->parked = true;
}

static u64 slice_of(const struct vcpu *v)
{
	const struct sched_domain *sd = &v->domain->sched;
	s64 left = sd->cap_left / max(sd->active, 1U);

	if (!sd->cap || left >= (s64)SCHED_SLICE)
		return SCHED_SLICE;
	return left < (s64)SLICE_MIN ? SLICE_MIN : (u64)left;
}

/* --- queue ---------------------------------------------------------------- */

static void activate(struct vcpu *v)
{
	if (v->sched.active)
		return;
	v->sched.active = true;
	v->domain->sched.active++;
}

static void deactivate(struct vcpu *v)
{
	if (!v->sched.active)
		return;
	v->sched.active = false;
	v->domain->sched.active--;
}

static void enqueue(struct vcpu *v, s64 lag)
{
	struct list *pos = sched.queue.prev;

	v->sched.vtime = max(v->sched.vtime, sched.min_vtime - lag);
	while (pos != &sched.queue &&
	       list_entry(pos, struct vcpu, sched.link)->sched.vtime >
	       v->sched.vtime)
		pos = pos->prev;
	list_add(&v->sched.link, pos);
	v->sched.queued = true;
}

static void dequeue(struct vcpu *v)
{
	list_del(&v->sched.link);
	v->sched.queued = false;
}

static bool may_run(const struct vcpu *v, unsigned int cpu)
{
	return cpumask_test(&v->sched.affinity, cpu) &&
	       !v->domain->sched.parked &&
	       (!v->running || v->cpu == cpu);
}

static struct vcpu *pick(unsigned int cpu)
{
	struct vcpu *v;

	list_for_each(v, &sched.queue, sched.link)
		if (may_run(v, cpu))
			return v;
	return NULL;
}

/* Call an idle CPU for @v; false if there is none that it may run on. */
static bool tickle_idle(const struct vcpu *v)
{
	unsigned int cpu = v->cpu;

	if (!cpumask_test(&sched.idle, cpu) ||
	    !cpumask_test(&v->sched.affinity, cpu)) {
		for_each_cpu(cpu, &sched.idle)
			if (cpumask_test(&v->sched.affinity, cpu))
				break;
		if (cpu >= NR_CPUS)
			return false;
	}
	cpumask_clear(&sched.idle, cpu);
	cpu_kick(cpu, WORK_SCHED);
	return true;
}

static bool is_behind(const struct vcpu *v, const struct vcpu *other)
{
	return v->sched.vtime + GRANULARITY < other->sched.vtime;
}

/* @sc shall choose again: now, or when its vCPU has had its minimum. */
static void preempt(struct sched_cpu *sc, u64 now)
{
	u64 end = sc->start + sched.ratelimit;

	if (now >= end) {
		cpu_kick(sc - sched_cpus, WORK_SCHED);
	} else if (end < sc->end) {
		sc->end = end;
		timer_set(&sc->slice, end);
	}
}

/* @v is queued: find a CPU that should look at it, idle ones first. */
static void tickle(const struct vcpu *v, u64 now)
{
	struct sched_cpu *worst = NULL;
	unsigned int cpu;

	if (v->domain->sched.parked || tickle_idle(v))
		return;
	for_each_cpu(cpu, &cpu_online_mask) {
		struct sched_cpu *sc = &sched_cpus[cpu];

		if (!sc->curr || is_idle(sc->curr) ||
		    !cpumask_test(&v->sched.affinity, cpu))
			continue;
		charge(sc->curr, now);
		if (!worst || sc->curr->sched.vtime > worst->curr->sched.vtime)
			worst = sc;
	}
	if (worst && is_behind(v, worst->curr))
		preempt(worst, now);
}

/* --- blocking and waking --------------------------------------------------- */

void sched_resume(struct vcpu *v)
{
	u64 now = time_now();

	spin_lock(&sched.lock);
	if (vcpu_runnable(v) && !v->sched.active) {
		activate(v);
		enqueue(v, LAG_MAX);
		runstate_change(v, RUNSTATE_runnable, now);
		tickle(v, now);
	}
	spin_unlock(&sched.lock);
}

void sched_wake(struct vcpu *v)
{
	u64 old;

	if (!(READ_ONCE(v->flags) & (VCPU_BLOCKED | VCPU_POLLING)))
		return;
	old = __atomic_fetch_and(&v->flags, ~(VCPU_BLOCKED | VCPU_POLLING),
				 __ATOMIC_SEQ_CST);
	if (old & VCPU_POLLING)
		__atomic_fetch_sub(&v->domain->evtchn.pollers, 1,
				   __ATOMIC_SEQ_CST);
	if (old & VCPU_BLOCKED)
		sched_resume(v);
}

void sched_sleep(struct vcpu *v, bool sync)
{
	spin_lock(&sched.lock);
	if (!vcpu_runnable(v)) {
		if (v->sched.queued) {
			dequeue(v);
			deactivate(v);
			runstate_change(v, RUNSTATE_offline, time_now());
		} else if (is_curr(v)) {
			cpu_kick(v->cpu, WORK_SCHED);
		}
	}
	spin_unlock(&sched.lock);
	if (sync)
		lock_may_wait(LOCK_WAIT_VCPU);
	while (sync && READ_ONCE(v->running)) {
		smp_poll();
		cpu_relax();
	}
}

void sched_yield(void)
{
	current->sched.yield = true;
	cpu_kick(this_cpu()->id, WORK_SCHED);
}

void sched_block(void)
{
	struct vcpu *v = current;

	__atomic_fetch_or(&v->flags, VCPU_BLOCKED, __ATOMIC_SEQ_CST);
	if (v->domain->kind->event_deliverable(v))
		__atomic_fetch_and(&v->flags, ~VCPU_BLOCKED, __ATOMIC_SEQ_CST);
	else
		cpu_kick(this_cpu()->id, WORK_SCHED);
}

/* --- choosing -------------------------------------------------------------- */

/* Take @prev off, as far as the queue is concerned. */
static void put_prev(struct sched_cpu *sc, struct vcpu *prev, u64 now)
{
	if (is_idle(prev)) {
		runstate_change(prev, RUNSTATE_runnable, now);
		return;
	}
	charge(prev, now);
	if (vcpu_runnable(prev)) {
		if (prev->sched.yield && !list_empty(&sched.queue)) {
			s64 head = list_first(&sched.queue, struct vcpu,
					      sched.link)->sched.vtime;

			prev->sched.vtime = max(prev->sched.vtime, head);
		}
		enqueue(prev, LAG_COMPUTING);
		runstate_change(prev, RUNSTATE_runnable, now);
	} else {
		deactivate(prev);
		runstate_change(prev, READ_ONCE(prev->flags) & VCPU_BLOCKED ?
				RUNSTATE_blocked : RUNSTATE_offline, now);
	}
	sc->curr = NULL;
}

/*
 * @prev keeps its CPU if its slice is not over and no one is far behind, or if it
 * has not had its minimum.
 */
static bool keeps_cpu(const struct sched_cpu *sc, const struct vcpu *prev,
		      const struct vcpu *next, unsigned int cpu, u64 now)
{
	u64 ran = now - sc->start;

	return next && prev->sched.queued && !prev->sched.yield &&
	       may_run(prev, cpu) && ran < slice_of(prev) &&
	       (ran < sched.ratelimit || !is_behind(next, prev));
}

/* @waits: there is one that shall have the CPU after @next's minimum. */
static void set_slice(struct sched_cpu *sc, const struct vcpu *next, bool waits,
		      u64 now)
{
	if (is_idle(next)) {
		timer_cancel(&sc->slice);
		return;
	}
	sc->end = max(sc->start + slice_of(next), now + SLICE_MIN);
	if (waits)
		sc->end = min(sc->end, sc->start + sched.ratelimit);
	timer_set(&sc->slice, sc->end);
	if (!next->domain->sched.cap || sched.cap_timer_on)
		return;
	sched.cap_timer_on = true;
	timer_set(&sched.cap_timer, now + CAP_PERIOD);
}

static struct vcpu *choose(struct sched_cpu *sc, unsigned int cpu, u64 now)
{
	struct vcpu *prev = sc->curr, *next;
	bool waits = false;

	put_prev(sc, prev, now);
	next = pick(cpu);
	if (next != prev && keeps_cpu(sc, prev, next, cpu, now)) {
		waits = is_behind(next, prev);
		next = prev;
	} else {
		sc->start = now;
	}
	prev->sched.yield = false;
	if (next) {
		dequeue(next);
		next->sched.since = now;
		sched.min_vtime = max(sched.min_vtime, next->sched.vtime);
		cpumask_clear(&sched.idle, cpu);
	} else {
		next = sc->idle;
		cpumask_set(&sched.idle, cpu);
	}
	sc->curr = next;
	WRITE_ONCE(next->running, true);
	next->cpu = cpu;
	runstate_change(next, RUNSTATE_running, now);
	set_slice(sc, next, waits, now);
	return next;
}

/* @prev's state is saved now: others may run it. */
static void finish_switch(struct vcpu *prev)
{
	smp_mb();
	WRITE_ONCE(prev->running, false);
	smp_mb();
	if (is_idle(prev))
		return;
	if (READ_ONCE(prev->sched.queued)) {
		spin_lock(&sched.lock);
		if (prev->sched.queued && !prev->domain->sched.parked)
			tickle_idle(prev);
		spin_unlock(&sched.lock);
	}
	domain_check_shutdown(prev->domain);
	domain_put(prev->domain);
}

void schedule(void)
{
	struct cpu *c = this_cpu();
	struct sched_cpu *sc = &sched_cpus[c->id];
	struct vcpu *prev = c->current_vcpu, *next;
	u64 now;

	perf_count(schedules);
	__atomic_fetch_and(&c->work, ~WORK_SCHED, __ATOMIC_SEQ_CST);
	domain_reap();
	now = time_now();
	spin_lock(&sched.lock);
	next = choose(sc, c->id, now);
	spin_unlock(&sched.lock);
	if (next == prev) {
		vcpu_keep_time(next, now);
		return;
	}
	if (!is_idle(prev)) {
		/* Others may end its domain as soon as it is saved. */
		domain_hold(prev->domain);
		vcpu_leave_cpu(prev);
	}
	context_switch(prev, next);
	finish_switch(prev);
	if (!is_idle(next))
		vcpu_enter_cpu(next, now);
}

static void slice_end(void *data)
{
	(void)data;
	cpu_kick(this_cpu()->id, WORK_SCHED);
}

/* --- parameters, beginning and end ------------------------------------------ */

int sched_set_params(struct domain *d, unsigned int weight, unsigned int cap)
{
	struct sched_domain *sd = &d->sched;

	if (weight > 65535 || cap > 65535 ||
	    (cap != 0xffff && cap > 100 * MAX_VCPUS))
		return -EINVAL;
	spin_lock(&sched.lock);
	if (weight)
		sd->weight = weight;
	if (cap != 0xffff) {
		list_del(&sd->capped);
		sd->cap = cap;
		sd->cap_left = (s64)(CAP_PERIOD * cap / 100);
		sd->parked = false;
		if (cap)
			list_add_tail(&sd->capped, &sched.capped);
		call_idle_cpus();
	}
	spin_unlock(&sched.lock);
	/* Its vCPUs that run now start the new budget at their next turn. */
	return 0;
}

int sched_set_affinity(struct vcpu *v, const struct cpumask *mask)
{
	unsigned int cpu;
	bool any = false;

	for_each_cpu(cpu, mask)
		any |= cpumask_test(&cpu_online_mask, cpu);
	if (!any)
		return -EINVAL;
	spin_lock(&sched.lock);
	v->sched.affinity = *mask;
	if (v->sched.queued)
		tickle(v, time_now());
	else if (is_curr(v) && !cpumask_test(mask, v->cpu))
		cpu_kick(v->cpu, WORK_SCHED);
	spin_unlock(&sched.lock);
	return 0;
}

void sched_domain_init(struct domain *d)
{
	d->sched.weight = SCHED_WEIGHT;
	list_init(&d->sched.capped);
}

void sched_domain_destroy(struct domain *d)
{
	spin_lock(&sched.lock);
	list_del(&d->sched.capped);
	spin_unlock(&sched.lock);
}

void sched_vcpu_init(struct vcpu *v)
{
	list_init(&v->sched.link);
	for (unsigned int i = 0; i < ARRAY_SIZE(v->sched.affinity.bits); i++)
		v->sched.affinity.bits[i] = ~0UL;
	v->sched.soft_affinity = v->sched.affinity;
	v->runstate.state = RUNSTATE_offline;
	v->runstate.state_entry_time = time_now();
	spin_lock(&sched.lock);
	v->sched.vtime = sched.min_vtime;
	spin_unlock(&sched.lock);
}

void sched_vcpu_destroy(struct vcpu *v)
{
	spin_lock(&sched.lock);
	if (v->sched.queued)
		dequeue(v);
	deactivate(v);
	spin_unlock(&sched.lock);
}

void sched_init(u64 ratelimit)
{
	sched.ratelimit = ratelimit;
	domain_idle = domain_create_idle();
	timer_init(&sched.cap_timer, cap_refill, NULL, 0);
}

void sched_init_cpu(unsigned int cpu)
{
	struct sched_cpu *sc = &sched_cpus[cpu];
	struct vcpu *v = vcpu_create_idle(cpu);

	timer_init_cpu(cpu);
	timer_init(&sc->slice, slice_end, NULL, cpu);
	sc->idle = v;
	sched_vcpu_init(v);
	v->cpu = cpu;
	v->running = true;
	v->runstate.state = RUNSTATE_running;
	sc->curr = v;
	cpu_by_id(cpu)->current_vcpu = v;
}

u64 sched_idle_time(unsigned int cpu)
{
	return sched_cpus[cpu].idle ? vcpu_cpu_time(sched_cpus[cpu].idle) : 0;
}

static void dump_vcpu_line(const char *where, const struct vcpu *v)
{
	pr_info("  %s d%uv%u vtime %lld\n", where, v->domain->id, v->id,
		(long long)v->sched.vtime);
}

void sched_dump(void)
{
	struct vcpu *v;
	unsigned int cpu;

	spin_lock(&sched.lock);
	pr_info("scheduler: min vtime %lld\n", (long long)sched.min_vtime);
	for_each_cpu(cpu, &cpu_online_mask) {
		v = sched_cpus[cpu].curr;
		if (v && !is_idle(v))
			dump_vcpu_line("runs ", v);
	}
	list_for_each(v, &sched.queue, sched.link)
		dump_vcpu_line("waits", v);
	spin_unlock(&sched.lock);
}
