/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The iret hypercall of a 32-bit guest: back from its kernel's handler, or
 * into its user mode.  On its stack, ascending: eax, eip, cs, eflags, and for a
 * less privileged ring esp and ss.
 */
#include "core/guest_copy.h"
#include "pv/internal.h"
#include "pv/segment.h"

struct iret32 {
	u32 eax, eip, cs, eflags, esp, ss;
};

#define TO_KERNEL	16	/* bytes, without esp and ss */

/* Copies what the ring that it returns to has in its frame. */
static const char *read_frame(struct vcpu *v, struct iret32 *f)
{
	const struct regs *r = guest_regs();

	*f = (struct iret32){ 0 };
	if (copy_from_guest(f, pv_segment_gva(v, r->ss, r->rsp), TO_KERNEL))
		return "cannot be read";
	if (f->eflags & RFLAGS_VM)
		return "wants virtual-8086 mode, which a 64-bit machine "
		       "does not have";
	if (!(f->cs & 3))
		return "wants ring 0";
	if (!(f->cs & 2))
		return NULL;
	if (copy_from_guest(&f->esp, pv_segment_gva(v, r->ss, r->rsp +
						    TO_KERNEL),
			    sizeof(f->esp) + sizeof(f->ss)))
		return "cannot be read";
	return NULL;
}

long pv_iret32(void)
{
	struct vcpu *v = current;
	struct regs *r = guest_regs();
	struct iret32 f;
	const char *wrong = read_frame(v, &f);

	if (wrong) {
		domain_crash(v->domain, "iret frame at %#x %s", (u32)r->rsp,
			     wrong);
		return 0;
	}
	r->rip = f.eip;
	r->cs = f.cs & 0xffff;
	if (f.cs & 2) {
		r->rsp = f.esp;
		r->ss = pv_fix_selector(v->domain, f.ss);
	} else {
		r->rsp = (u32)(r->rsp + TO_KERNEL);
	}
	r->rflags = (f.eflags & ~RFLAGS_IOPL) | RFLAGS_IF | RFLAGS_MBS;
	r->vector = 0;
	v->info->evtchn_upcall_mask = !(f.eflags & RFLAGS_IF);
	pv_take_iopl(v, f.eflags);
	v->pv.nmi_masked = false;
	pv_recheck_nmi(v);
	return f.eax;
}
