/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What DEBUG builds refuse: locks out of order, and waiting for somebody who
 * may want a lock that is held, whether or not anybody has to be waited for.
 */
#include <check.h>
#include <signal.h>

#include "tests/unit/fake_hv.h"

#include "core/timer.h"

static struct spinlock outer = SPINLOCK_INIT(LOCK_DOMAIN);
static struct spinlock twin = SPINLOCK_INIT(LOCK_DOMAIN);
static struct spinlock inner = SPINLOCK_INIT(LOCK_EVTCHN);
static struct spinlock domctl = SPINLOCK_INIT(LOCK_DOMCTL);
static struct spinlock list = SPINLOCK_INIT(LOCK_DOMLIST);
static struct spinlock sched = SPINLOCK_INIT(LOCK_SCHED);
static struct timer timer, other;

static void nothing(void *data)
{
	(void)data;
}

static void begin(void (*fn)(void *))
{
	fake_hv_reset(2);
	timer_run();
	timer_init_cpu(0);
	timer_init(&timer, fn, NULL, 0);
	timer_init(&other, nothing, NULL, 1);
}

/* --- what is right -------------------------------------------------------------- */

static void takes_locks(void *data)
{
	(void)data;
	spin_lock(&outer);
	spin_lock(&inner);
	timer_set(&other, fake_time + 5);
	spin_unlock(&inner);
	timer_cancel(&other);
	spin_unlock(&outer);
}

START_TEST(in_order)
{
	begin(takes_locks);
	spin_lock(&domctl);
	lock_may_wait(LOCK_WAIT_VCPU);
	spin_lock(&list);
	timer_stop(&other);
	spin_lock_pair(&outer, &twin);
	spin_lock(&inner);
	lock_may_wait(LOCK_EVTCHN + 1);
	spin_unlock(&inner);
	timer_cancel(&timer);
	timer_set(&timer, fake_time);
	spin_unlock_pair(&outer, &twin);
	spin_unlock(&list);
	spin_unlock(&domctl);
	timer_run();
	ck_assert(!timer_active(&timer));
	lock_assert_none();
}
END_TEST

/* --- each of these is the end ------------------------------------------------------ */

static void order(void)
{
	spin_lock(&inner);
	spin_lock(&outer);
}

static void same_level(void)
{
	spin_lock(&outer);
	spin_lock(&twin);
}

static void not_held(void)
{
	spin_unlock(&outer);
}

static void way_out(void)
{
	spin_lock(&domctl);
	lock_assert_none();
}

/* The function of a domain's watchdog takes the domain's lock. */
static void stop_with_domain(void)
{
	spin_lock(&outer);
	timer_stop(&other);
}

static void stop_with_sched(void)
{
	spin_lock(&sched);
	timer_stop(&timer);
}

static void vcpu_with_list(void)
{
	spin_lock(&list);
	lock_may_wait(LOCK_WAIT_VCPU);
}

static void takes_list(void *data)
{
	(void)data;
	spin_lock(&list);
}

static void waits_for_other(void *data)
{
	(void)data;
	timer_stop(&other);
}

static void run_now(void (*fn)(void *))
{
	begin(fn);
	timer_set(&timer, fake_time);
	timer_run();
}

static void function_takes_list(void)
{
	run_now(takes_list);
}

static void function_waits(void)
{
	run_now(waits_for_other);
}

static void (*const wrong[])(void) = {
	order, same_level, not_held, way_out, stop_with_domain, stop_with_sched,
	vcpu_with_list, function_takes_list, function_waits,
};

START_TEST(refused)
{
	begin(nothing);
	wrong[_i]();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_lock");
	TCase *t = tcase_create("lock");
	SRunner *r;
	int failed;

	tcase_add_test(t, in_order);
	tcase_add_loop_test_raise_signal(t, refused, SIGABRT, 0,
					 ARRAY_SIZE(wrong));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
