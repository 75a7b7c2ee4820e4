/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The iret hypercall: back from a 64-bit guest kernel's handler.  The frame
 * on its stack is the public struct iret_context.
 */
#include "core/guest_copy.h"
#include "pv/internal.h"

/* Words of the frame, each read once, in ascending order (see gva_ours()). */
static bool read_frame(const struct iret_context *at, struct iret_context *f)
{
	if (gva_ours((u64)at))
		return false;
	user_access_begin();
	GUEST_LOAD(f->rax, &at->rax, fault);
	GUEST_LOAD(f->r11, &at->r11, fault);
	GUEST_LOAD(f->rcx, &at->rcx, fault);
	GUEST_LOAD(f->flags, &at->flags, fault);
	GUEST_LOAD(f->rip, &at->rip, fault);
	GUEST_LOAD(f->cs, &at->cs, fault);
	GUEST_LOAD(f->rflags, &at->rflags, fault);
	GUEST_LOAD(f->rsp, &at->rsp, fault);
	GUEST_LOAD(f->ss, &at->ss, fault);
	user_access_end();
	return true;
fault:
	user_access_end();
	return false;
}

static void load_frame(struct regs *r, const struct iret_context *f)
{
	r->rax = f->rax;
	r->rip = f->rip;
	r->cs = (f->cs & 0xffff) | 3;
	r->ss = (f->ss & 0xffff) | 3;
	r->rsp = f->rsp;
	r->rflags = (f->rflags & ~(RFLAGS_IOPL | RFLAGS_VM)) | RFLAGS_IF |
		    RFLAGS_MBS;
	if (f->flags & VGCF_in_syscall) {
		r->vector = REGS_FROM_SYSCALL;
		return;
	}
	r->vector = 0;
	r->rcx = f->rcx;
	r->r11 = f->r11;
}

/* False if the guest is at its end. */
static bool iret64(struct vcpu *v, struct regs *r)
{
	struct iret_context f __uninitialized;

	if (!read_frame((const struct iret_context *)r->rsp, &f)) {
		domain_crash(v->domain, "iret frame at %#lx is not readable",
			     r->rsp);
		return false;
	}
	if ((f.cs & 3) == 3) {
		if (mfn_eq(v->pv.user_cr3, INVALID_MFN)) {
			domain_crash(v->domain,
				     "iret to user mode without its tables");
			return false;
		}
		pv_toggle_mode(v, r);
	}
	load_frame(r, &f);
	pv_take_iopl(v, f.rflags);
	v->info->evtchn_upcall_mask = !(f.rflags & RFLAGS_IF);
	v->pv.nmi_masked = false;
	pv_recheck_nmi(v);
	return true;
}

long pv_iret(void)
{
	struct vcpu *v = current;
	struct regs *r = guest_regs();

	if (v->domain->pv.is_32bit)
		return pv_iret32();
	if (!iret64(v, r))
		return 0;
	/*
	 * The end of a system call goes the way of a hypercall's result; a
	 * result of the guest's that would be taken for our own does not.
	 */
	if (r->vector == REGS_FROM_SYSCALL && r->cs == SEL_RING3_CODE64 &&
	    r->ss == SEL_RING3_DATA && (long)r->rax != -ERESTART)
		return r->rax;
	/* The frame is not that of the call any more. */
	return_to_guest();
}
