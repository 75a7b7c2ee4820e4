/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers against a naive list: order, re-arming, removal, migration. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_hv.h"

#include "core/timer.h"

#define TIMERS	200

/* ck_assert() tells its place to the runner each time: too slow in loops. */
#define MUST(x)	do { \
	if (!(x)) \
		ck_abort_msg("%s", #x); \
} while (0)

static struct timer timers[TIMERS];
static bool set[TIMERS];		/* the model */
static u64 fired_at;			/* expiry that fired last */
static unsigned int fired;

static void fire(void *data)
{
	size_t i = (size_t)data;

	MUST(set[i]);
	MUST(!timer_active(&timers[i]));
	MUST(timers[i].expires <= fake_time);
	MUST(timers[i].expires >= fired_at);
	MUST(timers[i].cpu == fake_cpu_now);
	fired_at = timers[i].expires;
	set[i] = false;
	fired++;
}

static void begin(unsigned int cpus)
{
	fake_hv_reset(cpus);
	for (unsigned int i = 0; i < cpus; i++) {
		fake_cpu_now = i;
		timer_run();
		timer_init_cpu(i);
	}
	fake_cpu_now = 0;
	fired = 0;
	for (size_t i = 0; i < TIMERS; i++) {
		timer_init(&timers[i], fire, (void *)i, 0);
		set[i] = false;
	}
}

static u64 earliest(unsigned int cpu)
{
	u64 first = 0;

	for (size_t i = 0; i < TIMERS; i++)
		if (set[i] && timers[i].cpu == cpu &&
		    (!first || timers[i].expires < first))
			first = timers[i].expires;
	return first;
}

static void run(unsigned int cpu)
{
	fake_cpu_now = cpu;
	fired_at = 0;
	fake_armed[cpu] = 0;
	timer_run();
	for (size_t i = 0; i < TIMERS; i++)
		if (timers[i].cpu == cpu && set[i])
			MUST(timers[i].expires > fake_time);
	MUST((fake_armed[cpu]) == (earliest(cpu)));
}

static void random_step(void)
{
	size_t i = rand() % TIMERS;

	fake_cpu_now = rand() % 3;
	switch (rand() % 5) {
	case 0:
	case 1:
		timer_set(&timers[i], fake_time + rand() % 100000);
		set[i] = true;
		break;
	case 2:
		timer_stop(&timers[i]);
		set[i] = false;
		break;
	case 3:
		timer_migrate(&timers[i], rand() % 3);
		break;
	default:
		fake_time += rand() % 3000;
		run(fake_cpu_now);
	}
	MUST(timer_active(&timers[i]) == set[i]);
}

START_TEST(random_operations)
{
	begin(3);
	srand(7);
	for (unsigned int i = 0; i < 20000; i++)
		random_step();
	fake_time += 1000000;
	for (unsigned int cpu = 0; cpu < 3; cpu++)
		run(cpu);
	for (size_t i = 0; i < TIMERS; i++)
		ck_assert(!set[i]);
	ck_assert_uint_gt(fired, 1000);
}
END_TEST

/* The CPU that a timer is on hears of it if it comes first there. */
START_TEST(other_cpu_is_kicked)
{
	begin(2);
	for (unsigned int i = 0; i < 3; i++)
		timer_migrate(&timers[i], 1);
	set[0] = true;
	timer_set(&timers[0], fake_time + 1000);
	ck_assert_uint_eq(fake_kicks[1], 1);
	ck_assert(fake_cpu(1)->work & WORK_TIMER);
	run(1);
	fake_cpu_now = 0;
	set[1] = set[2] = true;
	timer_set(&timers[1], fake_time + 2000);
	ck_assert_uint_eq(fake_kicks[1], 1);
	timer_set(&timers[2], fake_time + 500);
	ck_assert_uint_eq(fake_kicks[1], 2);
	fake_time += 5000;
	run(1);
}
END_TEST

/* The hardware cannot count far and fires early: it is armed again. */
START_TEST(early_interrupt_arms_again)
{
	begin(1);
	set[0] = true;
	timer_set(&timers[0], fake_time + 60 * NS_PER_SEC);
	ck_assert_uint_eq(fake_armed[0], timers[0].expires);
	fake_time += 10 * NS_PER_SEC;
	run(0);
	ck_assert_uint_eq(fired, 0);
	timer_stop(&timers[0]);
	set[0] = false;
}
END_TEST

static unsigned int again;

static void fire_again(void *data)
{
	if (again++ < 10)
		timer_set(data, fake_time);
}

/* A function that arms its own timer in the past runs once a round. */
START_TEST(rearming_function_ends)
{
	struct timer t;

	begin(1);
	again = 0;
	timer_init(&t, fire_again, &t, 0);
	timer_set(&t, fake_time);
	while (timer_active(&t))
		timer_run();
	ck_assert_uint_eq(again, 11);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_timer");
	TCase *t = tcase_create("timer");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, random_operations);
	tcase_add_test(t, other_cpu_is_kicked);
	tcase_add_test(t, early_interrupt_arms_again);
	tcase_add_test(t, rearming_function_ends);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
