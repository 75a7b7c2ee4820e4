/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of pv/ share among themselves. */
#ifndef HOSPES_PV_INTERNAL_H
#define HOSPES_PV_INTERNAL_H

#include "core/domain.h"
#include "x86/cpuid.h"
#include "x86/desc.h"
#include "x86/traps.h"

/* Error codes of page faults. */
#define PF_PRESENT	1U
#define PF_WRITE	2U
#define PF_USER		4U
#define PF_RESERVED	8U
#define PF_FETCH	16U

/* kind.c */
void pv_load_debugregs(const struct vcpu *v);
void pv_load_cr4(const struct vcpu *v);
void pv_load_xcr0(const struct vcpu *v);
/*
 * copy_from_guest() by the tables of @v's kernel (current), also while those of
 * its user mode are loaded: for what the kernel told us the address of.
 */
int pv_copy_from_kernel(struct vcpu *v, void *dst, gva_t src, size_t n)
	__must_check;

/* context.c */
int pv_set_context(struct vcpu *v, const vcpu_guest_context_t *c);
void pv_get_context(struct vcpu *v, vcpu_guest_context_t *c);

/* desc.c */
void pv_desc_init(struct vcpu *v);
/* Put the vCPU's GDT into this CPU's window (no flush: CR3 load follows). */
void pv_desc_load_window(struct vcpu *v);
void pv_desc_load_ldt(struct vcpu *v);
/* Where in this CPU's LDT window @addr is; beyond LDT_WINDOW_SIZE: nowhere. */
#define LDT_WINDOW_SIZE	(16 * PAGE_SIZE)
static inline u64 pv_ldt_offset(u64 addr)
{
	return addr - desc_window(this_cpu()->id) - LDT_WINDOW_SIZE;
}

/*
 * Between guest user and guest kernel: base registers and CR3.  A plain CR3
 * load: entries of the guest's kernel are not global, those of its user mode
 * are, and both stay right across the toggle (page_type.c).
 */
static inline void pv_toggle_mode(struct vcpu *v, struct regs *r)
{
	struct pv_vcpu *p = &v->pv;
	mfn_t m;

	p->kernel_mode = !p->kernel_mode;
	m = p->kernel_mode ? p->kernel_cr3 : p->user_cr3;
	perf_count_by(r, mode_switches);
	perf_count_by(r, cr3_loads);
	__asm__ volatile("swapgs");
	WRITE_CR(3, m.v << PAGE_SHIFT);
	if (unlikely(v->areas_stale && p->kernel_mode))
		vcpu_publish_stale(v);
}

/* Ring 1 is the kernel of a 32-bit guest; a 64-bit one has ring 3 only. */
static inline bool pv_in_kernel(const struct vcpu *v)
{
	if (v->domain->pv.is_32bit)
		return !(guest_regs()->cs & 2);
	return v->pv.kernel_mode;
}

/*
 * Does the guest's I/O privilege level cover what runs now?  A kernel counts
 * as ring 1, where a 32-bit one is; with its IOPL kept in the flags, as the
 * processor keeps it, as ring 0.
 */
static inline bool pv_iopl_ok(const struct vcpu *v)
{
	unsigned int level = 3;

	if (pv_in_kernel(v))
		level = v->domain->vm_assist &
			BIT(VMASST_TYPE_architectural_iopl) ? 0 : 1;
	return v->pv.iopl >= level;
}

/* The flags of a frame that the guest returns by: IOPL is in them, or is not. */
static inline void pv_take_iopl(struct vcpu *v, u64 rflags)
{
	if (unlikely(v->domain->vm_assist &
		     BIT(VMASST_TYPE_architectural_iopl)))
		v->pv.iopl = (rflags & RFLAGS_IOPL) >> 12;
}

/* Selectors a guest names: never ring 0. */
static inline u64 pv_fix_selector(const struct domain *d, u64 sel)
{
	sel &= 0xffff;
	if (!d->pv.is_32bit)
		return sel | 3;
	return sel & 3 ? sel : sel | 1;
}

/* From the native layouts' form, see struct pv_callback. */
void pv_callback_set(const struct domain *d, struct pv_callback *cb,
		     u64 address);
u64 pv_callback_address(const struct domain *d, const struct pv_callback *cb);
/* Can a kernel of @d be entered at this (native form)? */
static inline bool pv_entry_allowed(const struct domain *d, u64 address)
{
	return d->pv.is_32bit || gva_canonical(address);
}

static inline bool pv_event_ready(const struct vcpu *v)
{
	return v->info->evtchn_upcall_pending &&
	       !v->info->evtchn_upcall_mask;
}

/*
 * What held an NMI back is over: look again on the way out.  Whoever sends the
 * next one does not call this CPU for it.
 */
static inline void pv_recheck_nmi(const struct vcpu *v)
{
	if (unlikely(v->pv.nmi_pending))
		cpu_kick(this_cpu()->id, WORK_SCHED);
}

/* bounce.c */
void pv_failsafe(void);
void pv_deliver_event(struct vcpu *v);
void pv_dump_stack(const struct regs *regs);

/* iret32.c */
long pv_iret32(void);

/* emulate.c: true if the instruction was done (or a fault injected). */
bool pv_emulate_privileged(struct regs *regs);
/* forced.c */
bool pv_emulate_forced(struct regs *regs);
/* io.c */
bool pv_io_allowed(struct vcpu *v, unsigned int port, unsigned int size);
u32 pv_io_read(struct vcpu *v, unsigned int port, unsigned int size);
void pv_io_write(struct vcpu *v, unsigned int port, unsigned int size, u32 x);
/* msr.c: false means #GP. */
bool pv_msr_read(struct vcpu *v, u32 msr, u64 *value);
bool pv_msr_write(struct vcpu *v, u32 msr, u64 value);
/* wpt.c: a guest kernel's write to a page table; true if emulated. */
bool pv_emulate_table_write(struct regs *regs, u64 addr);

#endif
