/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writable page tables, by emulation: a guest kernel's store to a page that is
 * an L1 table faults, since such pages are only ever mapped read-only.
 * The instruction is carried out here on one entry with the checks of any other
 * update.  Stores to L2-L4 tables are not for the guest to make.
 */
#include "lib/errno.h"
#include "mm/hvmap.h"
#include "pv/fetch.h"
#include "pv/internal.h"

struct update {
	u64 old;		/* operand's value before */
	u64 new;		/* after */
	bool write;		/* memory is written (CMPXCHG may not) */
	bool to_reg;		/* old value goes to a register */
	unsigned int reg;
	u64 flags;		/* arithmetic flags afterwards */
};

#define ARITH_FLAGS	0x8d5UL		/* CF PF AF ZF SF OF */

#define ALU(op, a, b, flags) \
	__asm__(#op " %[src], %[dst]\n\tpushfq\n\tpopq %[f]" \
		: [dst] "+r"(a), [f] "=r"(flags) : [src] "r"(b) : "cc")

static bool alu(unsigned int op, unsigned int size, u64 *a, u64 b, u64 *flags)
{
	u32 a32 = *a, b32 = b;
	bool wide = size == 8;

	switch (op) {
	case 0:
		if (wide) ALU(addq, *a, b, *flags);
		else ALU(addl, a32, b32, *flags);
		break;
	case 1:
		if (wide) ALU(orq, *a, b, *flags);
		else ALU(orl, a32, b32, *flags);
		break;
	case 4:
		if (wide) ALU(andq, *a, b, *flags);
		else ALU(andl, a32, b32, *flags);
		break;
	case 5:
		if (wide) ALU(subq, *a, b, *flags);
		else ALU(subl, a32, b32, *flags);
		break;
	case 6:
		if (wide) ALU(xorq, *a, b, *flags);
		else ALU(xorl, a32, b32, *flags);
		break;
	default:
		return false;
	}
	if (!wide)
		*a = a32;
	return true;
}

static void compare(u64 a, u64 b, unsigned int size, u64 *flags)
{
	alu(5, size, &a, b, flags);
}

/* BTS, BTR, BTC: operation 5, 6, 7 as in group 8. */
static bool bit_op(struct update *u, unsigned int op, unsigned int bit,
		   u64 rflags)
{
	u64 mask = 1UL << bit;

	u->flags = (rflags & ARITH_FLAGS & ~RFLAGS_CF) |
		   (u->old & mask ? RFLAGS_CF : 0);
	switch (op) {
	case 5:
		u->new = u->old | mask;
		return true;
	case 6:
		u->new = u->old & ~mask;
		return true;
	case 7:
		u->new = u->old ^ mask;
		return true;
	default:
		return false;
	}
}

static bool one_byte(const struct insn *in, struct regs *r, struct update *u)
{
	u64 reg = insn_reg_read(r, in, in->reg);

	u->new = u->old;
	switch (in->opcode) {
	case 0x89:
		u->new = reg;
		return true;
	case 0xc7:
		u->new = in->imm;
		return in->reg == 0;
	case 0xa3:
	case 0xab:
		u->new = r->rax;
		return true;
	case 0x87:
		u->new = reg;
		u->to_reg = true;
		u->reg = in->reg;
		return true;
	case 0x01: case 0x09: case 0x21: case 0x29: case 0x31:
		return alu(in->opcode >> 3, in->opsize, &u->new, reg,
			   &u->flags);
	case 0x81:
	case 0x83:
		return alu(in->reg & 7, in->opsize, &u->new, in->imm,
			   &u->flags);
	default:
		return false;
	}
}

static bool two_byte(const struct insn *in, struct regs *r, struct update *u)
{
	u64 reg = insn_reg_read(r, in, in->reg);
	struct insn acc = *in;
	unsigned int bits = in->opsize * 8;

	u->new = u->old;
	switch (in->opcode) {
	case 0xb1:				/* CMPXCHG */
		compare(insn_reg_read(r, in, 0), u->old, in->opsize,
			&u->flags);
		u->write = u->flags & 0x40;
		u->new = reg;
		if (!u->write)
			insn_reg_write(r, &acc, 0, u->old);
		return true;
	case 0xc1:				/* XADD */
		u->to_reg = true;
		u->reg = in->reg;
		return alu(0, in->opsize, &u->new, reg, &u->flags);
	case 0xab: case 0xb3: case 0xbb:	/* BTS, BTR, BTC by register */
		if (reg >= bits)
			return false;
		return bit_op(u, in->opcode >> 3 & 7, reg, r->rflags);
	case 0xba:				/* the same by immediate */
		return bit_op(u, in->reg & 7, in->imm & (bits - 1),
			      r->rflags);
	case 0xc3:				/* MOVNTI */
		u->new = reg;
		return true;
	default:
		return false;
	}
}

/* Merge a 4-byte operand into the 8-byte entry that holds it. */
static u64 merge(u64 entry, u64 value, unsigned int offset, unsigned int size)
{
	if (size == 8)
		return value;
	if (offset)
		return (u32)entry | value << 32;
	return (entry & ~0xffffffffUL) | (u32)value;
}

static u64 extract(u64 entry, unsigned int offset, unsigned int size)
{
	if (size == 8)
		return entry;
	return (u32)(entry >> (offset * 8));
}

/* STOS, MOVS: the registers' side of one element. */
static bool string_store(const struct insn *in)
{
	return in->map == 1 && in->opcode == 0xab;
}

static void finish(struct regs *r, const struct insn *in,
		   const struct update *u)
{
	if (u->to_reg)
		insn_reg_write(r, in, u->reg, u->old);
	r->rflags = (r->rflags & ~ARITH_FLAGS) | (u->flags & ARITH_FLAGS);
	if (string_store(in)) {
		r->rdi += r->rflags & RFLAGS_DF ? -(u64)in->opsize
						: in->opsize;
		if (in->rep && --r->rcx)
			return;		/* the next element faults again */
	}
	r->rip += in->len;
}

/* The frame behind @addr if it is an L1 table of the domain. */
static bool table_address(struct vcpu *v, u64 addr, maddr_t *entry)
{
	maddr_t where;
	u64 pte, word;

	if (!pv_mmu_l1e(v, addr, &pte, &where) ||
	    (pte & (PTE_P | PTE_RW)) != PTE_P || !mfn_valid(pte_mfn(pte)))
		return false;
	word = frame_read(pte_mfn(pte));
	if (frame_word_type(word) != FT_L1 || !frame_word_types(word) ||
	    frame_word_owner(word) != v->domain->id)
		return false;
	*entry = MADDR((pte & PTE_ADDR) | (addr & (PAGE_SIZE - 1) & ~7UL));
	return true;
}

static bool operand_ok(const struct insn *in, const struct regs *r, u64 addr)
{
	u64 ea = string_store(in) ? r->rdi : in->ea;

	return (in->opsize == 8 || in->opsize == 4) && ea == addr &&
	       !(ea & (in->opsize - 1)) && (in->mem || string_store(in));
}

bool pv_emulate_table_write(struct regs *r, u64 addr)
{
	struct vcpu *v = current;
	struct update u = { .write = true, .flags = r->rflags };
	unsigned int offset = addr & 7;
	struct insn in;
	maddr_t entry;
	u64 old;
	int rc;

	if (!table_address(v, addr, &entry) || !pv_fetch(&in, r) ||
	    !operand_ok(&in, r, addr))
		return false;
	old = READ_ONCE(*(u64 *)maddr_to_virt(entry));
	u.old = extract(old, offset, in.opsize);
	if (!(in.map == 2 ? two_byte : one_byte)(&in, r, &u))
		return false;
	if (u.write) {
		rc = pv_mmu_emulated_write(v, entry, old,
					   merge(old, u.new, offset,
						 in.opsize));
		if (rc == -EAGAIN)
			return true;	/* it changed meanwhile: once more */
		if (rc)
			return false;
	}
	finish(r, &in, &u);
	return true;
}
