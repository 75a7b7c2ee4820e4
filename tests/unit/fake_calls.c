/* SPDX-License-Identifier: BSD-2-Clause */
/* Handlers that do nothing, and a guest's memory. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/unit/fake_calls.h"

#include "core/guest_copy.h"
#include "hypercall/compat32.h"
#include "hypercall/hypercall.h"
#include "hypercall/memory.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/apic.h"
#include "x86/cpuid.h"
#include "x86/traps.h"

struct cpu_features cpu_features;
struct fake_call fake_call;
struct vcpu fake_vcpu;
struct domain fake_domain;
u64 fake_faults_from, fake_readonly_from;
unsigned int fake_busy_in;

_Thread_local unsigned int fake_cpu_now;
static struct cpu cpu;
static struct vcpu *vcpus[2];

struct cpu *fake_cpu(unsigned int id)
{
	(void)id;
	return &cpu;
}

jmp_buf *fake_return;

/* There is no guest to go to: back to the test, if it expects that. */
void return_to_guest(void)
{
	if (!fake_return)
		abort();
	longjmp(*fake_return, 1);
}

void fake_calls_reset(void)
{
	void *want = (void *)FAKE_GUEST;
	void *p = mmap(want, FAKE_GUEST_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p != want)
		abort();
	fake_return = NULL;
	free(fake_vcpu.xlat.area);
	memset(&fake_call, 0, sizeof(fake_call));
	memset(&fake_vcpu, 0, sizeof(fake_vcpu));
	memset(&fake_domain, 0, sizeof(fake_domain));
	memset(&cpu, 0, sizeof(cpu));
	vcpus[0] = &fake_vcpu;
	fake_domain.vcpus = vcpus;
	fake_domain.max_vcpus = 2;
	fake_domain.pv.is_32bit = true;
	fake_vcpu.domain = &fake_domain;
	hypercall_init();
	cpu.current_vcpu = &fake_vcpu;
	fake_faults_from = FAKE_GUEST + FAKE_GUEST_SIZE;
	fake_readonly_from = fake_faults_from;
	fake_busy_in = 0;
}

struct vcpu *vcpu_get(struct domain *d, unsigned int id)
{
	return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

bool apic_interrupt_pending(void)
{
	return fake_busy_in && --fake_busy_in == 0;
}

void *heap_zalloc(size_t size)
{
	return calloc(1, size);
}

void pv_compat_m2p(u64 *start, u64 *end, u64 *max_mfn)
{
	*start = HV_COMPAT_START;
	*end = HV_COMPAT_END;
	*max_mfn = 0x7ffff;
}

/* --- memory ------------------------------------------------------------------ */

static bool reachable(u64 at, size_t n, bool write)
{
	u64 area = (u64)fake_vcpu.xlat.area;
	u64 end = write && fake_readonly_from < fake_faults_from ?
		  fake_readonly_from : fake_faults_from;

	if (at >= FAKE_GUEST && at < FAKE_GUEST + FAKE_GUEST_SIZE)
		return at + n <= end;
	return area && at >= area && at + n <= area + fake_vcpu.xlat.used;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
	if (!reachable(src.v, n, false))
		return -EFAULT;
	memcpy(dst, (const void *)src.v, n);
	return 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
	if (!reachable(dst.v, n, true))
		return -EFAULT;
	memcpy((void *)dst.v, src, n);
	return 0;
}

/* --- handlers ------------------------------------------------------------------ */

static long said(const char *name, u64 a1, u64 a2, u64 a3, u64 a4)
{
	fake_call.name = name;
	fake_call.a[0] = a1;
	fake_call.a[1] = a2;
	fake_call.a[2] = a3;
	fake_call.a[3] = a4;
	fake_call.calls++;
	return fake_call.hook ? fake_call.hook(a1, a2, a3, a4) : fake_call.rc;
}

#define N(x)	((u64)(x))
#define FAKE0(fn)	long fn(void) { return said(#fn, 0, 0, 0, 0); }
#define FAKE1(fn, t, f) \
	long fn(t a) { return said(#fn, f(a), 0, 0, 0); }
#define FAKE2(fn, t, f, u, g) \
	long fn(t a, u b) { return said(#fn, f(a), g(b), 0, 0); }
#define FAKE3(fn, t, f, u, g, v, h) \
	long fn(t a, u b, v c) { return said(#fn, f(a), g(b), h(c), 0); }
#define FAKE4(fn, t, f, u, g, v, h, w, i) \
	long fn(t a, u b, v c, w d) \
	{ return said(#fn, f(a), g(b), h(c), i(d)); }
#define P(x)	((x).v)

FAKE1(pv_set_trap_table, gva_t, P)
FAKE4(pv_mmu_update, gva_t, P, unsigned int, N, gva_t, P, u32, N)
FAKE2(pv_set_gdt, gva_t, P, unsigned int, N)
FAKE2(pv_stack_switch, u64, N, u64, N)
FAKE3(pv_set_callbacks, u64, N, u64, N, u64, N)
FAKE1(pv_fpu_taskswitch, int, N)
FAKE1(hc_platform_op, gva_t, P)
FAKE2(pv_set_debugreg, int, N, u64, N)
FAKE2(pv_update_descriptor, u64, N, u64, N)
FAKE2(hc_memory_op, u64, N, gva_t, P)
FAKE4(pv_update_va_mapping, u64, N, u64, N, u64, N, u32, N)
FAKE1(hc_set_timer_op, u64, N)
FAKE2(hc_xen_version, int, N, gva_t, P)
FAKE3(hc_console_io, int, N, int, N, gva_t, P)
FAKE3(gnttab_op, unsigned int, N, gva_t, P, unsigned int, N)

void gnttab_run(unsigned int cmd, void *ops, unsigned int n)
{
	(void)gnttab_op(cmd, GVA(ops), n);
}

FAKE2(pv_vm_assist, unsigned int, N, unsigned int, N)
FAKE0(pv_iret)
FAKE3(hc_vcpu_op, int, N, unsigned int, N, gva_t, P)
FAKE2(pv_set_segment_base, unsigned int, N, u64, N)
FAKE4(pv_mmuext_op, gva_t, P, unsigned int, N, gva_t, P, u32, N)
FAKE2(hc_nmi_op, unsigned int, N, gva_t, P)
FAKE2(hc_sched_op, int, N, gva_t, P)
FAKE2(pv_callback_op, int, N, gva_t, P)
FAKE2(evtchn_op, int, N, gva_t, P)
FAKE2(hc_physdev_op, int, N, gva_t, P)
FAKE2(hc_hvm_op, int, N, gva_t, P)
FAKE1(hc_sysctl, gva_t, P)
FAKE1(hc_domctl, gva_t, P)
FAKE2(hc_kexec_op, u64, N, gva_t, P)
FAKE2(hc_xenpmu_op, unsigned int, N, gva_t, P)
FAKE3(hc_dm_op, u32, N, unsigned int, N, gva_t, P)
FAKE1(hc_mca, gva_t, P)
FAKE1(memory_exchange, gva_t, P)

u64 pv_get_debugreg(int reg)
{
	return (u64)said("pv_get_debugreg", (u64)reg, 0, 0, 0);
}
