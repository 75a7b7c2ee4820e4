/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The suspend hypercall, made by a second domain: it stops there, its controller
 * sees why and the frame it passed, and it goes on where it was: with 1 when the
 * tools called it off, with what the context says otherwise. Pause and unpause
 * do not end it; other reasons are told as they are.  Whatever a tool did to its
 * shared page while it was stopped: before it runs again its clocks are there.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include <xen/domctl.h>

extern const char peer_code[], peer_code_end[];

static struct peer peer;
static volatile u64 *data;		/* the peer's second frame */

static bool is_shut_down(void)
{
	return peer_flags(&peer) & XEN_DOMINF_shutdown;
}

static unsigned int reason(void)
{
	return peer_flags(&peer) >> XEN_DOMINF_shutdownshift &
	       XEN_DOMINF_shutdownmask;
}

static bool await_shutdown(void)
{
	u64 limit = time_now() + 20000 * MSEC;

	while (!is_shut_down() && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	return is_shut_down();
}

static bool await_count(u64 n)
{
	u64 limit = time_now() + 20000 * MSEC;

	while (data[2] < n && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	return data[2] == n;
}

/* As builders do, who zero the whole page. */
static void forget_time(void)
{
	memset(&peer.shared->vcpu_info[0].time, 0,
	       sizeof(peer.shared->vcpu_info[0].time));
	peer.shared->wc_version = 0;
	peer.shared->wc_sec = peer.shared->wc_nsec = 0;
}

/* It has run for much less than a period of the hypervisor's. */
static void check_time(void)
{
	volatile struct vcpu_time_info *t = &peer.shared->vcpu_info[0].time;
	u64 a = time_now(), b = time_of(t), c = time_now();

	CHECK(t->version != 0);
	CHECK_EQ(t->version & 1, 0);
	CHECK(a <= b && b <= c);
	CHECK(peer.shared->wc_version != 0);
	CHECK_EQ(peer.shared->wc_version & 1, 0);
	CHECK_EQ(peer.shared->wc_sec, shared_info->wc_sec);
	CHECK_EQ(peer.shared->wc_nsec, shared_info->wc_nsec);
}

static void check_stop(void)
{
	subject("it stops");
	forget_time();
	data = peer_map(&peer, peer.mfn[1], true);
	*(volatile u32 *)data = SHUTDOWN_suspend;
	data[1] = 77;
	data[2] = 0;
	CHECK_EQ(peer_start(&peer, peer_code, peer_code_end - peer_code), 0);
	CHECK(await_shutdown());
	CHECK_EQ(reason(), SHUTDOWN_suspend);
	CHECK_EQ(data[2], 0);
	CHECK_EQ(data[1], 77);
	check_time();
	/* Unpausing is something else. */
	CHECK_EQ(peer_control(&peer, XEN_DOMCTL_pausedomain), 0);
	CHECK_EQ(peer_control(&peer, XEN_DOMCTL_unpausedomain), 0);
	CHECK(is_shut_down());
	CHECK_EQ(data[2], 0);
}

static void check_resume(void)
{
	unsigned long third = 0;
	unsigned int i;

	subject("it goes on");
	for (i = 1; i <= 20; i++) {
		CHECK_EQ(peer_cancel_suspend(&peer, &third), 0);
		CHECK_EQ(third, 0x1234);
		CHECK(is_shut_down());
		forget_time();
		CHECK_EQ(peer_control(&peer, XEN_DOMCTL_resumedomain), 0);
		CHECK(await_count(i));
		CHECK_EQ((u32)data[1], 1);
		CHECK(await_shutdown());
		check_time();
		CHECK_EQ(reason(), SHUTDOWN_suspend);
	}
	/* Nobody changed what the call says, nor gave it a new context. */
	forget_time();
	CHECK_EQ(peer_control(&peer, XEN_DOMCTL_resumedomain), 0);
	CHECK(await_count(21));
	CHECK_EQ((u32)data[1], 0);
	CHECK(await_shutdown());
	check_time();
}

static void check_other_reasons(void)
{
	static const u32 reasons[] = {
		SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_crash,
	};
	unsigned int i;

	subject("other reasons");
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		*(volatile u32 *)data = reasons[i];
		CHECK_EQ(peer_control(&peer, XEN_DOMCTL_resumedomain), 0);
		CHECK(await_count(22 + i));
		CHECK(await_shutdown());
		CHECK_EQ(reason(), reasons[i]);
	}
}

/* By its controller, while it is shut down for another reason already. */
static void check_remote(void)
{
	struct sched_remote_shutdown r = { .domain_id = peer.id,
					   .reason = SHUTDOWN_reboot };

	subject("shut down by another");
	CHECK_EQ(HC2(sched_op, SCHEDOP_remote_shutdown, &r), 0);
	CHECK(is_shut_down());
}

void test_main(void)
{
	if (!peer_create(&peer))
		return;
	check_stop();
	check_resume();
	check_other_reasons();
	check_remote();
	peer_unmap((void *)addr_of(data));
	CHECK_EQ(peer_destroy(&peer), 0);
	CHECK(peer_flags(&peer) < 0);
}
