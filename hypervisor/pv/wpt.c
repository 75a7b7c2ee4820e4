/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writable page tables, by emulation: a guest kernel's store to a page that is
 * an L1 table faults, since such pages are only ever mapped read-only.
 * The instruction is carried out here on one entry with the checks of any other
 * update.  Stores to L2-L4 tables are not for the guest to make.
 *
 * 32-bit guests write the halves of an entry one by one, or all of it by
 * CMPXCHG8B.  That the operand is at the address that faulted shows that its
 * segment begins at 0.
 */
#include "core/guest_copy.h"
#include "mm/hvmap.h"
#include "pv/fetch.h"
#include "pv/internal.h"
#include "pv/segment.h"

struct update {
	u64 old;		/* operand's value before */
	u64 new;		/* after */
	bool write;		/* memory is written (CMPXCHG may not) */
	bool to_reg;		/* old value goes to a register */
	unsigned int reg;
	u64 flags;		/* arithmetic flags afterwards */
};

#define ARITH_FLAGS	0x8d5UL		/* CF PF AF ZF SF OF */
#define RFLAGS_ZF	BIT(6)

/* One operation in the four widths; @a and @b are taken at that width. */
#define ALU(op, suffix, type) do { \
		type a_ = *a, b_ = b; \
		__asm__(#op #suffix " %[src], %[dst]\n\tpushfq\n\tpopq %[f]" \
			: [dst] "+q"(a_), [f] "=r"(*flags) \
			: [src] "q"(b_) : "cc"); \
		*a = a_; \
	} while (0)

#define ALU_FUNCTION(op) \
	static void alu_##op(unsigned int size, u64 *a, u64 b, u64 *flags) \
	{ \
		switch (size) { \
		case 1: \
			ALU(op, b, u8); \
			break; \
		case 2: \
			ALU(op, w, u16); \
			break; \
		case 4: \
			ALU(op, l, u32); \
			break; \
		default: \
			ALU(op, q, u64); \
		} \
	}

ALU_FUNCTION(add)
ALU_FUNCTION(or)
ALU_FUNCTION(and)
ALU_FUNCTION(sub)
ALU_FUNCTION(xor)

/* @op: as in bits 3-5 of the opcode, or the ModRM byte of group 1. */
static bool alu(unsigned int op, unsigned int size, u64 *a, u64 b, u64 *flags)
{
	static void (*const ops[8])(unsigned int, u64 *, u64, u64 *) = {
		[0] = alu_add, [1] = alu_or, [4] = alu_and, [5] = alu_sub,
		[6] = alu_xor
	};

	if (!ops[op])
		return false;
	ops[op](size, a, b, flags);
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

/* The address of what MOVS reads, by the segment that is in force. */
static gva_t movs_source(const struct insn *in, const struct regs *r)
{
	u64 ds, es, fs, gs, sel;

	if (pv_long_code(r)) {
		if (in->seg != 0x64 && in->seg != 0x65)
			return GVA(r->rsi);
		return GVA(r->rsi + rdmsr(in->seg == 0x64 ? MSR_FS_BASE
							  : MSR_GS_BASE));
	}
	__asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\t"
			 "mov %%fs, %2\n\tmov %%gs, %3"
			 : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
	sel = in->seg == 0x26 ? es : in->seg == 0x2e ? r->cs :
	      in->seg == 0x36 ? r->ss : in->seg == 0x64 ? fs :
	      in->seg == 0x65 ? gs : ds;
	return pv_segment_gva(current, sel, r->rsi);
}

static bool one_byte(const struct insn *in, struct regs *r, struct update *u)
{
	u64 reg = insn_reg_read(r, in, in->reg);

	u->new = u->old;
	/* The forms for bytes are the even ones. */
	switch (in->opcode | 1) {
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
	case 0xa5:
		return !copy_from_guest(&u->new, movs_source(in, r),
					in->opsize);
	case 0x87:
		u->new = reg;
		u->to_reg = true;
		u->reg = in->reg;
		return true;
	case 0x01: case 0x09: case 0x21: case 0x29: case 0x31:
		return alu(in->opcode >> 3 & 7, in->opsize, &u->new, reg,
			   &u->flags);
	case 0x81:
	case 0x83:
		return alu(in->reg & 7, in->opsize, &u->new, in->imm,
			   &u->flags);
	default:
		return false;
	}
}

static bool is_cmpxchg8b(const struct insn *in)
{
	return in->map == 2 && in->opcode == 0xc7 && in->reg == 1 &&
	       in->opsize != 8;
}

/* EDX:EAX against the entry; ECX:EBX goes there. Only ZF tells. */
static bool cmpxchg8b(struct regs *r, struct update *u)
{
	u64 expected = (u32)r->rax | r->rdx << 32;

	u->write = u->old == expected;
	u->new = (u32)r->rbx | r->rcx << 32;
	u->flags = r->rflags & ~RFLAGS_ZF;
	if (u->write) {
		u->flags |= RFLAGS_ZF;
	} else {
		r->rax = (u32)u->old;
		r->rdx = u->old >> 32;
	}
	return true;
}

static bool two_byte(const struct insn *in, struct regs *r, struct update *u)
{
	u64 reg = insn_reg_read(r, in, in->reg);
	struct insn acc = *in;
	unsigned int bits = in->opsize * 8;

	u->new = u->old;
	switch (in->opcode) {
	case 0xb0:				/* CMPXCHG */
	case 0xb1:
		compare(insn_reg_read(r, in, 0), u->old, in->opsize,
			&u->flags);
		u->write = u->flags & RFLAGS_ZF;
		u->new = reg;
		if (!u->write)
			insn_reg_write(r, &acc, 0, u->old);
		return true;
	case 0xc0:				/* XADD */
	case 0xc1:
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
	case 0xc7:
		return is_cmpxchg8b(in) && cmpxchg8b(r, u);
	default:
		return false;
	}
}

static u64 size_mask(unsigned int size)
{
	return size == 8 ? ~0UL : (1UL << (size * 8)) - 1;
}

/* Put an operand into the 8-byte entry that holds it. */
static u64 merge(u64 entry, u64 value, unsigned int offset, unsigned int size)
{
	u64 mask = size_mask(size) << (offset * 8);

	return (entry & ~mask) | (value << (offset * 8) & mask);
}

static u64 extract(u64 entry, unsigned int offset, unsigned int size)
{
	return entry >> (offset * 8) & size_mask(size);
}

static bool is_movs(const struct insn *in)
{
	return in->map == 1 && (in->opcode | 1) == 0xa5;
}

/* STOS, MOVS: they store where RDI is. */
static bool string_store(const struct insn *in)
{
	return is_movs(in) || (in->map == 1 && (in->opcode | 1) == 0xab);
}

/* A register that counts or points: as wide as addresses are. */
static void advance(const struct insn *in, u64 *reg, s64 by)
{
	*reg += by;
	if (in->addrsize == 4)
		*reg = (u32)*reg;
}

/* One element is done. True: the next one faults again. */
static bool advance_string(struct regs *r, const struct insn *in)
{
	s64 step = r->rflags & RFLAGS_DF ? -(s64)in->opsize : in->opsize;

	advance(in, &r->rdi, step);
	if (is_movs(in))
		advance(in, &r->rsi, step);
	if (!in->rep && !in->repne)
		return false;
	advance(in, &r->rcx, -1);
	return r->rcx;
}

static void finish(struct regs *r, const struct insn *in,
		   const struct update *u)
{
	if (u->to_reg)
		insn_reg_write(r, in, u->reg, u->old);
	r->rflags = (r->rflags & ~ARITH_FLAGS) | (u->flags & ARITH_FLAGS);
	if (string_store(in) && advance_string(r, in))
		return;
	r->rip += in->len;
}

static bool find_entry(struct vcpu *v, u64 addr, maddr_t *entry, u64 *value)
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
	*value = READ_ONCE(*(u64 *)maddr_to_virt(*entry));
	return true;
}

/*
 * The entry at @addr if that is in an L1 table of the domain, and what it holds.
 * Both under the lock: without it a table can become data, or somebody else's
 * memory, under our feet.  Behind it *entry is a number that only
 * pv_mmu_emulated_write(), which looks at the frame anew, can do something with.
 */
static bool read_entry(struct vcpu *v, u64 addr, maddr_t *entry, u64 *value)
{
	bool found;

	spin_lock(&v->domain->pv.mmu_lock);
	found = find_entry(v, addr, entry, value);
	spin_unlock(&v->domain->pv.mmu_lock);
	return found;
}

/* Bytes of the operand in memory. */
static unsigned int width(const struct insn *in)
{
	return is_cmpxchg8b(in) ? 8 : in->opsize;
}

static bool operand_ok(const struct insn *in, const struct regs *r, u64 addr)
{
	u64 ea = string_store(in) ? r->rdi : in->ea;

	if (in->addrsize == 4)
		ea = (u32)ea;
	return ea == addr && !(ea & (width(in) - 1)) &&
	       (in->mem || string_store(in));
}

/*
 * The upper half of a present entry, written first: together with the old
 * lower half it may be nonsense, which the guest is about to replace.  So
 * the entry is not present until then.
 */
static bool is_upper_half(const struct vcpu *v, const struct insn *in,
			  unsigned int offset)
{
	return v->domain->pv.is_32bit && in->opsize == 4 && offset == 4 &&
	       width(in) == 4;
}

static int write_entry(struct vcpu *v, const struct insn *in,
		       const struct update *u, maddr_t where, u64 old,
		       unsigned int offset)
{
	u64 new = merge(old, u->new, offset, width(in));
	int rc = pv_mmu_emulated_write(v, where, old, new);

	if (rc && rc != -EAGAIN && new & PTE_P &&
	    is_upper_half(v, in, offset))
		rc = pv_mmu_emulated_write(v, where, old, new & ~PTE_P);
	return rc;
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

	if (!read_entry(v, addr, &entry, &old) || !pv_fetch(&in, r) ||
	    !operand_ok(&in, r, addr))
		return false;
	u.old = extract(old, offset, width(&in));
	if (!(in.map == 2 ? two_byte : one_byte)(&in, r, &u))
		return false;
	if (u.write) {
		rc = write_entry(v, &in, &u, entry, old, offset);
		if (rc == -EAGAIN)
			return true;	/* it changed meanwhile: once more */
		if (rc)
			return false;
	}
	perf_count_by(r, emulated_writes);
	finish(r, &in, &u);
	return true;
}
