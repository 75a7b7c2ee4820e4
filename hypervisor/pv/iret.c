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

long pv_iret(void)
{
	struct vcpu *v = current;
	struct regs *r = guest_regs();
	struct iret_context f __uninitialized;

	if (v->domain->pv.is_32bit)
		return pv_iret32();
	if (copy_from_guest(&f, GVA(r->rsp), sizeof(f))) {
		domain_crash(v->domain, "iret frame at %#lx is not readable",
			     r->rsp);
		return 0;
	}
	if ((f.cs & 3) == 3) {
		if (mfn_eq(v->pv.user_cr3, INVALID_MFN)) {
			domain_crash(v->domain,
				     "iret to user mode without its tables");
			return 0;
		}
		pv_toggle_mode(v);
	}
	load_frame(r, &f);
	v->info->evtchn_upcall_mask = !(f.rflags & RFLAGS_IF);
	v->pv.nmi_masked = false;
	return f.rax;
}
