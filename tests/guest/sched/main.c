/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleep and wake: two vCPUs pass a token to and fro by events, each asleep while
 * it is the other's turn; by block with upcalls, by poll of a masked port, by poll
 * of many ports. If one wake-up is lost, both sleep for ever: so nobody may.
 * A deadline that is far off tells that from being slow.
 */
#include "ops.h"

#define ROUNDS	1000

static struct vcpu_guest_context context;
static char stack1[16384] __attribute__((aligned(16)));
static struct vcpu_info *info[2];
static volatile unsigned int token;	/* whose turn it is */
static volatile unsigned int stage, arrived;
static volatile unsigned int late[2], turns[2];
static int port[2], unused[60];

static unsigned int this_vcpu(const void *p)
{
	return addr_of(p) >= addr_of(stack1) &&
	       addr_of(p) < addr_of(stack1) + sizeof(stack1);
}

static bool take_event(struct frame *f)
{
	unsigned int me = this_vcpu(f);

	if (f->vector != ENTRY_EVENT)
		return false;
	info[me]->evtchn_upcall_pending = 0;
	info[me]->evtchn_pending_sel = 0;
	port_clear(port[me]);
	return true;
}

/* ---- three ways to wait for one's turn ------------------------------------------ */

static void by_block(unsigned int me)
{
	while (token != me) {
		/* An event between the look and the call ends it at once. */
		info[me]->evtchn_upcall_mask = 1;
		barrier();
		if (token != me)
			HC2(sched_op, SCHEDOP_block, 0);
		info[me]->evtchn_upcall_mask = 0;
		HC2(xen_version, 0, 0);
	}
}

static void poll_ports(unsigned int me, evtchn_port_t *ports, unsigned int n)
{
	struct sched_poll p = { .nr_ports = n };

	set_xen_guest_handle(p.ports, ports);
	while (token != me) {
		u64 limit = time_now() + 10000 * MSEC;

		p.timeout = limit;
		HC2(sched_op, SCHEDOP_poll, &p);
		if (time_now() >= limit) {
			late[me]++;
			return;
		}
		port_clear(port[me]);
	}
}

static void by_poll(unsigned int me)
{
	evtchn_port_t p = port[me];

	poll_ports(me, &p, 1);
}

/* The one that matters is among the last of many. */
static void by_long_poll(unsigned int me)
{
	evtchn_port_t p[ARRAY_SIZE(unused) + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unused); i++)
		p[i] = unused[i];
	p[i] = port[me];
	poll_ports(me, p, i + 1);
}

static void by_yield(unsigned int me)
{
	while (token != me)
		HC2(sched_op, SCHEDOP_yield, 0);
	port_clear(port[me]);
}

static void (*const ways[])(unsigned int me) = {
	by_block, by_poll, by_long_poll, by_yield, by_block,
};

/* ---- the game ---------------------------------------------------------------------- */

/* Both must have left the stage before. */
static void enter_stage(unsigned int s)
{
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (arrived < 2 * (s + 1))
		HC2(sched_op, SCHEDOP_yield, 0);
}

static void play(unsigned int me)
{
	unsigned int s, i;

	for (s = 0; s < ARRAY_SIZE(ways); s++) {
		enter_stage(s);
		info[me]->evtchn_upcall_mask = ways[s] != by_block;
		for (i = 0; i < ROUNDS && !late[0] && !late[1]; i++) {
			ways[s](me);
			turns[me]++;
			token = !me;
			port_send(port[!me]);
		}
	}
	info[me]->evtchn_upcall_mask = 1;
}

static void second(void)
{
	play(1);
	stage = 99;
	for (;;)
		HC3(vcpu_op, VCPUOP_down, 1, 0);
}

static void check_alone(void)
{
	int p = port_bind_ipi(0);
	u64 when;

	subject("alone");
	/* Block with an event pending: comes back at once. */
	info[0]->evtchn_upcall_mask = 1;
	port[0] = p;
	on_entry = take_event;
	CHECK_EQ(port_send(p), 0);
	CHECK_EQ(HC2(sched_op, SCHEDOP_block, 0), 0);
	CHECK_EQ(info[0]->evtchn_upcall_mask, 0);
	CHECK(!port_pending(p));
	info[0]->evtchn_upcall_mask = 1;
	/* Asleep until a timer. */
	when = time_now() + 20 * MSEC;
	CHECK_EQ(set_timer(when), 0);
	port[0] = port_bind_virq(VIRQ_TIMER, 0);
	CHECK(port[0] > 0);
	while (time_now() < when)
		CHECK_EQ(HC2(sched_op, SCHEDOP_block, 0), 0);
	info[0]->evtchn_upcall_mask = 1;
	CHECK_EQ(port_close(port[0]), 0);
	CHECK_EQ(port_close(p), 0);
	CHECK_EQ(HC2(sched_op, SCHEDOP_yield, 0), 0);
	CHECK_EQ(HC2(sched_op, 99, 0), -XEN_ENOSYS);
}

static void check_refused(void)
{
	struct sched_shutdown s = { .reason = 99 };
	struct sched_remote_shutdown r = { .domain_id = NO_DOMAIN };

	subject("refused");
	CHECK_EQ(HC2(sched_op, SCHEDOP_shutdown, BAD_POINTER), -XEN_EFAULT);
	CHECK_EQ(HC2(sched_op, SCHEDOP_shutdown_code, BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(HC2(sched_op, SCHEDOP_shutdown_code, &s), -XEN_EINVAL);
	CHECK_EQ(HC2(sched_op, SCHEDOP_remote_shutdown, &r), -XEN_ESRCH);
}

void test_main(void)
{
	unsigned int i;

	info[0] = &shared_info->vcpu_info[0];
	info[1] = &shared_info->vcpu_info[1];
	info[0]->evtchn_upcall_mask = 1;
	check_refused();
	check_alone();
	subject("two vCPUs");
	for (i = 0; i < ARRAY_SIZE(unused); i++)
		unused[i] = port_bind_ipi(0);
	port[0] = port_bind_ipi(0);
	port[1] = port_bind_ipi(1);
	on_entry = take_event;
	fill_context(&context, second, stack1 + sizeof(stack1));
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	play(0);
	while (stage != 99)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(late[0], 0);
	CHECK_EQ(late[1], 0);
	CHECK_EQ(turns[0], ROUNDS * ARRAY_SIZE(ways));
	CHECK_EQ(turns[1], ROUNDS * ARRAY_SIZE(ways));
}
