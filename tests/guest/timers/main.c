/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timers of a vCPU: one-shot, periodic, set_timer_op, poll's and the domain's
 * watchdog. They come once, never early, at once if their time is past, and
 * not after they were stopped.
 */
#include "ops.h"

static struct vcpu_info *vi;
static int port;

static int singleshot(u64 when, u32 flags)
{
	struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = when,
					       .flags = flags };

	return HC3(vcpu_op, VCPUOP_set_singleshot_timer, 0, &t);
}

static int periodic(u64 period)
{
	struct vcpu_set_periodic_timer p = { .period_ns = period };

	return HC3(vcpu_op, VCPUOP_set_periodic_timer, 0, &p);
}

/* When the port became pending, or 0: not until @limit. */
static u64 await(u64 limit)
{
	while (!port_pending(port)) {
		if (time_now() >= limit)
			return 0;
		poll_port(port, limit);
	}
	port_clear(port);
	return time_now();
}

static void expect_at(u64 when)
{
	u64 now = time_now(), from = now > when ? now : when;
	u64 came = await(from + 2000 * MSEC);

	CHECK(came != 0);
	CHECK(came >= when);
}

static void expect_none(u64 until)
{
	CHECK_EQ(await(until), 0);
}

static void check_singleshot(void)
{
	unsigned int i;
	u64 now;

	subject("one-shot timer");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0);
	port_clear(port);
	for (i = 0; i < 20; i++) {
		now = time_now();
		CHECK_EQ(singleshot(now + i * MSEC / 4, 0), 0);
		expect_at(now + i * MSEC / 4);
	}
	expect_none(time_now() + 3 * MSEC);	/* it comes once */
	/* Past: at once. */
	CHECK_EQ(singleshot(1, 0), 0);
	expect_at(1);
	CHECK_EQ(singleshot(time_now() - 1, 0), 0);
	expect_at(1);
	/* A later one takes the place of the earlier. */
	now = time_now();
	CHECK_EQ(singleshot(now + 2 * MSEC, 0), 0);
	CHECK_EQ(singleshot(now + 8 * MSEC, 0), 0);
	expect_at(now + 8 * MSEC);
	CHECK_EQ(singleshot(time_now() + 3 * MSEC, 0), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0), 0);
	expect_none(time_now() + 6 * MSEC);
	/* Never. */
	CHECK_EQ(singleshot(~0ULL >> 1, 0), 0);
	expect_none(time_now() + 3 * MSEC);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0), 0);
}

static void check_future_only(void)
{
	u64 now;

	subject("one-shot timer, future only");
	CHECK_EQ(singleshot(1, VCPU_SSHOTTMR_future), -XEN_ETIME);
	expect_none(time_now() + 2 * MSEC);
	now = time_now();
	CHECK_EQ(singleshot(now + 50 * MSEC, VCPU_SSHOTTMR_future), 0);
	expect_at(now + 50 * MSEC);
}

static void check_refused(void)
{
	struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = 1 };

	subject("timers refused");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 0, BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_periodic_timer, 0, BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 99, &t),
		 -XEN_ENOENT);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_singleshot_timer, 99, 0),
		 -XEN_ENOENT);
	CHECK_EQ(HC3(vcpu_op, 99, 0, 0), -XEN_ENOSYS);
	CHECK_EQ(periodic(1000), -XEN_EINVAL);		/* too often */
	CHECK_EQ(periodic(0), -XEN_EINVAL);
	CHECK_EQ(periodic(MSEC - 1), -XEN_EINVAL);
	expect_none(time_now() + 2 * MSEC);
	/* Of another vCPU, if there is one: not ours to set. */
	if (HC3(vcpu_op, VCPUOP_is_up, 1, 0) >= 0) {
		CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 1, &t),
			 -XEN_EINVAL);
		CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_singleshot_timer, 1, 0),
			 -XEN_EINVAL);
	}
}

static void check_periodic(void)
{
	u64 start, last;
	unsigned int n;

	subject("periodic timer");
	start = time_now();
	CHECK_EQ(periodic(5 * MSEC), 0);
	for (n = 0; n < 20; n++)
		CHECK(await(time_now() + 1000 * MSEC) != 0);
	last = time_now();
	CHECK(last - start >= 19 * 5 * MSEC);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0);
	port_clear(port);
	expect_none(time_now() + 15 * MSEC);
}

static void check_set_timer(void)
{
	u64 now = time_now();

	subject("set_timer_op");
	CHECK_EQ(set_timer(now + 3 * MSEC), 0);
	expect_at(now + 3 * MSEC);
	CHECK_EQ(set_timer(time_now() + 3 * MSEC), 0);
	CHECK_EQ(set_timer(0), 0);
	expect_none(time_now() + 6 * MSEC);
	CHECK_EQ(set_timer(1), 0);
	expect_at(1);
}

static void check_poll_timeout(void)
{
	int other = port_bind_ipi(0);
	unsigned int i;
	u64 when;

	subject("timeout of poll");
	for (i = 0; i < 20; i++) {
		when = time_now() + i * MSEC / 4;
		CHECK_EQ(poll_port(other, when), 0);
		CHECK(time_now() >= when);
	}
	CHECK_EQ(poll_port(other, 1), 0);
	CHECK_EQ(port_close(other), 0);
}

static int watchdog(u32 id, u32 seconds)
{
	struct sched_watchdog w = { .id = id, .timeout = seconds };

	return HC2(sched_op, SCHEDOP_watchdog, &w);
}

static void check_watchdog(void)
{
	subject("watchdog");
	CHECK_EQ(watchdog(3, 10), -XEN_EINVAL);
	CHECK_EQ(watchdog(1, 10), -XEN_EINVAL);		/* not there */
	CHECK_EQ(watchdog(0, 600), 1);
	CHECK_EQ(watchdog(0, 600), 2);
	CHECK_EQ(watchdog(0, 600), -XEN_ENOSPC);
	CHECK_EQ(watchdog(1, 500), 0);			/* again */
	CHECK_EQ(watchdog(1, 0), 0);
	CHECK_EQ(watchdog(0, 600), 1);
	CHECK_EQ(watchdog(1, 0), 0);
	CHECK_EQ(watchdog(2, 0), 0);
	CHECK_EQ(watchdog(2, 0), -XEN_EINVAL);
	CHECK_EQ(HC2(sched_op, SCHEDOP_watchdog, BAD_POINTER), -XEN_EFAULT);
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	port = port_bind_virq(VIRQ_TIMER, 0);
	CHECK(port > 0);
	check_singleshot();
	check_future_only();
	check_refused();
	check_periodic();
	check_set_timer();
	check_poll_timeout();
	check_watchdog();
}
