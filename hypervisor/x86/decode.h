/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instruction bytes into a struct insn: prefixes, opcode, operands.  Only
 * the shape is decoded; what an opcode means is the emulators' business.
 * Pure: runs on the host for tests and fuzzing.
 */
#ifndef HOSPES_X86_DECODE_H
#define HOSPES_X86_DECODE_H

#include "x86/cpu.h"

#define INSN_MAX	15

struct insn {
	u8 len;			/* bytes of the whole instruction */
	u8 map;			/* 1: one byte, 2: 0f xx */
	u8 opcode;
	u8 rex;			/* 0 if there is none */
	bool lock, rep, repne;
	u8 opsize;		/* bytes: 1, 2, 4, 8 */
	u8 addrsize;		/* bytes: 4, 8 */
	u8 seg;			/* prefix 0x26 … 0x65, 0: none */
	bool has_modrm;
	u8 mod, reg, rm;	/* with the bits of REX */
	bool mem;		/* rm names memory at ea */
	u64 ea;			/* offset plus base of FS or GS */
	u64 imm;		/* sign-extended */
};

struct insn_context {
	const struct regs *regs;
	bool long_mode;		/* 64-bit code, else 32-bit */
	u64 fs_base, gs_base;
};

/*
 * Decode at most @n bytes. False if they are no instruction that the table
 * knows, or end too early (then *more is set).
 */
bool insn_decode(struct insn *in, const u8 *bytes, unsigned int n,
		 const struct insn_context *c, bool *more);
/* General register by its number (0 rax … 15 r15). */
u64 *insn_reg(struct regs *r, unsigned int n);
/* Read and write a register operand of 1, 2, 4 or 8 bytes. */
u64 insn_reg_read(const struct regs *r, const struct insn *in,
		  unsigned int n);
void insn_reg_write(struct regs *r, const struct insn *in, unsigned int n,
		    u64 value);

#endif
