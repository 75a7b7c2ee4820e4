/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second vCPU: brought up from a context whose FPU area is garbage, does its
 * work, goes down by itself and comes up again. Run states and timers of the
 * first one.
 */
#include "guest.h"

static struct vcpu_guest_context context;
static char stack1[8192] __attribute__((aligned(16)));
static volatile unsigned int rounds;
static volatile u32 seen_mxcsr;

static void second(void)
{
	u32 mxcsr;

	for (;;) {
		__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
		seen_mxcsr = mxcsr;
		rounds++;
		HC3(vcpu_op, VCPUOP_down, 1, 0);
	}
}

/* A usual one, but for an FPU area of garbage. */
static void fill_second(void)
{
	fill_context(&context, second, stack1 + sizeof(stack1));
	memset(&context.fpu_ctxt, 0xff, sizeof(context.fpu_ctxt));
	context.flags |= VGCF_I387_VALID;
}

static bool wait_for(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < 100000000 && rounds < n; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	for (; i < 100000000 && HC3(vcpu_op, VCPUOP_is_up, 1, 0) == 1; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	return rounds == n;
}

static void check_second(void)
{
	subject("second vCPU");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_is_up, 0, 0), 1);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_is_up, 1, 0), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_is_up, 500, 0), -2);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), -22);
	fill_second();
	context.event_callback_eip = 0x8000000000000000;
	CHECK(HC3(vcpu_op, VCPUOP_initialise, 1, &context) < 0);
	fill_second();
	context.ctrlreg[3] = mfn_of(stack1) << 12;	/* mapped writable */
	CHECK(HC3(vcpu_op, VCPUOP_initialise, 1, &context) < 0);
	fill_second();
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), -17);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	CHECK(wait_for(1));
	CHECK_EQ(seen_mxcsr >> 16, 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	CHECK(wait_for(2));
}

static void check_runstate(void)
{
	static struct vcpu_runstate_info area;
	struct vcpu_runstate_info now;
	struct vcpu_register_runstate_memory_area reg;

	subject("run states");
	reg.addr.v = &area;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &reg),
		 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 0, &now), 0);
	CHECK_EQ(now.state, RUNSTATE_running);
	CHECK_EQ(area.state, RUNSTATE_running);
	CHECK(now.time[RUNSTATE_running] > 0);
}

static void check_timers(void)
{
	struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = 1 };
	struct vcpu_set_periodic_timer p = { .period_ns = 1000 };

	subject("timers");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_periodic_timer, 0, &p), -22);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 0, &t), 0);
	t.flags = VCPU_SSHOTTMR_future;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 0, &t), -62);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_set_singleshot_timer, 1, &t), -22);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0), 0);
	CHECK_EQ(HC3(vcpu_op, 99, 0, 0), -38);
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	check_second();
	check_runstate();
	check_timers();
}
