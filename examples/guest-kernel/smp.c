/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second vCPU. It starts with the state that we describe here, in our
 * address space, and waits for work; each side wakes the other by an event.
 */
#include "kernel.h"

static struct {
	void (*fn)(void *);	/* what there is to do, or NULL */
	void *arg;
	u32 wake[MAX_CPUS];	/* ports */
	bool alive;
} smp;

/* Each stack begins with its vCPU's number: see notes.S. */
unsigned int cpu_id(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return *(u32 *)(sp & -(unsigned long)STACK_SIZE);
}

static void smp_woken(void *arg)
{
	(void)arg;
}

/* The main function of vCPU 1. */
void smp_main(void)
{
	void (*fn)(void *);

	__atomic_store_n(&smp.alive, true, __ATOMIC_RELEASE);
	for (;;) {
		fn = __atomic_load_n(&smp.fn, __ATOMIC_ACQUIRE);
		if (!fn) {
			events_send(smp.wake[0]);
			events_sleep();
			continue;
		}
		fn(smp.arg);
		__atomic_store_n(&smp.fn, NULL, __ATOMIC_RELEASE);
	}
}

static bool smp_idle(void *arg)
{
	(void)arg;
	return __atomic_load_n(&smp.alive, __ATOMIC_ACQUIRE) &&
		!__atomic_load_n(&smp.fn, __ATOMIC_ACQUIRE);
}

void smp_call(void (*fn)(void *), void *arg)
{
	if (!smp.alive) {
		fn(arg);
		return;
	}
	smp.arg = arg;
	__atomic_store_n(&smp.fn, fn, __ATOMIC_RELEASE);
	events_send(smp.wake[1]);
	events_wait(smp_idle, NULL, ~0ULL);
}

bool smp_init(void)
{
	static struct vcpu_guest_context context;
	static const unsigned int cpu = 1;

	if (HYPERCALL3(vcpu_op, VCPUOP_is_up, cpu, 0) < 0)
		return false;
	smp.wake[0] = events_bind_ipi(0, smp_woken, NULL);
	smp.wake[1] = events_bind_ipi(cpu, smp_woken, NULL);
	context.flags = VGCF_in_kernel;
	traps_fill(context.trap_ctxt);
	arch_context(&context, smp_start, (unsigned long)stacks[cpu + 1]);
	if (HYPERCALL3(vcpu_op, VCPUOP_initialise, cpu, &context) ||
	    HYPERCALL3(vcpu_op, VCPUOP_up, cpu, 0))
		panic("vCPU %u was refused", cpu);
	if (!events_wait(smp_idle, NULL, time_now() + 5000 * MS))
		panic("vCPU %u does not come up", cpu);
	return true;
}
