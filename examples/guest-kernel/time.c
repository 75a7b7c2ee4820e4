/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the hypervisor tells each vCPU how to make nanoseconds of the TSC.
 * A timer is an event (VIRQ_TIMER) at an absolute time.
 */
#include "kernel.h"

u64 time_tsc(void)
{
	u32 low, high;

	__asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (u64)high << 32 | low;
}

/* delta * 2^shift * mul / 2^32, without 128-bit numbers. */
static u64 scale(u64 delta, int8_t shift, u32 mul)
{
	delta = shift < 0 ? delta >> -shift : delta << shift;
	return (delta >> 32) * mul + ((delta & 0xffffffff) * mul >> 32);
}

u64 time_of(u64 tsc)
{
	const volatile struct vcpu_time_info *t =
		&shared_info->vcpu_info[cpu_id()].time;
	u32 version;
	u64 then;

	do {
		version = t->version;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		then = t->system_time;
		if (tsc >= t->tsc_timestamp)
			then += scale(tsc - t->tsc_timestamp, t->tsc_shift,
				      t->tsc_to_system_mul);
		else
			then -= scale(t->tsc_timestamp - tsc, t->tsc_shift,
				      t->tsc_to_system_mul);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (version & 1 || version != t->version);
	return then;
}

u64 time_now(void)
{
	return time_of(time_tsc());
}

/* The event ends the sleep: that is all it is for. */
static void time_tick(void *arg)
{
	(void)arg;
}

void time_wake_at(u64 when)
{
	struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = when };

	/* Beyond what the hypervisor's clock will ever show: no timer. */
	if (when >> 62) {
		HYPERCALL3(vcpu_op, VCPUOP_stop_singleshot_timer, cpu_id(), 0);
		return;
	}
	if (HYPERCALL3(vcpu_op, VCPUOP_set_singleshot_timer, cpu_id(), &timer))
		panic("the timer was refused");
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

/* Proves the timer: it must end a sleep of a millisecond. */
void time_init(void)
{
	u64 until = time_now() + MS;

	HYPERCALL3(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
	events_bind_virq(VIRQ_TIMER, 0, time_tick, NULL);
	events_wait(never, NULL, until);
	if (time_now() > until + 1000 * MS)
		panic("the timer is a second late");
}
