/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NMIs that a vCPU sends to itself: delivered at once, whatever the upcall
 * mask, one at a time until the handler's iret.  Those that another sends
 * without end: one that waits already calls nobody.
 */
#include "perf.h"

static volatile unsigned int nmis;
static bool nested;
static struct frame seen;

static bool count_nmi(struct frame *f)
{
	if (f->vector != 2)
		return false;
	seen = *f;
	if (nmis++ == 0 && nested) {
		/* One within the handler waits for its end. */
		CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
		HC2(sched_op, SCHEDOP_yield, 0);
		CHECK_EQ(nmis, 1);
	}
	return true;
}

static void send_nmi(void)
{
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	HC2(sched_op, SCHEDOP_yield, 0);
}

static bool send_another(struct frame *f)
{
	if (f->vector != 2)
		return false;
	if (nmis++ == 0)
		CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	return true;
}

/* What waited for the handler's end comes with it, be there other work or not. */
static void check_end_of_handler(void)
{
	subject("at the end of the handler");
	on_entry = send_another;
	nmis = 0;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	CHECK_EQ(nmis, 2);
}

static void check_kernel(void)
{
	subject("in the kernel");
	on_entry = count_nmi;
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	nmis = 0;
	send_nmi();
	CHECK_EQ(nmis, 1);
	CHECK_EQ(seen.error, 0);
	CHECK_EQ(seen.cs, KERNEL_CS_SHOWN);
	CHECK_EQ(seen.saved_mask, 1);
	CHECK_EQ(shared_info->vcpu_info[0].evtchn_upcall_mask, 1);
	nested = true;
	nmis = 0;
	send_nmi();
	CHECK_EQ(nmis, 2);
	nested = false;
	nmis = 0;
	send_nmi();
	CHECK_EQ(nmis, 1);
}

USER_CODE(user_ud, "mov $3, %ecx; ud2");

/* Sent while a handler runs, it comes with the return to user mode. */
static bool send_from_handler(struct frame *f)
{
	if (f->vector == 2)
		return count_nmi(f);
	if (f->vector != 6 || f->dx)
		return false;
	f->dx = 1;
	f->ip += 2;
	nested = false;
	nmis = 1;			/* not the first: no more of it */
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	return true;
}

USER_CODE(user_twice, "xor %edx, %edx; ud2; mov $7, %ecx; ud2");

static void check_user(void)
{
	struct frame f;

	subject("in user mode");
	on_user_entry = send_from_handler;
	CHECK_EQ(catch_user(user_twice, 0, &f), 6);
	CHECK_EQ(nmis, 2);
	CHECK_EQ(f.cx, 7);
	CHECK_EQ(f.dx, 1);
	on_user_entry = 0;
	CHECK_EQ(catch_user(user_ud, 0, &f), 6);
	CHECK_EQ(nmis, 2);
	CHECK_EQ(f.cx, 3);
}

static void check_refused(void)
{
	subject("refused");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 99, 0), -2);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 8192, 0), -2);
	CHECK_EQ(HC2(nmi_op, 99, 0), -38);
}

#define STORM	20000

static struct vcpu_guest_context context;
static char stack1[8192] __attribute__((aligned(16)));
static volatile bool stormy, over;

static void send_storm(void)
{
	unsigned int i;

	while (!stormy)
		HC2(sched_op, SCHEDOP_yield, 0);
	for (i = 0; i < STORM; i++)
		HC3(vcpu_op, VCPUOP_send_nmi, 0, 0);
	over = true;
	for (;;)
		HC3(vcpu_op, VCPUOP_down, 1, 0);
}

/* The first is still handled while all the others come: one waits, no more. */
static bool weather_storm(struct frame *f)
{
	if (f->vector != 2)
		return false;
	if (nmis++)
		return true;
	stormy = true;
	while (!over)
		__asm__ volatile("pause" ::: "memory");
	return true;
}

static void check_storm(void)
{
	bool counted;

	subject("without end");
	if (HC3(vcpu_op, VCPUOP_is_up, 1, 0) < 0) {
		skip("there is one vCPU only");
		return;
	}
	fill_context(&context, send_storm, stack1 + sizeof(stack1));
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	on_entry = weather_storm;
	nmis = 0;
	counted = !perf_read();
	send_nmi();
	CHECK_EQ(nmis, 2);
	CHECK(over);
	if (!counted || perf_read())
		skip("calls of other CPUs: there are no counters to read");
	else
		CHECK(perf_delta("ipi-sent") < STORM / 10);
}

void test_main(void)
{
	check_kernel();
	check_user();
	check_end_of_handler();
	check_refused();
	check_storm();
}
