/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the page each vCPU's clock is computed from, the wall clock, clocks that
 * never step back, times of run states that add up, a copy of the clock
 * where the guest wants it.  All of these come back when they were overwritten,
 * and are published anew while the guest runs.
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

/* ---- what is published again and again ------------------------------------------ */

static struct vcpu_time_info first, copy;

/* What the clock says at another clock's moment, by @from; to the nanosecond. */
static u64 said_at(const struct vcpu_time_info *from, u64 tsc)
{
	u64 delta = tsc - from->tsc_timestamp;

	delta = from->tsc_shift < 0 ? delta >> -from->tsc_shift
				    : delta << from->tsc_shift;
	return from->system_time + scale_32(delta, from->tsc_to_system_mul);
}

static void read_time(volatile struct vcpu_time_info *t,
		      struct vcpu_time_info *to)
{
	u32 version;

	do {
		version = t->version;
		barrier();
		memcpy(to, (const void *)addr_of(t), sizeof(*to));
		barrier();
	} while (version & 1 || version != t->version);
}

/*
 * Until @t has another moment than @old, which a stopped machine may delay; a
 * minute by the clock that we kept.
 */
static bool await_time(volatile struct vcpu_time_info *t, u64 old,
		       struct vcpu_time_info *to)
{
	u64 limit = time_of(&first) + 60000 * MSEC;

	do {
		read_time(t, to);
		if (to->tsc_to_system_mul && to->tsc_timestamp != old)
			return true;
	} while (time_of(&first) < limit);
	return false;
}

static void check_same_clock(const struct vcpu_time_info *t)
{
	CHECK(t->version != 0);
	CHECK_EQ(t->tsc_to_system_mul, first.tsc_to_system_mul);
	CHECK_EQ(t->tsc_shift, first.tsc_shift);
	CHECK_EQ(t->flags, first.flags);
	CHECK_EQ(t->system_time, said_at(&first, t->tsc_timestamp));
}

/* In user mode the copy waits; a kernel's loop gets it at once. */
static void check_overwritten(void)
{
	struct vcpu_register_time_memory_area reg;
	struct vcpu_time_info t;
	u32 sec = shared_info->wc_sec, nsec = shared_info->wc_nsec;
	u64 limit;

	subject("time that was overwritten");
	memset(&reg, 0, sizeof(reg));
	set_xen_guest_handle(reg.addr.h, &copy);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_vcpu_time_memory_area, 0, &reg),
		 0);
	read_time(&vi->time, &first);
	memset(&copy, 0, sizeof(copy));
	memset(&vi->time, 0, sizeof(vi->time));
	shared_info->wc_sec = shared_info->wc_nsec = 0;
	*(volatile u32 *)&shared_info->wc_version = 0;
	CHECK(await_time(&vi->time, 0, &t));
	check_same_clock(&t);
	CHECK(await_time(&copy, 0, &t));
	check_same_clock(&t);
	limit = time_of(&first) + 60000 * MSEC;
	while (!*(volatile u32 *)&shared_info->wc_version &&
	       time_of(&first) < limit)
		;
	CHECK_EQ(*(volatile u32 *)&shared_info->wc_version & 1, 0);
	if (!is_dom0()) {	/* dom0 may have set the clock meanwhile */
		CHECK(shared_info->wc_sec > 1577836800U);
		return;
	}
	CHECK_EQ(shared_info->wc_sec, sec);
	CHECK_EQ(shared_info->wc_nsec, nsec);
}

/* From moments that lie near, so that few bits are enough to count from them. */
static void check_goes_on(void)
{
	struct vcpu_time_info t;
	u64 last;
	u32 version;
	unsigned int i;

	subject("time goes on");
	read_time(&vi->time, &t);
	for (i = 0; i < 3; i++) {
		last = t.tsc_timestamp;
		version = t.version;
		CHECK(await_time(&vi->time, last, &t));
		check_same_clock(&t);
		CHECK(t.tsc_timestamp > last);
		CHECK(t.tsc_timestamp <= tsc_read());
		CHECK(t.version > version);
	}
	last = 0;
	for (i = 0; i < 2; i++) {
		CHECK(await_time(&copy, last, &t));
		check_same_clock(&t);
		last = t.tsc_timestamp;
	}
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	check_clock();
	check_wall_clock();
	check_run_states();
	check_time_area();
	check_overwritten();
	check_goes_on();
}
