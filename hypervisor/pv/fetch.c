/* SPDX-License-Identifier: BSD-2-Clause */
/* See fetch.h. */
#include "core/guest_copy.h"
#include "pv/fetch.h"
#include "pv/internal.h"
#include "pv/segment.h"

/*
 * Bit 21 of what LAR returns is the descriptor's L, bit 53.  LAR would fault
 * where the LDT's page is not in use yet.
 */
static __noinline bool is_long_segment(u64 sel)
{
	u32 attributes = 0;
	u64 desc;

	if (sel & SEL_TI)
		return pv_read_descriptor(current, sel, &desc) &&
		       desc >> 53 & 1;
	__asm__("lar %1, %0" : "+r"(attributes) : "r"((u32)sel) : "cc");
	return attributes >> 21 & 1;
}

bool pv_long_code(const struct regs *r)
{
	if (current->domain->pv.is_32bit)
		return false;
	return r->cs == SEL_RING3_CODE64 || is_long_segment(r->cs);
}

/* How many bytes of an instruction could be read; the last may not be there. */
static unsigned int read_code(u64 at, u8 bytes[INSN_MAX + 1])
{
	if (gva_ours(at))
		return 0;
	if (!guest_read_words(bytes, at, INSN_MAX + 1))
		return INSN_MAX;
	return INSN_MAX - copy_user_raw(bytes, (const void *)at, INSN_MAX);
}

bool pv_fetch(struct insn *in, struct regs *r)
{
	struct insn_context c = {
		.regs = r,
		.long_mode = pv_long_code(r),
		.fs_base = rdmsr(MSR_FS_BASE),
		.gs_base = rdmsr(MSR_GS_BASE),
	};
	u64 at = c.long_mode ? r->rip : pv_code_gva(current, r).v;
	u8 bytes[INSN_MAX + 1] __uninitialized;
	bool more;

	return insn_decode(in, bytes, read_code(at, bytes), &c, &more);
}
