/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the page each vCPU's clock is computed from, the wall clock, clocks that
 * never step back, times of run states that add up, a copy of the clock
 * where the guest wants it.
 */
#include "ops.h"

static struct vcpu_info *vi;

static void check_clock(void)
{
	volatile struct vcpu_time_info *t = &vi->time;
	u64 last, now, first;
	unsigned int i, back = 0;

	subject("clock");
	CHECK_EQ(t->version & 1, 0);
	CHECK(t->version != 0);
	CHECK(t->tsc_to_system_mul != 0);
	first = last = time_now();
	CHECK(first > 1 * MSEC);
	for (i = 0; i < 200000; i++) {
		now = time_now();
		back += now < last;
		last = now;
	}
	CHECK_EQ(back, 0);
	CHECK(last > first);
	/* Across sleeps as well. */
	for (i = 0; i < 20; i++) {
		CHECK_EQ(poll_port(port_bind_ipi(0), time_now() + MSEC), 0);
		now = time_now();
		back += now < last + MSEC / 2;
		last = now;
	}
	CHECK_EQ(back, 0);
}

static void check_wall_clock(void)
{
	u32 version = shared_info->wc_version;

	subject("wall clock");
	CHECK_EQ(version & 1, 0);
	CHECK(version != 0);
	/* After 2020, before 2100. */
	CHECK(shared_info->wc_sec > 1577836800U);
	CHECK(shared_info->wc_sec < 4102444800U);
	CHECK(shared_info->wc_nsec < 1000000000U);
}

static u64 sum(const struct vcpu_runstate_info *r)
{
	return r->time[0] + r->time[1] + r->time[2] + r->time[3];
}

static void check_run_states(void)
{
	static struct vcpu_runstate_info area;
	volatile struct vcpu_runstate_info *live = &area;
	struct vcpu_runstate_info a, b;
	struct vcpu_register_runstate_memory_area reg;
	int port = port_bind_ipi(0);
	u64 t0, t1;

	subject("run states");
	memset(&reg, 0, sizeof(reg));
	set_xen_guest_handle(reg.addr.h, &area);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &reg),
		 0);
	CHECK_EQ(live->state, RUNSTATE_running);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 0, &a), 0);
	CHECK_EQ(a.state, RUNSTATE_running);
	CHECK(a.time[RUNSTATE_running] > 0);
	t0 = time_now();
	while (time_now() < t0 + 3 * MSEC)
		;
	CHECK_EQ(poll_port(port, time_now() + 10 * MSEC), 0);
	t1 = time_now();
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 0, &b), 0);
	/* All states together are the time that went by. */
	CHECK(sum(&b) - sum(&a) >= t1 - t0);
	CHECK(sum(&b) - sum(&a) < t1 - t0 + 100 * MSEC);
	CHECK(b.time[RUNSTATE_running] - a.time[RUNSTATE_running] > MSEC);
	CHECK(b.time[RUNSTATE_blocked] - a.time[RUNSTATE_blocked] > 5 * MSEC);
	/* The area was kept up to date when we went to sleep and woke. */
	CHECK_EQ(live->state, RUNSTATE_running);
	CHECK(live->time[RUNSTATE_blocked] - a.time[RUNSTATE_blocked] >
	      5 * MSEC);
	CHECK(live->state_entry_time > t0);
	subject("run states refused");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 0, BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 99, &b), -XEN_ENOENT);
	reg.addr.p = HV_ADDRESS;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &reg),
		 -XEN_EFAULT);
	CHECK_EQ(port_close(port), 0);
}

static void check_time_area(void)
{
	static struct vcpu_time_info area;
	struct vcpu_register_time_memory_area reg;
	u64 a, b, c;

	subject("a copy of the clock");
	memset(&reg, 0, sizeof(reg));
	set_xen_guest_handle(reg.addr.h, &area);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_vcpu_time_memory_area, 0, &reg),
		 0);
	CHECK(area.version != 0);
	CHECK_EQ(area.version & 1, 0);
	a = time_now();
	b = time_of(&area);
	c = time_now();
	CHECK(a <= b && b <= c);
	reg.addr.p = HV_ADDRESS;
	CHECK(HC3(vcpu_op, VCPUOP_register_vcpu_time_memory_area, 0, &reg) <
	      0);
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	check_clock();
	check_wall_clock();
	check_run_states();
	check_time_area();
}
