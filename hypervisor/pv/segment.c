/* SPDX-License-Identifier: BSD-2-Clause */
/* See segment.h. Read through this CPU's window; a hole there is no fault. */
#include "core/guest_copy.h"
#include "pv/fetch.h"
#include "pv/segment.h"
#include "x86/desc.h"

#define SEL_TI	4		/* of the LDT */

bool pv_read_descriptor(const struct vcpu *v, u64 sel, u64 *desc)
{
	u64 window = desc_window(this_cpu()->id);
	u64 offset = sel & 0xfff8;

	if (sel & SEL_TI) {
		if (offset >= v->pv.ldt_entries * 8UL)
			return false;
		if (mfn_eq(v->pv.ldt[offset >> PAGE_SHIFT], INVALID_MFN) &&
		    !pv_map_ldt(offset))
			return false;
		window += 16 * PAGE_SIZE;
	} else if (!(sel & ~3UL)) {
		return false;
	}
	return !copy_user_raw(desc, (const void *)(window + offset),
			      sizeof(*desc));
}

u32 pv_descriptor_base(u64 desc)
{
	return (desc >> 16 & 0xffffff) | (desc >> 56 << 24);
}

gva_t pv_segment_gva(const struct vcpu *v, u64 sel, u32 offset)
{
	u64 desc;

	if ((sel & ~3UL) == (SEL_RING1_DATA & ~3UL) ||
	    !pv_read_descriptor(v, sel, &desc))
		return GVA(offset);
	return GVA((u32)(pv_descriptor_base(desc) + offset));
}

gva_t pv_code_gva(const struct vcpu *v, const struct regs *r)
{
	u64 desc;

	if (pv_long_code(r))
		return GVA(r->rip);
	if ((r->cs & ~3UL) == (SEL_RING1_CODE32 & ~3UL) ||
	    !pv_read_descriptor(v, r->cs, &desc))
		return GVA((u32)r->rip);
	return GVA((u32)(pv_descriptor_base(desc) + r->rip));
}
