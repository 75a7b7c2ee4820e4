/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPU contexts in the public layout (struct vcpu_guest_context). */
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "pv/internal.h"
#include "x86/fpu.h"

static void regs_from_abi(const struct domain *d, struct regs *r,
			  const struct cpu_user_regs *u)
{
	*r = (struct regs){
		.r15 = u->r15, .r14 = u->r14, .r13 = u->r13, .r12 = u->r12,
		.rbp = u->rbp, .rbx = u->rbx, .r11 = u->r11, .r10 = u->r10,
		.r9 = u->r9, .r8 = u->r8, .rax = u->rax, .rcx = u->rcx,
		.rdx = u->rdx, .rsi = u->rsi, .rdi = u->rdi,
		.rip = u->rip, .rsp = u->rsp,
		.cs = pv_fix_selector(d, u->cs),
		.ss = pv_fix_selector(d, u->ss),
		.rflags = (u->rflags & ~(RFLAGS_IOPL | RFLAGS_VM)) |
			  RFLAGS_IF | RFLAGS_MBS,
	};
}

static void regs_to_abi(struct cpu_user_regs *u, const struct regs *r)
{
	u->r15 = r->r15; u->r14 = r->r14; u->r13 = r->r13; u->r12 = r->r12;
	u->rbp = r->rbp; u->rbx = r->rbx; u->r11 = r->r11; u->r10 = r->r10;
	u->r9 = r->r9; u->r8 = r->r8; u->rax = r->rax; u->rcx = r->rcx;
	u->rdx = r->rdx; u->rsi = r->rsi; u->rdi = r->rdi;
	u->rip = r->rip; u->rsp = r->rsp; u->cs = r->cs; u->ss = r->ss;
	u->rflags = r->rflags;
}

static bool context_sane(const struct domain *d,
			 const vcpu_guest_context_t *c)
{
	unsigned int i;

	if (!gva_canonical(c->fs_base) || !gva_canonical(c->gs_base_kernel) ||
	    !gva_canonical(c->gs_base_user) ||
	    !pv_entry_allowed(d, c->event_callback_eip) ||
	    !pv_entry_allowed(d, c->failsafe_callback_eip) ||
	    !pv_entry_allowed(d, c->syscall_callback_eip))
		return false;
	for (i = 0; i < 256; i++)
		if (!gva_canonical(c->trap_ctxt[i].address))
			return false;
	return c->gdt_ents <= PV_GDT_FRAMES * 512 && c->ldt_ents <= 8192;
}

static void set_traps(struct vcpu *v, const vcpu_guest_context_t *c)
{
	unsigned int i;

	memcpy(v->pv.traps, c->trap_ctxt, sizeof(c->trap_ctxt));
	for (i = 0; i < 256; i++)
		v->pv.traps[i].cs = pv_fix_selector(v->domain,
						   v->pv.traps[i].cs);
}

static void set_callbacks(const struct domain *d, struct pv_vcpu *p,
			  const vcpu_guest_context_t *c)
{
	pv_callback_set(d, &p->event, c->event_callback_eip);
	pv_callback_set(d, &p->failsafe, c->failsafe_callback_eip);
	p->failsafe.masks_events = c->flags & VGCF_failsafe_disables_events;
	p->syscall.rip = c->syscall_callback_eip;
	p->syscall.masks_events = c->flags & VGCF_syscall_disables_events;
}

static void set_segments(const struct domain *d, struct pv_vcpu *p,
			 const vcpu_guest_context_t *c)
{
	p->ds = c->user_regs.ds;
	p->es = c->user_regs.es;
	p->fs = c->user_regs.fs;
	p->gs = c->user_regs.gs;
	p->fs_base = c->fs_base;
	p->gs_base_kernel = c->gs_base_kernel;
	p->gs_base_user = c->gs_base_user;
	p->kernel_ss = pv_fix_selector(d, c->kernel_ss);
	p->kernel_sp = c->kernel_sp;
}

/* In the layout of FXSAVE; reserved bits of MXCSR would fault in our hands. */
static void set_fpu(u8 *area, const vcpu_guest_context_t *c)
{
	u32 mxcsr;

	memcpy(area, &c->fpu_ctxt, sizeof(c->fpu_ctxt));
	memcpy(&mxcsr, area + 24, sizeof(mxcsr));
	mxcsr &= 0xffff;
	memcpy(area + 24, &mxcsr, sizeof(mxcsr));
}

static int set_gdt(struct vcpu *v, const vcpu_guest_context_t *c)
{
	unsigned int n = DIV_UP(c->gdt_ents, 512), i;
	mfn_t frames[PV_GDT_FRAMES];

	for (i = 0; i < n; i++)
		frames[i] = MFN(c->gdt_frames[i]);
	return pv_set_gdt_frames(v, frames, c->gdt_ents);
}

/* Of a 32-bit guest the ring tells, and there is one table. */
static bool starts_in_kernel(const struct domain *d,
			     const vcpu_guest_context_t *c)
{
	return d->pv.is_32bit || c->flags & VGCF_in_kernel;
}

int pv_set_context(struct vcpu *v, const vcpu_guest_context_t *c)
{
	bool kernel = starts_in_kernel(v->domain, c);
	struct pv_vcpu *p = &v->pv;
	mfn_t user = INVALID_MFN;
	int rc;

	if (!context_sane(v->domain, c))
		return -EINVAL;
	if (c->ctrlreg[1])
		user = MFN(c->ctrlreg[1] >> PAGE_SHIFT);
	else if (!kernel)
		return -EINVAL;		/* CR3 would be no table's */
	rc = set_gdt(v, c);
	if (rc)
		return rc;
	rc = pv_set_cr3(v, MFN(c->ctrlreg[3] >> PAGE_SHIFT), user);
	if (rc) {
		/* A preempted validation is called again with all of it. */
		pv_drop_gdt(v);
		return rc;
	}
	p->kernel_mode = kernel;
	regs_from_abi(v->domain, &v->regs, &c->user_regs);
	set_traps(v, c);
	set_callbacks(v->domain, p, c);
	set_segments(v->domain, p, c);
	p->ldt_base = c->ldt_base;
	p->ldt_entries = c->ldt_base ? c->ldt_ents : 0;
	p->iopl = (c->user_regs.rflags & RFLAGS_IOPL) >> 12;
	p->cr4 = c->ctrlreg[4] & (CR4_TSD | CR4_DE);
	if (c->flags & VGCF_I387_VALID)
		set_fpu(p->fpu, c);
	return 0;
}

static bool in_kernel(const struct vcpu *v)
{
	return v->domain->pv.is_32bit ? !(v->regs.cs & 2) : v->pv.kernel_mode;
}

void pv_get_context(struct vcpu *v, vcpu_guest_context_t *c)
{
	struct pv_vcpu *p = &v->pv;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	regs_to_abi(&c->user_regs, &v->regs);
	c->user_regs.ds = p->ds;
	c->user_regs.es = p->es;
	c->user_regs.fs = p->fs;
	c->user_regs.gs = p->gs;
	c->user_regs.rflags |= (u64)p->iopl << 12;
	memcpy(&c->fpu_ctxt, p->fpu, sizeof(c->fpu_ctxt));
	c->flags = VGCF_I387_VALID |
		   (in_kernel(v) ? VGCF_in_kernel : 0) |
		   (p->failsafe.masks_events ?
		    VGCF_failsafe_disables_events : 0) |
		   (p->syscall.masks_events ?
		    VGCF_syscall_disables_events : 0) |
		   (v->flags & VCPU_DOWN ? 0 : VGCF_online);
	memcpy(c->trap_ctxt, p->traps, sizeof(c->trap_ctxt));
	c->ldt_base = p->ldt_base;
	c->ldt_ents = p->ldt_entries;
	c->gdt_ents = p->gdt_entries;
	for (i = 0; i < DIV_UP(p->gdt_entries, 512); i++)
		c->gdt_frames[i] = p->gdt[i].v;
	c->kernel_ss = p->kernel_ss;
	c->kernel_sp = p->kernel_sp;
	c->ctrlreg[0] = CR0_PE | CR0_PG | (p->cr0_ts ? CR0_TS : 0);
	c->ctrlreg[3] = p->kernel_cr3.v << PAGE_SHIFT;
	if (!mfn_eq(p->user_cr3, INVALID_MFN))
		c->ctrlreg[1] = p->user_cr3.v << PAGE_SHIFT;
	c->ctrlreg[4] = p->cr4;
	memcpy(c->debugreg, p->dr, sizeof(c->debugreg));
	c->event_callback_eip = pv_callback_address(v->domain, &p->event);
	c->failsafe_callback_eip =
		pv_callback_address(v->domain, &p->failsafe);
	c->syscall_callback_eip = p->syscall.rip;
	c->vm_assist = v->domain->vm_assist;
	c->fs_base = p->fs_base;
	c->gs_base_kernel = p->gs_base_kernel;
	c->gs_base_user = p->gs_base_user;
}
