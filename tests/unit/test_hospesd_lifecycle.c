/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a domain, with operations that only write down their calls. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/lifecycle.h"

static char trace[512];
static uint64_t now;
static bool refuse;
static unsigned int last_delay;

static void note(const char *what)
{
	strcat(trace, what);
	strcat(trace, " ");
}

static void fake_build(struct lifecycle *lc)
{
	(void)lc;
	last_delay = 0;
	note("build");
}

static void fake_wait(struct lifecycle *lc, unsigned int delay_ms)
{
	(void)lc;
	last_delay = delay_ms;
	note("wait");
}

static void fake_teardown(struct lifecycle *lc)
{
	(void)lc;
	note("teardown");
}

static bool fake_pause(struct lifecycle *lc)
{
	(void)lc;
	note("pause");
	return !refuse;
}

static bool fake_unpause(struct lifecycle *lc)
{
	(void)lc;
	note("unpause");
	return !refuse;
}

static bool fake_resume(struct lifecycle *lc)
{
	(void)lc;
	note("resume");
	return !refuse;
}

static bool fake_put_aside(struct lifecycle *lc)
{
	(void)lc;
	note("put-aside");
	return !refuse;
}

static void fake_changed(struct lifecycle *lc)
{
	char text[32];

	snprintf(text, sizeof(text), "[%s]", lifecycle_state_name(lc->state));
	note(text);
}

static uint64_t fake_now(void)
{
	return now;
}

static const struct lifecycle_ops fake_ops = {
	.build = fake_build,
	.wait = fake_wait,
	.teardown = fake_teardown,
	.pause = fake_pause,
	.unpause = fake_unpause,
	.resume = fake_resume,
	.put_aside = fake_put_aside,
	.changed = fake_changed,
	.now_ms = fake_now,
};

static struct lifecycle lc;

static void setup(void)
{
	trace[0] = '\0';
	refuse = false;
	now = 1000000;
	last_delay = 0;
	lifecycle_init(&lc, &fake_ops);
}

/* Sends the event and compares the calls that it caused. */
static void step(enum lifecycle_event ev, int reason, const char *calls)
{
	trace[0] = '\0';
	ck_assert_int_eq(lifecycle_handle(&lc, ev, reason), 0);
	ck_assert_str_eq(trace, calls);
}

static void start(void)
{
	step(LC_EV_BUILT, 0, "unpause [running] ");
	now += 60000;
}

START_TEST(birth)
{
	start();
	ck_assert_int_eq(lc.state, LC_RUNNING);
}
END_TEST

START_TEST(birth_paused)
{
	lc.start_paused = true;
	step(LC_EV_BUILT, 0, "[paused] ");
	step(LC_EV_UNPAUSE, 0, "unpause [running] ");
	step(LC_EV_UNPAUSE, 0, "");
	step(LC_EV_PAUSE, 0, "pause [paused] ");
	step(LC_EV_PAUSE, 0, "");
}
END_TEST

START_TEST(refused_by_hypervisor)
{
	refuse = true;
	step(LC_EV_BUILT, 0, "unpause [paused] ");
	step(LC_EV_UNPAUSE, 0, "unpause ");
	ck_assert_int_eq(lc.state, LC_PAUSED);
}
END_TEST

START_TEST(build_failure)
{
	step(LC_EV_BUILD_FAILED, 0, "[dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

START_TEST(destroy_while_building)
{
	step(LC_EV_DESTROY, 0, "[dying] teardown ");
	/* News of the builder that come too late change nothing. */
	ck_assert_int_eq(lifecycle_handle(&lc, LC_EV_BUILT, 0), -EINVAL);
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

START_TEST(default_policies)
{
	start();
	step(LC_EV_STOPPED, LC_POWEROFF, "[shutdown] [dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");

	setup();
	start();
	step(LC_EV_STOPPED, LC_REBOOT, "[shutdown] [dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[building] build ");
	ck_assert_uint_eq(last_delay, 0);
	step(LC_EV_BUILT, 0, "unpause [running] ");

	setup();
	start();
	step(LC_EV_STOPPED, LC_CRASH, "[shutdown] [dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

START_TEST(preserve)
{
	lc.on_crash = LC_PRESERVE;
	start();
	step(LC_EV_STOPPED, LC_CRASH, "[shutdown] ");
	step(LC_EV_STOPPED, LC_CRASH, "");
	ck_assert_int_eq(lifecycle_handle(&lc, LC_EV_UNPAUSE, 0), -EINVAL);
	step(LC_EV_DESTROY, 0, "[dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

START_TEST(rename_and_restart)
{
	lc.on_crash = LC_RENAME_RESTART;
	start();
	step(LC_EV_STOPPED, LC_WATCHDOG, "[shutdown] put-aside ");
	ck_assert_int_eq(lc.state, LC_SHUTDOWN);
	step(LC_EV_ASIDE, 0, "[building] build ");
	start();
	/* It cannot be kept: found out late, and at once. */
	step(LC_EV_STOPPED, LC_CRASH, "[shutdown] put-aside ");
	step(LC_EV_ASIDE, -1, "[dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[building] build ");
	start();
	refuse = true;
	step(LC_EV_STOPPED, LC_CRASH,
	     "[shutdown] put-aside [dying] teardown ");
	ck_assert(lifecycle_restarts(&lc));
	step(LC_EV_TORN_DOWN, 0, "[building] build ");
}
END_TEST

START_TEST(resume)
{
	start();
	ck_assert_int_eq(lifecycle_handle(&lc, LC_EV_RESUME, 0), -EINVAL);
	for (int i = 0; i < 3; i++) {
		step(LC_EV_STOPPED, LC_SUSPEND, "[shutdown] ");
		step(LC_EV_RESUME, 0, "resume [running] ");
	}
	step(LC_EV_STOPPED, LC_SUSPEND, "[shutdown] ");
	refuse = true;
	step(LC_EV_RESUME, 0, "resume ");
	ck_assert_int_eq(lc.state, LC_SHUTDOWN);
	step(LC_EV_DESTROY, 0, "[dying] teardown ");
}
END_TEST

START_TEST(resume_of_what_ended_otherwise)
{
	lc.on_poweroff = LC_PRESERVE;
	start();
	step(LC_EV_STOPPED, LC_POWEROFF, "[shutdown] ");
	ck_assert_int_eq(lifecycle_handle(&lc, LC_EV_RESUME, 0), -EINVAL);
	ck_assert_int_eq(lc.state, LC_SHUTDOWN);
}
END_TEST

START_TEST(suspend_and_unknown_reasons)
{
	start();
	step(LC_EV_STOPPED, LC_SUSPEND, "[shutdown] ");
	ck_assert_str_eq(lifecycle_reason_name(LC_SUSPEND), "suspend");

	setup();
	lc.on_crash = LC_RESTART;
	start();
	step(LC_EV_STOPPED, 77, "[shutdown] [dying] teardown ");
	ck_assert_str_eq(lifecycle_reason_name(77), "unknown");
	ck_assert(lc.restart);
}
END_TEST

START_TEST(destroy_cancels_restart)
{
	start();
	step(LC_EV_STOPPED, LC_REBOOT, "[shutdown] [dying] teardown ");
	ck_assert(lifecycle_restarts(&lc));
	/* Recorded at once: else a hospesd that is killed now restarts it. */
	step(LC_EV_DESTROY, 0, "[dying] ");
	ck_assert(!lifecycle_restarts(&lc));
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

/* A restart whose build fails is tried again, until somebody ends it. */
START_TEST(failed_restart_waits)
{
	static const unsigned int pauses[] = {
		1000, 2000, 4000, 8000, 16000, 30000, 30000,
	};

	start();
	step(LC_EV_STOPPED, LC_REBOOT, "[shutdown] [dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[building] build ");
	for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		step(LC_EV_BUILD_FAILED, 0, "[dying] teardown ");
		ck_assert(lifecycle_restarts(&lc));
		step(LC_EV_TORN_DOWN, 0, "wait [waiting] ");
		ck_assert_uint_eq(last_delay, pauses[i]);
		ck_assert(lifecycle_restarts(&lc));
		ck_assert_int_eq(lifecycle_handle(&lc, LC_EV_PAUSE, 0),
				 -EINVAL);
		step(LC_EV_START, 0, "[building] build ");
	}
	/* It runs: the next failure is a first one. */
	start();
	step(LC_EV_STOPPED, LC_REBOOT, "[shutdown] [dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[building] build ");
	step(LC_EV_BUILD_FAILED, 0, "[dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "wait [waiting] ");
	ck_assert_uint_eq(last_delay, 1000);
	step(LC_EV_DESTROY, 0, "[dying] teardown ");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
}
END_TEST

START_TEST(vanished)
{
	start();
	step(LC_EV_VANISHED, 0, "[dying] teardown ");
	step(LC_EV_VANISHED, 0, "");
	step(LC_EV_TORN_DOWN, 0, "[gone] ");
	for (int ev = 0; ev <= LC_EV_START; ev++)
		ck_assert_int_eq(lifecycle_handle(&lc, ev, 0), -EINVAL);
}
END_TEST

/*
 * One life of `ms`, ended by a crash; the pause before the next one, which it
 * then makes.
 */
static unsigned int one_life(unsigned int ms)
{
	unsigned int pause;

	lifecycle_handle(&lc, LC_EV_BUILT, 0);
	ck_assert_int_eq(lc.state, LC_RUNNING);
	now += ms;
	trace[0] = '\0';
	lifecycle_handle(&lc, LC_EV_STOPPED, LC_CRASH);
	lifecycle_handle(&lc, LC_EV_TORN_DOWN, 0);
	pause = last_delay;
	if (lc.state == LC_WAITING) {
		now += pause;
		lifecycle_handle(&lc, LC_EV_START, 0);
	}
	ck_assert_int_eq(lc.state, LC_BUILDING);
	return pause;
}

/* However long a life is, there is a start a period in the long run. */
START_TEST(loops_are_slowed)
{
	static const unsigned int lives[] = { 0, 100, 1999, 2001, 2500, 9000 };

	for (size_t i = 0; i < sizeof(lives) / sizeof(*lives); i++) {
		uint64_t began;

		setup();
		lc.on_crash = LC_RESTART;
		began = now;
		for (int n = 0; n < 100; n++) {
			unsigned int pause = one_life(lives[i]);

			ck_assert(n >= LIFECYCLE_BURST || !pause);
			ck_assert_uint_le(pause, LIFECYCLE_PERIOD_MS);
		}
		ck_assert_uint_ge(now - began, (100 - LIFECYCLE_BURST) *
				  LIFECYCLE_PERIOD_MS);
	}
}
END_TEST

START_TEST(slow_lives_are_not)
{
	lc.on_crash = LC_RESTART;
	for (int n = 0; n < 100; n++)
		ck_assert_uint_eq(one_life(LIFECYCLE_PERIOD_MS), 0);
	/* And have the whole burst. */
	for (int n = 0; n < LIFECYCLE_BURST - 1; n++)
		ck_assert_uint_eq(one_life(1), 0);
	ck_assert_uint_gt(one_life(1), 0);
}
END_TEST

/* What an operator asks for costs no token; what the guest does then, does. */
START_TEST(asked_reboots_are_free)
{
	for (int n = 0; n < 100; n++) {
		trace[0] = '\0';
		lifecycle_handle(&lc, LC_EV_BUILT, 0);
		lc.asked = true;
		lifecycle_handle(&lc, LC_EV_STOPPED, LC_REBOOT);
		lifecycle_handle(&lc, LC_EV_TORN_DOWN, 0);
		ck_assert_int_eq(lc.state, LC_BUILDING);
	}
	ck_assert(!lc.asked);
	lc.on_crash = LC_RESTART;
	for (int n = 0; n < LIFECYCLE_BURST; n++)
		ck_assert_uint_eq(one_life(1), 0);
	ck_assert_uint_gt(one_life(1), 0);
}
END_TEST

/* The clock may have started anew: that costs a guest one period at most. */
START_TEST(credit_of_another_clock)
{
	lc.on_crash = LC_RESTART;
	lc.credit_ms = UINT64_MAX / 2;
	ck_assert_uint_le(one_life(1), 2 * LIFECYCLE_PERIOD_MS);
	ck_assert_uint_le(lc.credit_ms, now + 7 * LIFECYCLE_PERIOD_MS);
}
END_TEST

START_TEST(any_sequence_is_safe)
{
	srand(1);
	for (int run = 0; run < 2000; run++) {
		setup();
		lc.on_poweroff = rand() % 4;
		lc.on_reboot = rand() % 4;
		lc.on_crash = rand() % 4;
		for (int i = 0; i < 40; i++) {
			trace[0] = '\0';
			lifecycle_handle(&lc, rand() % (LC_EV_START + 1),
					 rand() % 8 - 1);
			ck_assert_int_le(lc.state, LC_WAITING);
		}
	}
}
END_TEST

START_TEST(names)
{
	ck_assert_int_eq(lifecycle_state_parse("dying"), LC_DYING);
	ck_assert_int_eq(lifecycle_state_parse("x"), -1);
	ck_assert_int_eq(lifecycle_policy_parse("rename-restart"),
			 LC_RENAME_RESTART);
	ck_assert_int_eq(lifecycle_policy_parse(""), -1);
	ck_assert_str_eq(lifecycle_policy_name(LC_PRESERVE), "preserve");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_lifecycle");
	TCase *t = tcase_create("life");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, birth);
	tcase_add_test(t, birth_paused);
	tcase_add_test(t, refused_by_hypervisor);
	tcase_add_test(t, build_failure);
	tcase_add_test(t, destroy_while_building);
	tcase_add_test(t, default_policies);
	tcase_add_test(t, preserve);
	tcase_add_test(t, rename_and_restart);
	tcase_add_test(t, suspend_and_unknown_reasons);
	tcase_add_test(t, resume);
	tcase_add_test(t, resume_of_what_ended_otherwise);
	tcase_add_test(t, destroy_cancels_restart);
	tcase_add_test(t, vanished);
	tcase_add_test(t, failed_restart_waits);
	tcase_add_test(t, loops_are_slowed);
	tcase_add_test(t, slow_lives_are_not);
	tcase_add_test(t, asked_reboots_are_free);
	tcase_add_test(t, credit_of_another_clock);
	tcase_add_test(t, any_sequence_is_safe);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
