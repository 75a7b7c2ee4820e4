/* SPDX-License-Identifier: BSD-2-Clause */
/* Instruction decoder: see decode.h. Encodings: Intel SDM volume 2, ch. 2. */
#include "lib/string.h"
#include "x86/decode.h"

/* Shape of an opcode: has a ModRM byte, immediate, operand of one byte. */
#define M	0x01		/* ModRM */
#define I8	0x02		/* immediate of one byte */
#define IZ	0x04		/* immediate of operand size, at most 4 bytes */
#define B	0x08		/* operands are bytes */
#define K	0x10		/* known (no ModRM, no immediate) */
#define O	0x20		/* offset of address size */
#define D64	0x40		/* operand is always 8 bytes in 64-bit code */

static const u8 shapes1[256] = {
	[0x00] = M | B, [0x01] = M, [0x08] = M | B, [0x09] = M,
	[0x10] = M | B, [0x11] = M, [0x18] = M | B, [0x19] = M,
	[0x20] = M | B, [0x21] = M, [0x28] = M | B, [0x29] = M,
	[0x30] = M | B, [0x31] = M,
	[0x6c] = K | B, [0x6d] = K, [0x6e] = K | B, [0x6f] = K,
	[0x80] = M | B | I8, [0x81] = M | IZ, [0x83] = M | I8,
	[0x86] = M | B, [0x87] = M, [0x88] = M | B, [0x89] = M,
	[0xa2] = O | B, [0xa3] = O,
	[0xa4] = K | B, [0xa5] = K, [0xaa] = K | B, [0xab] = K,
	[0xc6] = M | B | I8, [0xc7] = M | IZ,
	[0xcc] = K, [0xcd] = I8,
	[0xe4] = I8 | B, [0xe5] = I8, [0xe6] = I8 | B, [0xe7] = I8,
	[0xec] = K | B, [0xed] = K, [0xee] = K | B, [0xef] = K,
	[0xf4] = K, [0xfa] = K, [0xfb] = K,
	[0xfe] = M | B, [0xff] = M,
};

static const u8 shapes2[256] = {
	[0x01] = M, [0x06] = K, [0x08] = K, [0x09] = K,
	[0x20] = M | D64, [0x21] = M | D64, [0x22] = M | D64,
	[0x23] = M | D64,
	[0x30] = K, [0x31] = K, [0x32] = K, [0x33] = K, [0xa2] = K,
	[0xab] = M, [0xb3] = M, [0xbb] = M, [0xba] = M | I8,
	[0xb0] = M | B, [0xb1] = M, [0xc0] = M | B, [0xc1] = M,
	[0xc3] = M, [0xc7] = M,
};

struct reader {
	const u8 *p;
	unsigned int n, at;
	bool short_of_bytes;
};

static u8 next(struct reader *r)
{
	if (r->at >= r->n) {
		r->short_of_bytes = true;
		return 0;
	}
	return r->p[r->at++];
}

/* Little-endian, sign-extended. */
static u64 next_signed(struct reader *r, unsigned int bytes)
{
	u64 v = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		v |= (u64)next(r) << (8 * i);
	if (bytes == 8)
		return v;
	return (u64)((s64)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes));
}

u64 *insn_reg(struct regs *r, unsigned int n)
{
#define WORD(reg) (offsetof(struct regs, reg) / sizeof(u64))
	static const u8 words[16] = {
		WORD(rax), WORD(rcx), WORD(rdx), WORD(rbx), WORD(rsp),
		WORD(rbp), WORD(rsi), WORD(rdi), WORD(r8), WORD(r9),
		WORD(r10), WORD(r11), WORD(r12), WORD(r13), WORD(r14),
		WORD(r15)
	};
#undef WORD

	return (u64 *)r + words[n & 15];
}

static u64 reg_value(const struct regs *r, unsigned int n)
{
	return *insn_reg((struct regs *)r, n);
}

/* ah, ch, dh, bh: byte registers 4-7 without REX. */
static bool is_high_byte(const struct insn *in, unsigned int n)
{
	return in->opsize == 1 && !in->rex && n >= 4 && n < 8;
}

u64 insn_reg_read(const struct regs *r, const struct insn *in, unsigned int n)
{
	u64 v;

	if (is_high_byte(in, n))
		return reg_value(r, n - 4) >> 8 & 0xff;
	v = reg_value(r, n);
	return in->opsize == 8 ? v : v & ((1UL << (8 * in->opsize)) - 1);
}

void insn_reg_write(struct regs *r, const struct insn *in, unsigned int n,
		    u64 value)
{
	u64 *p, mask;

	if (is_high_byte(in, n)) {
		p = insn_reg(r, n - 4);
		*p = (*p & ~0xff00UL) | (value & 0xff) << 8;
		return;
	}
	p = insn_reg(r, n);
	if (in->opsize == 8) {
		*p = value;
	} else if (in->opsize == 4) {
		*p = (u32)value;	/* clears the upper half */
	} else {
		mask = (1UL << (8 * in->opsize)) - 1;
		*p = (*p & ~mask) | (value & mask);
	}
}

/* Most instructions have no prefix: one look at a table tells. */
static bool is_opcode(u8 b)
{
	return b == 0x0f || shapes1[b];
}

static bool prefix(struct insn *in, u8 b, bool *opsize16, bool *addr_other)
{
	switch (b) {
	case 0x66:
		*opsize16 = true;
		return true;
	case 0x67:
		*addr_other = true;
		return true;
	case 0xf0:
		in->lock = true;
		return true;
	case 0xf2:
		in->repne = true;
		return true;
	case 0xf3:
		in->rep = true;
		return true;
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
		in->seg = b;
		return true;
	default:
		return false;
	}
}

static u64 segment_base(const struct insn *in, const struct insn_context *c)
{
	if (in->seg == 0x64)
		return c->fs_base;
	return in->seg == 0x65 ? c->gs_base : 0;
}

static u64 sib(struct insn *in, struct reader *r, const struct insn_context *c)
{
	u8 b = next(r);
	unsigned int base = (b & 7) | (in->rex & 1 ? 8 : 0);
	unsigned int index = (b >> 3 & 7) | (in->rex & 2 ? 8 : 0);
	u64 ea = 0;

	if (index != 4)
		ea = reg_value(c->regs, index) << (b >> 6);
	if ((b & 7) == 5 && in->mod == 0)
		return ea + next_signed(r, 4);
	return ea + reg_value(c->regs, base);
}

/* Returns whether the address is relative to the next instruction. */
static bool memory_operand(struct insn *in, struct reader *r,
			   const struct insn_context *c)
{
	unsigned int rm = in->rm & 7;
	bool relative = false;

	if (rm == 4) {
		in->ea = sib(in, r, c);
	} else if (rm == 5 && in->mod == 0) {
		in->ea = next_signed(r, 4);
		relative = c->long_mode;
	} else {
		in->ea = reg_value(c->regs, in->rm);
	}
	if (in->mod == 1)
		in->ea += next_signed(r, 1);
	if (in->mod == 2)
		in->ea += next_signed(r, 4);
	return relative;
}

static void operand_size(struct insn *in, u8 shape, bool opsize16,
			 const struct insn_context *c)
{
	if (shape & B)
		in->opsize = 1;
	else if (in->rex & 8 || (shape & D64 && c->long_mode))
		in->opsize = 8;
	else
		in->opsize = opsize16 ? 2 : 4;
}

static bool operands(struct insn *in, u8 shape, struct reader *r,
		     const struct insn_context *c)
{
	bool relative = false;
	u8 b;

	if (shape & M) {
		b = next(r);
		in->has_modrm = true;
		in->mod = b >> 6;
		in->reg = (b >> 3 & 7) | (in->rex & 4 ? 8 : 0);
		in->rm = (b & 7) | (in->rex & 1 ? 8 : 0);
		in->mem = in->mod != 3;
		if (in->mem)
			relative = memory_operand(in, r, c);
	}
	if (shape & O) {
		in->mem = true;
		in->ea = next_signed(r, in->addrsize);
	}
	if (shape & I8)
		in->imm = next_signed(r, 1);
	if (shape & IZ)
		in->imm = next_signed(r, in->opsize == 2 ? 2 : 4);
	in->len = r->at;
	if (relative)
		in->ea += c->regs->rip + in->len;
	if (in->addrsize == 4)
		in->ea = (u32)in->ea;
	in->ea += segment_base(in, c);
	return !r->short_of_bytes;
}

bool insn_decode(struct insn *in, const u8 *bytes, unsigned int n,
		 const struct insn_context *c, bool *more)
{
	struct reader r = { .p = bytes, .n = min(n, (unsigned int)INSN_MAX) };
	bool opsize16 = false, addr_other = false, ok;
	u8 b, shape;

	memset(in, 0, sizeof(*in));
	do {
		b = next(&r);
	} while (!is_opcode(b) && !r.short_of_bytes &&
		 prefix(in, b, &opsize16, &addr_other));
	if (c->long_mode && (b & 0xf0) == 0x40) {
		in->rex = b;
		b = next(&r);
	}
	in->map = b == 0x0f ? 2 : 1;
	if (in->map == 2)
		b = next(&r);
	in->opcode = b;
	shape = in->map == 2 ? shapes2[b] : shapes1[b];
	if (!c->long_mode && addr_other)
		return false;		/* 16-bit addresses: nobody's */
	in->addrsize = c->long_mode && !addr_other ? 8 : 4;
	operand_size(in, shape, opsize16, c);
	ok = shape && operands(in, shape, &r, c);
	*more = r.short_of_bytes && n < INSN_MAX;
	return ok && !r.short_of_bytes;
}
