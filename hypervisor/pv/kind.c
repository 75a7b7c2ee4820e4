/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paravirtual guests as a guest kind: creation and end of their part of a
 * vCPU, and the switch of a CPU between vCPUs.
 */
#include "boot/boot.h"
#include "core/domain.h"
#include "core/guest_copy.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/internal.h"
#include "pv/mmu.h"
#include "pv/segment.h"
#include "x86/cpu_init.h"
#include "x86/desc.h"
#include "x86/fpu.h"
#include "x86/panic.h"
#include "x86/spec_ctrl.h"
#include "x86/tlb.h"

static int pv_domain_init(struct domain *d)
{
	static u64 domains;

	d->pv.serial = __atomic_add_fetch(&domains, 1, __ATOMIC_RELAXED);
	spin_lock_init(&d->pv.mmu_lock, LOCK_MMU);
	return 0;
}

static void pv_domain_destroy(struct domain *d)
{
	(void)d;
}

static int pv_vcpu_init(struct vcpu *v)
{
	struct pv_vcpu *p = &v->pv;

	p->kernel_mode = true;
	p->kernel_cr3 = INVALID_MFN;
	p->user_cr3 = INVALID_MFN;
	p->dr[6] = DR6_DEFAULT;
	p->dr[7] = DR7_DEFAULT;
	p->xcr0 = 1;
	pv_desc_init(v);
	if (v->domain->is_idle)
		return 0;
	p->traps = heap_page();
	p->fpu = fpu_alloc();
	if (p->traps && p->fpu)
		return 0;
	heap_page_free(p->traps);
	fpu_free(p->fpu);
	p->traps = NULL;
	p->fpu = NULL;
	return -ENOMEM;
}

static void pv_vcpu_destroy(struct vcpu *v)
{
	mmu_root_free(v);
	heap_page_free(v->pv.traps);
	fpu_free(v->pv.fpu);
	v->pv.traps = NULL;
	v->pv.fpu = NULL;
}

/* ---- Switching ------------------------------------------------------------ */

static void save_segments(struct pv_vcpu *p)
{
	u64 gs = rdmsr(MSR_GS_BASE);
	u64 gs_other = rdmsr(MSR_KERNEL_GS_BASE);

	__asm__ volatile("mov %%ds, %0" : "=r"(p->ds));
	__asm__ volatile("mov %%es, %0" : "=r"(p->es));
	__asm__ volatile("mov %%fs, %0" : "=r"(p->fs));
	__asm__ volatile("mov %%gs, %0" : "=r"(p->gs));
	p->fs_base = rdmsr(MSR_FS_BASE);
	p->gs_base_kernel = p->kernel_mode ? gs : gs_other;
	p->gs_base_user = p->kernel_mode ? gs_other : gs;
}

#define LOAD_SEG(seg, sel) ({ \
	bool ok_ = false; \
	__asm__ volatile("1: mov %1, %%" #seg "\n\tmovb $1, %0\n2:\n" \
			 EX_TABLE(1b, 2b) : "+q"(ok_) : "r"((u32)(sel))); \
	ok_; })

static void load_bases(const struct pv_vcpu *p)
{
	wrmsr(MSR_FS_BASE, p->fs_base);
	wrmsr(MSR_GS_BASE, p->kernel_mode ? p->gs_base_kernel
					  : p->gs_base_user);
	wrmsr(MSR_KERNEL_GS_BASE, p->kernel_mode ? p->gs_base_user
						 : p->gs_base_kernel);
}

static void no_ldt(void)
{
	__asm__ volatile("lldt %w0" :: "r"(0));
}

/* And the pages of it that load_segments() is about to want. */
static __noinline void load_ldt(struct vcpu *v)
{
	pv_desc_load_ldt(v);
	pv_prepare_selector(v, v->pv.ds);
	pv_prepare_selector(v, v->pv.es);
	pv_prepare_selector(v, v->pv.fs);
	pv_prepare_selector(v, v->pv.gs);
}

/*
 * Selectors first, bases after: a load of a selector sets or clears the base.
 * A selector that the guest's tables no longer allow becomes NUL, and the
 * guest is told by its failsafe callback.
 */
static void load_segments(struct vcpu *v)
{
	struct pv_vcpu *p = &v->pv;
	bool ok = true;

	if (!LOAD_SEG(ds, p->ds))
		ok = LOAD_SEG(ds, 0) && false;
	if (!LOAD_SEG(es, p->es))
		ok = LOAD_SEG(es, 0) && false;
	if (!LOAD_SEG(fs, p->fs))
		ok = LOAD_SEG(fs, 0) && false;
	if (!LOAD_SEG(gs, p->gs))
		ok = LOAD_SEG(gs, 0) && false;
	/* The bases of a 32-bit guest came with its descriptors. */
	if (!v->domain->pv.is_32bit)
		load_bases(p);
	if (!ok)
		pv_failsafe();
}

#define LOAD_DR(n, v) __asm__ volatile("mov %0, %%db" #n :: "r"((u64)(v)))

void pv_load_debugregs(const struct vcpu *v)
{
	const u64 *dr = v->pv.dr;

	LOAD_DR(0, dr[0]);
	LOAD_DR(1, dr[1]);
	LOAD_DR(2, dr[2]);
	LOAD_DR(3, dr[3]);
	LOAD_DR(7, dr[7]);
}

static bool debugging(const struct vcpu *v)
{
	return v->pv.dr[7] & 0xff;
}

static void pv_switch_from(struct vcpu *v)
{
	save_segments(&v->pv);
	__asm__ volatile("clts");
	fpu_save(v->pv.fpu);
	if (debugging(v))
		LOAD_DR(7, DR7_DEFAULT);
}

void pv_load_cr4(const struct vcpu *v)
{
	struct cpu *c = this_cpu();
	u64 guests = CR4_TSD | CR4_DE;
	u64 cr4 = (cpu_cr4 & ~guests) | (v->pv.cr4 & guests);

	/* Ring 1 is a supervisor: its user's pages must be open to it. */
	if (v->domain->pv.is_32bit)
		cr4 &= ~(CR4_SMEP | CR4_SMAP);
	if (cr4 == c->cr4)
		return;
	c->cr4 = cr4;
	WRITE_CR(4, cr4);
}

void pv_load_xcr0(const struct vcpu *v)
{
	struct cpu *c = this_cpu();

	if (!fpu_xcr0_mask || c->xcr0 == v->pv.xcr0)
		return;
	c->xcr0 = v->pv.xcr0;
	__asm__ volatile("xsetbv" :: "c"(0), "a"((u32)c->xcr0),
			 "d"((u32)(c->xcr0 >> 32)));
}

/* All of the area must be loaded whatever the guest's own XCR0 says. */
static void load_fpu(struct vcpu *v)
{
	fpu_load(v->pv.fpu);
	pv_load_xcr0(v);
	if (v->pv.cr0_ts)
		WRITE_CR(0, READ_CR(0) | CR0_TS);
}

static void pv_switch_to(struct vcpu *v)
{
	cpumask_set(&v->domain->dirty, this_cpu()->id);
	spec_ctrl_switch(v->domain->pv.serial, v->pv.spec_ctrl);
	desc_load_flat(v->domain->pv.is_32bit);
	pv_desc_load_window(v);
	pv_load_cr3(v);
	if (likely(!v->pv.ldt_entries))
		no_ldt();
	else
		load_ldt(v);
	pv_load_cr4(v);
	load_fpu(v);
	if (debugging(v))
		pv_load_debugregs(v);
	load_segments(v);
}

void pv_load_cr3(struct vcpu *v)
{
	tlb_load_cr3(mmu_root(v).v << PAGE_SHIFT);
}

int pv_copy_from_kernel(struct vcpu *v, void *dst, gva_t src, size_t n)
{
	bool user = mmu_root(v).v != mmu_kernel_root(v).v;
	int rc;

	/* As in pv_toggle_mode(), there and back. */
	if (user)
		WRITE_CR(3, mmu_kernel_root(v).v << PAGE_SHIFT);
	rc = copy_from_guest(dst, src, n);
	if (user)
		WRITE_CR(3, mmu_root(v).v << PAGE_SHIFT);
	return rc;
}

static void load_idle_tables(void)
{
	no_ldt();
	tlb_load_cr3(virt_to_maddr(hvmap_idle_l4).v);
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
	struct cpu *c = this_cpu();
	bool from_guest = !prev->domain->is_idle;

	perf_count(context_switches);
	if (from_guest) {
		prev->regs = c->regs;
		prev->domain->kind->switch_from(prev);
	}
	WRITE_ONCE(c->current_vcpu, next);
	if (next->domain->is_idle) {
		load_idle_tables();
	} else {
		c->regs = next->regs;
		next->domain->kind->switch_to(next);
	}
	if (from_guest && prev->domain != next->domain)
		cpumask_clear(&prev->domain->dirty, c->id);
}

static void pv_event_pending(struct vcpu *v)
{
	(void)v;
}

static bool pv_event_deliverable(const struct vcpu *v)
{
	return v->info->evtchn_upcall_pending &&
	       !v->info->evtchn_upcall_mask;
}

static void pv_dump_vcpu(struct vcpu *v)
{
	const struct regs *r = v == current ? guest_regs() : &v->regs;

	pr_info("d%u v%u: %s mode, CR3 %#lx, user CR3 %#lx\n",
		v->domain->id, v->id, v->pv.kernel_mode ? "kernel" : "user",
		v->pv.kernel_cr3.v << PAGE_SHIFT,
		v->pv.user_cr3.v << PAGE_SHIFT);
	dump_regs(r);
	if (v == current)
		pv_dump_stack(r);
}

const struct guest_kind pv_kind = {
	.name = "PV",
	.domain_init = pv_domain_init,
	.domain_destroy = pv_domain_destroy,
	.set_32bit = pv_set_32bit,
	.relinquish = pv_relinquish,
	.vcpu_init = pv_vcpu_init,
	.vcpu_destroy = pv_vcpu_destroy,
	.switch_from = pv_switch_from,
	.switch_to = pv_switch_to,
	.set_context = pv_set_context,
	.get_context = pv_get_context,
	.event_pending = pv_event_pending,
	.event_deliverable = pv_event_deliverable,
	.dump_vcpu = pv_dump_vcpu,
};
