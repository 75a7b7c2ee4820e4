/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INS and OUTS.  They come here by the port's #GP, which the processor raises
 * before it looks at the operand in memory: segment, address and page are ours
 * to check, as for the mode that executes them.  All of it before the port is
 * touched; a fault names the address that we found at fault, never the one that
 * happens to be in CR2.
 */
#include "core/guest_copy.h"
#include "mm/hvmap.h"
#include "pv/internal.h"
#include "pv/mmu.h"
#include "pv/segment.h"
#include "pv/string_io.h"

/* At most this many elements at once; the instruction then starts anew. */
#define STRING_BATCH	256

struct string_io {
	struct vcpu *v;
	struct regs *r;
	const struct insn *in;
	bool out, long_code;
	unsigned int size;
	u64 mask;		/* of addresses and counts */
	u64 *index;
};

/* The selector in force, in code that is not 64-bit. */
static u64 selector(const struct string_io *s)
{
	u64 ds, es, fs, gs;

	__asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\t"
			 "mov %%fs, %2\n\tmov %%gs, %3"
			 : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
	if (!s->out)
		return es;
	switch (s->in->seg) {
	case 0x26:
		return es;
	case 0x2e:
		return s->r->cs;
	case 0x36:
		return s->r->ss;
	case 0x64:
		return fs;
	case 0x65:
		return gs;
	default:
		return ds;
	}
}

/* Where the element is; false: #GP. */
static bool locate(const struct string_io *s, u64 *at)
{
	u64 offset = *s->index & s->mask;

	if (!s->long_code)
		return pv_segment_access(s->v, selector(s), offset, s->size,
					 !s->out, at);
	/* What the decoder calls the operand's address is the base here. */
	*at = offset + (s->out ? s->in->ea : 0);
	return gva_canonical(*at) && gva_canonical(*at + s->size - 1);
}

/* May the guest do to the page of @at what the instruction does? */
static bool page_allows(const struct string_io *s, u64 at)
{
	u64 need = PTE_P | (s->out ? 0 : PTE_RW), rights;

	/* We are a supervisor, whom the processor would let pass. */
	if (!pv_in_kernel(s->v))
		need |= PTE_U;
	rights = mmu_rights(s->v, at);
	if (!(need & ~rights))
		return true;
	pv_inject_pf(at, (rights & PTE_P ? PF_PRESENT : 0) |
		     (s->out ? 0 : PF_WRITE));
	return false;
}

/* False: a fault was injected, or the guest's other vCPUs interfere. */
static bool transfer(const struct string_io *s, u64 at)
{
	u64 last = at + s->size - 1;
	unsigned int port = (u16)s->r->rdx;
	u32 x = 0;

	if (!page_allows(s, at) ||
	    ((at ^ last) & PAGE_MASK && !page_allows(s, last & PAGE_MASK)))
		return false;
	if (s->out) {
		if (copy_from_guest(&x, GVA(at), s->size))
			return false;
		pv_io_write(s->v, port, s->size, x);
		return true;
	}
	x = pv_io_read(s->v, port, s->size);
	return !copy_to_guest(GVA(at), &x, s->size);
}

static void advance(const struct string_io *s)
{
	s64 step = s->r->rflags & RFLAGS_DF ? -(s64)s->size : (s64)s->size;

	*s->index = (*s->index + step) & s->mask;
}

bool pv_string_io(struct vcpu *v, struct regs *r, const struct insn *in)
{
	const bool rep = in->rep || in->repne, out = in->opcode & 2;
	const struct string_io s = {
		.v = v, .r = r, .in = in, .out = out,
		.long_code = pv_long_code(r),
		.size = in->opsize == 8 ? 4 : in->opsize,
		.mask = in->addrsize == 8 ? ~0UL : 0xffffffffUL,
		.index = out ? &r->rsi : &r->rdi,
	};
	u64 at;

	if (!pv_io_allowed(v, (u16)r->rdx, s.size))
		return false;
	for (unsigned int n = 0; n < STRING_BATCH; n++) {
		if (rep && !(r->rcx & s.mask))
			break;
		if (!locate(&s, &at))
			return false;
		if (!transfer(&s, at))
			return true;
		advance(&s);
		if (!rep)
			break;
		r->rcx = (r->rcx - 1) & s.mask;
		if (n + 1 == STRING_BATCH)
			return true;
	}
	r->rip += in->len;
	return true;
}
