/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry into a guest's kernel; the frames: bounce.c and bounce32.c. */
#ifndef HOSPES_PV_BOUNCE_H
#define HOSPES_PV_BOUNCE_H

#include "pv/internal.h"

struct bounce {
	u64 rip;			/* handler */
	u16 cs;				/* its selector, 32-bit guests only */
	bool masks_events;
	bool has_error;
	u32 error;
	bool failsafe;			/* the frame has DS, ES, FS and GS */
};

/* Flags that must not reach the first instruction of a handler. */
#define BOUNCE_FLAGS_CLEARED	(RFLAGS_TF | RFLAGS_VM | RFLAGS_RF | RFLAGS_NT)

/* @rflags as the guest shall see them: IF from its event mask, and IOPL. */
static inline u64 pv_guest_rflags(const struct vcpu *v, u64 rflags, bool masked)
{
	rflags &= ~(RFLAGS_IF | RFLAGS_IOPL);
	if (!masked)
		rflags |= RFLAGS_IF;
	if (v->domain->vm_assist & BIT(VMASST_TYPE_architectural_iopl))
		rflags |= (u64)v->pv.iopl << 12;
	return rflags;
}

void pv_bounce32(struct vcpu *v, const struct bounce *b);

#endif
