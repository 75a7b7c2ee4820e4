/* SPDX-License-Identifier: BSD-2-Clause */
/* See segment.h. Read through this CPU's window; a hole there is no fault. */
#include "core/guest_copy.h"
#include "pv/fetch.h"
#include "pv/segment.h"
#include "x86/desc.h"

#define DESC_WRITABLE	BIT(41)
#define DESC_DOWN	BIT(42)
#define DESC_CODE	BIT(43)
#define DESC_S		BIT(44)
#define DESC_P		BIT(47)
#define DESC_DB		BIT(54)
#define DESC_G		BIT(55)

static bool ldt_page(const struct vcpu *v, u64 offset)
{
	if (offset >= v->pv.ldt_entries * 8UL)
		return false;
	return !mfn_eq(v->pv.ldt[offset >> PAGE_SHIFT], INVALID_MFN) ||
	       pv_map_ldt(offset);
}

void pv_prepare_selector(const struct vcpu *v, u64 sel)
{
	if (sel & SEL_TI)
		ldt_page(v, sel & 0xfff8);
}

bool pv_read_descriptor(const struct vcpu *v, u64 sel, u64 *desc)
{
	u64 window = desc_window(this_cpu()->id);
	u64 offset = sel & 0xfff8;

	if (sel & SEL_TI) {
		if (!ldt_page(v, offset))
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

/* Intel SDM volume 3, 5.3: expand-down segments begin behind their limit. */
static bool within_limit(u64 desc, u32 offset, unsigned int size)
{
	u64 limit = (desc >> 32 & 0xf0000) | (desc & 0xffff);
	u64 last = (u64)offset + size - 1;
	u64 end = desc & DESC_DB ? 0xffffffff : 0xffff;

	if (desc & DESC_G)
		limit = limit << PAGE_SHIFT | 0xfff;
	if ((desc & (DESC_CODE | DESC_DOWN)) == DESC_DOWN)
		return offset > limit && last <= end;
	return last <= limit;
}

static bool kind_allows(u64 desc, bool write)
{
	if ((desc & (DESC_P | DESC_S)) != (DESC_P | DESC_S))
		return false;
	if (desc & DESC_CODE)		/* the same bit makes it readable */
		return desc & DESC_WRITABLE && !write;
	return desc & DESC_WRITABLE || !write;
}

bool pv_segment_access(const struct vcpu *v, u64 sel, u32 offset,
		       unsigned int size, bool write, u64 *at)
{
	u64 desc;

	if (!pv_read_descriptor(v, sel, &desc) || !kind_allows(desc, write) ||
	    !within_limit(desc, offset, size))
		return false;
	*at = (u32)(pv_descriptor_base(desc) + offset);
	return true;
}

static __noinline gva_t code_by_segment(const struct vcpu *v,
					const struct regs *r)
{
	u64 desc;

	if (!pv_read_descriptor(v, r->cs, &desc))
		return GVA((u32)r->rip);
	return GVA((u32)(pv_descriptor_base(desc) + r->rip));
}

gva_t pv_code_gva(const struct vcpu *v, const struct regs *r)
{
	if (pv_long_code(r))
		return GVA(r->rip);
	if ((r->cs & ~3UL) == (SEL_RING1_CODE32 & ~3UL))
		return GVA((u32)r->rip);
	return code_by_segment(v, r);
}
