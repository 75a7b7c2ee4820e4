/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries into a 32-bit guest kernel, which runs in ring 1.  The frame, of
 * 4-byte words with ascending addresses:
 *
 *	[ds es fs gs]  [error code]  eip  cs | mask << 16  eflags  [esp ss]
 *
 * The last two are there only if the guest came from its user mode: the frame is
 * then on the stack that stack_switch named.  CS is pushed as it was, and the
 * stack pointer is not aligned.
 */
#include "core/guest_copy.h"
#include "lib/printf.h"
#include "pv/bounce.h"
#include "pv/segment.h"

#define FRAME_MAX	10

static unsigned int fill_frame(const struct vcpu *v, const struct bounce *b,
			       bool from_kernel, u32 *f)
{
	const struct regs *r = guest_regs();
	const struct pv_vcpu *p = &v->pv;
	u8 mask = READ_ONCE(v->info->evtchn_upcall_mask);
	unsigned int n = 0;

	if (b->failsafe) {
		f[n++] = p->ds;
		f[n++] = p->es;
		f[n++] = p->fs;
		f[n++] = p->gs;
	}
	if (b->has_error)
		f[n++] = b->error;
	f[n++] = r->rip;
	f[n++] = (r->cs & 0xffff) | (u32)mask << 16;
	f[n++] = pv_guest_rflags(v, r->rflags, mask);
	if (from_kernel)
		return n;
	f[n++] = r->rsp;
	f[n++] = r->ss & 0xffff;
	return n;
}

void pv_bounce32(struct vcpu *v, const struct bounce *b)
{
	struct regs *r = guest_regs();
	bool from_kernel = pv_in_kernel(v);
	u64 ss = from_kernel ? r->ss : v->pv.kernel_ss;
	u32 sp = from_kernel ? r->rsp : v->pv.kernel_sp;
	u32 frame[FRAME_MAX];
	unsigned int n = fill_frame(v, b, from_kernel, frame);

	if (!(b->cs & ~3)) {
		domain_crash(v->domain, "entry at %#lx without a code segment",
			     b->rip);
		return;
	}
	sp -= n * sizeof(*frame);
	if (copy_to_guest(pv_segment_gva(v, ss, sp), frame,
			  n * sizeof(*frame))) {
		domain_crash(v->domain, "no room for a frame at %#lx:%#x", ss,
			     sp);
		return;
	}
	r->rsp = sp;
	r->ss = ss;
	r->rip = (u32)b->rip;
	r->cs = b->cs;
	r->rflags &= ~BOUNCE_FLAGS_CLEARED;
	r->vector = 0;
	if (b->masks_events)
		v->info->evtchn_upcall_mask = 1;
}
