/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The iret hypercall: back from a 64-bit guest kernel's handler.  The frame
 * on its stack is the public struct iret_context.
 */
#include "core/guest_copy.h"
#include "pv/internal.h"

static void load_frame(struct regs *r, const struct iret_context *f)
{
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

	if (guest_read(&f, GVA(r->rsp))) {
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
		pv_toggle_mode(v);
	}
	load_frame(r, &f);
	r->rax = f.rax;
	v->info->evtchn_upcall_mask = !(f.rflags & RFLAGS_IF);
	v->pv.nmi_masked = false;
	return true;
}

long pv_iret(void)
{
	struct vcpu *v = current;

	if (v->domain->pv.is_32bit)
		return pv_iret32();
	if (!iret64(v, guest_regs()))
		return 0;
	/* The frame is not that of the call any more. */
	return_to_guest();
}
