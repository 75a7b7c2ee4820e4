/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler on a simulated clock: CPUs that run what it chose, vCPUs that
 * compute and sleep.  At every tick no CPU idles while work waits that it
 * could do, and no vCPU is on two CPUs.
 */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_hv.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "pv/pv.h"

#define TICK	(100 * 1000UL)		/* ns */
#define MAX_V	24

/* ck_assert() tells its place to the runner each time: too slow in loops. */
#define MUST(x)	do { \
	if (!(x)) \
		ck_abort_msg("%s", #x); \
} while (0)

struct load {
	struct vcpu v;
	u64 burst, sleep;		/* ns; sleep 0: always computes */
	s64 left;			/* of the burst */
	u64 wake_at, woken_at;
	u64 ran, worst_wait;
	u64 stretch, shortest;		/* at a time; until it was preempted */
	bool waits;
};

static struct load loads[MAX_V];
static unsigned int load_count;
static struct load *last_on[FAKE_CPUS];
static u64 ratelimit;
static struct domain doms[4];
struct domain *domain_idle, *domain_dom0;

/* --- what the scheduler calls ----------------------------------------------------- */

static struct domain idle_domain;
static struct vcpu idle_vcpus[FAKE_CPUS];

struct domain *domain_create_idle(void)
{
	idle_domain.is_idle = true;
	sched_domain_init(&idle_domain);
	return &idle_domain;
}

struct vcpu *vcpu_create_idle(unsigned int cpu)
{
	memset(&idle_vcpus[cpu], 0, sizeof(idle_vcpus[cpu]));
	idle_vcpus[cpu].domain = &idle_domain;
	idle_vcpus[cpu].id = cpu;
	return &idle_vcpus[cpu];
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
	MUST(this_cpu()->current_vcpu == prev);
	MUST(prev->running && next->running);
	MUST(this_cpu()->lock_levels == 0);
	this_cpu()->current_vcpu = next;
}

void domain_hold(struct domain *d)
{
	d->refs++;
}

void domain_put(struct domain *d)
{
	d->refs--;
}

void domain_reap(void)
{
}

void domain_check_shutdown(struct domain *d)
{
	(void)d;
}

void vcpu_leave_cpu(struct vcpu *v)
{
	MUST(v == current);
}

void vcpu_enter_cpu(struct vcpu *v, u64 now)
{
	(void)now;
	MUST(v == current);
}

void vcpu_refresh_time(struct vcpu *v, u64 now)
{
	MUST(v == current);
	v->time_due = now + 1000 * MS;
}

void runstate_change(struct vcpu *v, int state, u64 now)
{
	v->runstate.time[v->runstate.state] +=
		now - v->runstate.state_entry_time;
	v->runstate.state_entry_time = now;
	v->runstate.state = state;
}

u64 vcpu_cpu_time(const struct vcpu *v)
{
	return v->runstate.time[RUNSTATE_running];
}

static bool never(const struct vcpu *v)
{
	(void)v;
	return false;
}

static const struct guest_kind kind = {
	.name = "load", .event_deliverable = never
};

/* --- the machine -------------------------------------------------------------------- */

static void begin(unsigned int cpus)
{
	fake_hv_reset(cpus);
	load_count = 0;
	memset(last_on, 0, sizeof(last_on));
	memset(doms, 0, sizeof(doms));
	for (unsigned int i = 0; i < ARRAY_SIZE(doms); i++) {
		doms[i].id = i;
		doms[i].kind = &kind;
		sched_domain_init(&doms[i]);
	}
	sched_init(ratelimit);
	for (unsigned int i = 0; i < cpus; i++) {
		sched_init_cpu(i);
		fake_cpu(i)->work = WORK_SCHED;
	}
}

/* The test processes end with everything: lists must be empty before. */
static void end(void)
{
	for (unsigned int i = 0; i < load_count; i++) {
		struct vcpu *v = &loads[i].v;

		v->pause_count++;
		sched_sleep(v, false);
	}
	for (unsigned int i = 0; i < cpu_online_count; i++) {
		fake_cpu_now = i;
		schedule();
		ck_assert(current->domain->is_idle);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(doms); i++) {
		ck_assert_uint_eq(doms[i].sched.active, 0);
		ck_assert_uint_eq(doms[i].refs, 0);
		sched_domain_destroy(&doms[i]);
	}
}

static struct load *add(unsigned int dom, u64 burst, u64 sleep)
{
	struct load *l = &loads[load_count];

	memset(l, 0, sizeof(*l));
	l->v.id = load_count++;
	l->v.domain = &doms[dom];
	l->v.cpu = l->v.id % cpu_online_count;
	l->burst = burst;
	l->sleep = sleep;
	l->left = burst;
	l->shortest = ~0UL;
	sched_vcpu_init(&l->v);
	sched_resume(&l->v);
	return l;
}

static struct load *hog(unsigned int dom)
{
	return add(dom, 0, 0);
}

static void cpu_work(unsigned int cpu)
{
	struct cpu *c = fake_cpu(cpu);

	fake_cpu_now = cpu;
	if (fake_armed[cpu] && fake_armed[cpu] <= fake_time) {
		fake_armed[cpu] = 0;
		c->work |= WORK_TIMER;
	}
	while (c->work) {
		u64 work = c->work;

		c->work = 0;
		if (work & WORK_TIMER)
			timer_run();
		if (work & WORK_SCHED)
			schedule();
	}
}

static void all_work(void)
{
	bool more = true;

	while (more) {
		more = false;
		for (unsigned int i = 0; i < cpu_online_count; i++)
			cpu_work(i);
		for (unsigned int i = 0; i < cpu_online_count; i++)
			more |= fake_cpu(i)->work != 0;
	}
}

static struct load *load_on(unsigned int cpu)
{
	struct vcpu *v = fake_cpu(cpu)->current_vcpu;

	return v->domain->is_idle ? NULL : container_of(v, struct load, v);
}

static void check(void)
{
	unsigned int on[MAX_V] = { 0 };

	for (unsigned int i = 0; i < cpu_online_count; i++) {
		struct load *l = load_on(i);

		if (!l) {
			for (unsigned int n = 0; n < load_count; n++)
				MUST(!loads[n].v.sched.queued ||
					  loads[n].v.domain->sched.parked ||
					  !cpumask_test(&loads[n].v.sched
							.affinity, i));
			continue;
		}
		on[l->v.id]++;
		MUST(vcpu_runnable(&l->v));
		MUST(cpumask_test(&l->v.sched.affinity, i));
		MUST(l->v.runstate.state == RUNSTATE_running);
	}
	for (unsigned int n = 0; n < load_count; n++) {
		MUST(on[n] <= 1);
		MUST(loads[n].v.running == (on[n] == 1));
		if (vcpu_runnable(&loads[n].v))
			MUST(loads[n].v.sched.queued || on[n]);
	}
}

static void run_one(struct load *l, unsigned int cpu)
{
	if (l->waits) {
		l->worst_wait = max(l->worst_wait, fake_time - l->woken_at);
		l->waits = false;
	}
	l->ran += TICK;
	l->stretch += TICK;
	l->left -= TICK;
	if (!l->sleep || l->left > 0)
		return;
	l->wake_at = fake_time + TICK + l->sleep;
	fake_cpu_now = cpu;
	sched_block();
}

/* Another runs on @cpu than before: was the last one done? */
static void note_switch(unsigned int cpu)
{
	struct load *l = last_on[cpu];

	if (l == load_on(cpu))
		return;
	last_on[cpu] = load_on(cpu);
	if (!l)
		return;
	if (l->v.sched.queued)
		l->shortest = min(l->shortest, l->stretch);
	l->stretch = 0;
}

static void wake_sleepers(void)
{
	for (unsigned int i = 0; i < load_count; i++) {
		struct load *l = &loads[i];

		if (!l->wake_at || l->wake_at > fake_time)
			continue;
		l->wake_at = 0;
		l->left = l->burst;
		l->waits = true;
		l->woken_at = fake_time;
		fake_cpu_now = rand() % cpu_online_count;
		sched_wake(&l->v);
	}
}

static void simulate(u64 ns)
{
	u64 until = fake_time + ns;

	while (fake_time < until) {
		all_work();
		check();
		for (unsigned int i = 0; i < cpu_online_count; i++) {
			note_switch(i);
			if (load_on(i))
				run_one(load_on(i), i);
		}
		fake_time += TICK;
		wake_sleepers();
	}
	all_work();
}

static u64 ran(unsigned int dom)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < load_count; i++)
		if (loads[i].v.domain == &doms[dom])
			sum += loads[i].ran;
	return sum;
}

#define SEC	NS_PER_SEC
#define ASSERT_NEAR(a, b, percent) do { \
	double a_ = (a), b_ = (b); \
	ck_assert_msg(a_ > b_ * (1 - (percent) / 100.0) && \
		      a_ < b_ * (1 + (percent) / 100.0), \
		      #a " is %g, not near %g", a_, b_); } while (0)

/* --- fairness ---------------------------------------------------------------------------- */

START_TEST(weights_on_one_cpu)
{
	begin(1);
	hog(0);
	hog(1);
	hog(2);
	ck_assert_int_eq(sched_set_params(&doms[1], 512, 0xffff), 0);
	ck_assert_int_eq(sched_set_params(&doms[2], 1024, 0xffff), 0);
	simulate(SEC * 7 / 4);
	ASSERT_NEAR(ran(0), SEC / 4, 7);
	ASSERT_NEAR(ran(1), SEC / 2, 7);
	ASSERT_NEAR(ran(2), SEC, 7);
	end();
}
END_TEST

/* More vCPUs do not give a domain more than its weight says. */
START_TEST(weights_with_many_vcpus)
{
	begin(2);
	for (unsigned int i = 0; i < 6; i++)
		hog(0);
	for (unsigned int i = 0; i < 2; i++)
		hog(1);
	simulate(SEC);
	ASSERT_NEAR(ran(0), SEC, 10);
	ASSERT_NEAR(ran(1), SEC, 10);
	for (unsigned int i = 0; i < 6; i++)
		ASSERT_NEAR(loads[i].ran, SEC / 6, 20);
	end();
}
END_TEST

/* What one cannot use goes to the others: one vCPU fills one CPU at most. */
START_TEST(work_conserving)
{
	begin(4);
	hog(0);
	ck_assert_int_eq(sched_set_params(&doms[0], 60000, 0xffff), 0);
	for (unsigned int i = 0; i < 6; i++)
		hog(1);
	simulate(SEC);
	ASSERT_NEAR(ran(0), SEC, 2);
	ASSERT_NEAR(ran(1), 3 * SEC, 2);
	end();
}
END_TEST

/* After years of being alone nobody starves when others come. */
START_TEST(newcomers_share)
{
	begin(1);
	hog(0);
	simulate(SEC);
	hog(1);
	simulate(SEC);
	ASSERT_NEAR(ran(1), SEC / 2, 6);
	end();
}
END_TEST

START_TEST(caps)
{
	begin(4);
	hog(0);
	hog(1);
	hog(1);
	hog(2);
	ck_assert_int_eq(sched_set_params(&doms[0], 0, 40), 0);
	ck_assert_int_eq(sched_set_params(&doms[1], 0, 150), 0);
	ck_assert_int_eq(sched_set_params(&doms[3], 0, 60000), -EINVAL);
	simulate(SEC);
	ASSERT_NEAR(ran(0), SEC * 40 / 100, 5);
	ASSERT_NEAR(ran(1), SEC * 150 / 100, 5);
	ASSERT_NEAR(ran(2), SEC, 1);
	ck_assert_int_eq(sched_set_params(&doms[0], 0, 0), 0);
	loads[0].ran = 0;
	simulate(SEC);
	ASSERT_NEAR(ran(0), SEC, 5);
	end();
}
END_TEST

/* --- latency ------------------------------------------------------------------------------- */

/* One that sleeps most of the time runs at once, whatever computes. */
START_TEST(woken_vcpu_preempts)
{
	struct load *io;

	begin(1);
	for (unsigned int i = 0; i < 4; i++)
		hog(1);
	io = add(0, 2 * TICK, 5 * MS);
	simulate(SEC);
	ck_assert_uint_gt(io->ran, SEC / 40);
	ck_assert_uint_le(io->worst_wait, 2 * MS);
	end();
}
END_TEST

/*
 * One that wakes again and again waits till the other had its minimum; the other
 * CPU, which wakes it half of the time, may run neither.
 */
START_TEST(minimum_before_preemption)
{
	static const struct cpumask first = { { 1 } };
	struct load *other, *io;

	ratelimit = MS;
	begin(2);
	other = hog(1);
	io = add(0, TICK, TICK);
	ck_assert_int_eq(sched_set_affinity(&other->v, &first), 0);
	ck_assert_int_eq(sched_set_affinity(&io->v, &first), 0);
	/* Newcomers are all the same: it must fall behind first. */
	simulate(SEC / 10);
	io->worst_wait = io->ran = 0;
	simulate(SEC);
	ck_assert_uint_eq(other->shortest, MS);
	ck_assert_uint_le(io->worst_wait, MS);
	/* A tick of its own, the other's minimum, and again. */
	ck_assert_uint_gt(io->ran, SEC / 12);
	ck_assert_uint_lt(io->ran, SEC / 10);
	end();
}
END_TEST

/*
 * Pinned beside one that gets less than another on the other CPU: the more that
 * one falls behind, too, the less it may keep a woken one waiting.
 */
START_TEST(preempts_who_lags)
{
	struct load *io;

	ratelimit = MS;
	begin(2);
	hog(1);
	hog(1);
	io = add(0, TICK, TICK);
	ck_assert_int_eq(sched_set_affinity(&io->v, &(struct cpumask){ { 1 } }),
			 0);
	simulate(SEC / 2);
	io->worst_wait = 0;
	simulate(SEC);
	ck_assert_uint_le(io->worst_wait, MS);
	end();
}
END_TEST

START_TEST(no_minimum)
{
	struct load *io;

	ratelimit = 0;
	begin(1);
	hog(1);
	io = add(0, TICK, TICK);
	simulate(SEC);
	ck_assert_uint_eq(loads[0].shortest, TICK);
	ck_assert_uint_gt(io->ran, SEC / 3);
	end();
}
END_TEST

START_TEST(idle_cpu_takes_woken)
{
	struct load *io;

	begin(2);
	hog(1);
	io = add(0, 2 * TICK, 5 * MS);
	simulate(SEC);
	ck_assert_uint_eq(io->worst_wait, 0);
	ASSERT_NEAR(loads[0].ran, SEC, 1);
	end();
}
END_TEST

START_TEST(yield_gives_way)
{
	begin(1);
	hog(0);
	hog(1);
	all_work();
	for (unsigned int i = 0; i < 10; i++) {
		struct load *l = load_on(0);

		fake_time += TICK;
		fake_cpu_now = 0;
		sched_yield();
		all_work();
		ck_assert_ptr_ne(load_on(0), l);
	}
	end();
}
END_TEST

/* --- places ---------------------------------------------------------------------------------- */

START_TEST(affinity)
{
	struct cpumask one = { { 0 } }, none = { { 0 } };
	struct load *pinned;

	begin(3);
	hog(0);
	hog(0);
	pinned = hog(1);
	cpumask_set(&none, 7);
	ck_assert_int_eq(sched_set_affinity(&pinned->v, &none), -EINVAL);
	for (unsigned int cpu = 0; cpu < 3; cpu++) {
		memset(&one, 0, sizeof(one));
		cpumask_set(&one, cpu);
		ck_assert_int_eq(sched_set_affinity(&pinned->v, &one), 0);
		simulate(SEC / 10);
		ck_assert_ptr_eq(load_on(cpu), pinned);
	}
	end();
}
END_TEST

static void random_step(void)
{
	struct load *l = &loads[rand() % load_count];
	struct vcpu *v = &l->v;
	struct cpumask m = { { 0 } };

	fake_cpu_now = rand() % cpu_online_count;
	switch (rand() % 5) {
	case 0:
		v->pause_count++;
		sched_sleep(v, false);
		break;
	case 1:
		if (!v->pause_count)
			break;
		v->pause_count--;
		sched_resume(v);
		break;
	case 2:
		m.bits[0] = rand() % 16;
		sched_set_affinity(v, &m);
		break;
	case 3:
		m.bits[0] = ~0UL;
		sched_set_affinity(v, &m);
		break;
	default:
		sched_set_params(v->domain, 1 + rand() % 1000,
				 rand() % 3 ? 0 : rand() % 300);
	}
}

START_TEST(random_changes)
{
	begin(4);
	srand(_i + 1);
	for (unsigned int i = 0; i < 6; i++)
		hog(i % 3);
	for (unsigned int i = 0; i < 10; i++)
		add(i % 4, (1 + rand() % 100) * TICK, 1 + rand() % (20 * MS));
	for (unsigned int i = 0; i < 4000; i++) {
		random_step();
		simulate(rand() % 10 * TICK);
	}
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_sched");
	TCase *t = tcase_create("sched");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, weights_on_one_cpu);
	tcase_add_test(t, weights_with_many_vcpus);
	tcase_add_test(t, work_conserving);
	tcase_add_test(t, newcomers_share);
	tcase_add_test(t, caps);
	tcase_add_test(t, woken_vcpu_preempts);
	tcase_add_test(t, minimum_before_preemption);
	tcase_add_test(t, preempts_who_lags);
	tcase_add_test(t, no_minimum);
	tcase_add_test(t, idle_cpu_takes_woken);
	tcase_add_test(t, yield_gives_way);
	tcase_add_test(t, affinity);
	tcase_add_loop_test(t, random_changes, 0, 4);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
