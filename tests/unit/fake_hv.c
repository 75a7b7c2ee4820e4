/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor, memory and clock for tests of hypervisor/core. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/fake_hv.h"

#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "x86/tlb.h"

static struct cpu cpus[FAKE_CPUS];
_Thread_local unsigned int fake_cpu_now;
struct cpumask cpu_online_mask;
unsigned int cpu_online_count;
struct time_scale time_scale;

u64 fake_time;
u64 fake_armed[FAKE_CPUS];
unsigned int fake_kicks[FAKE_CPUS];
unsigned int fake_heap_used;
int fake_heap_fail_in = -1;
int fake_frames_held;

void fake_hv_reset(unsigned int n)
{
	memset(cpus, 0, sizeof(cpus));
	memset(&cpu_online_mask, 0, sizeof(cpu_online_mask));
	memset(fake_armed, 0, sizeof(fake_armed));
	memset(fake_kicks, 0, sizeof(fake_kicks));
	for (unsigned int i = 0; i < n; i++) {
		cpus[i].id = i;
		cpus[i].online = true;
		cpumask_set(&cpu_online_mask, i);
	}
	cpu_online_count = n;
	fake_cpu_now = 0;
	fake_time = 1000000;
	fake_heap_fail_in = -1;
	fake_frames_held = 0;
	fake_preempt_in = 0;
}

struct cpu *fake_cpu(unsigned int id)
{
	if (id >= FAKE_CPUS)
		abort();
	return &cpus[id];
}

void cpu_kick(unsigned int id, u64 work)
{
	cpus[id].work |= work;
	if (id != fake_cpu_now)
		fake_kicks[id]++;
}

void (*fake_poll_hook)(void);

void smp_poll(void)
{
	if (fake_poll_hook)
		fake_poll_hook();
}

u64 time_now(void)
{
	return fake_time;
}

void time_arm(u64 deadline)
{
	fake_armed[fake_cpu_now] = deadline;
}

u64 time_wallclock_base(void)
{
	return 0;
}

/* --- memory ------------------------------------------------------------------ */

void *heap_zalloc(size_t size)
{
	if (fake_heap_fail_in >= 0 && fake_heap_fail_in-- == 0)
		return NULL;
	__atomic_fetch_add(&fake_heap_used, 1, __ATOMIC_RELAXED);
	return calloc(1, size);
}

void heap_zfree(void *p)
{
	if (p)
		__atomic_fetch_sub(&fake_heap_used, 1, __ATOMIC_RELAXED);
	free(p);
}

void *fake_page(mfn_t *m)
{
	void *p = aligned_alloc(PAGE_SIZE, PAGE_SIZE);

	memset(p, 0, PAGE_SIZE);
	/* Arithmetic modulo 2^64: mfn_to_virt() leads back to @p. */
	*m = virt_to_mfn(p);
	return p;
}

bool frame_get_writable(mfn_t m, unsigned int owner)
{
	(void)owner;
	if (m.v == FAKE_BAD_FRAME)
		return false;
	fake_frames_held++;
	return true;
}

void frame_put_writable(mfn_t m)
{
	(void)m;
	fake_frames_held--;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
	memcpy(dst, (const void *)src.v, n);
	return 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
	memcpy((void *)dst.v, src, n);
	return 0;
}

unsigned int fake_preempt_in;
u64 fake_restart[4];

bool hypercall_preempt(void)
{
	return fake_preempt_in && !--fake_preempt_in;
}

long hypercall_restart(u64 a1, u64 a2, u64 a3, u64 a4)
{
	fake_restart[0] = a1;
	fake_restart[1] = a2;
	fake_restart[2] = a3;
	fake_restart[3] = a4;
	return -ERESTART;
}
