/* SPDX-License-Identifier: BSD-2-Clause */
/* What is particular to the 64-bit test kernels. Included by guest.h. */
#ifndef TESTS_GUEST_KIND_H
#define TESTS_GUEST_KIND_H

#define IS_32BIT	0
#define KERNEL_CS	0xe033
#define KERNEL_CS_SHOWN	0xe030	/* as frames of kernel code show it */
#define KERNEL_DS	0xe02b
#define USER_CS		0xe033
#define USER_DS		0xe02b
#define PT_LEVELS	4
#define M2P_START	0xffff800000000000UL
/* An address that nothing is mapped at, and one of the hypervisor's. */
#define HOLE_ADDRESS	0x7000000000UL
#define HV_ADDRESS	0xffff820000000000UL
#define NONCANONICAL	0x8000007000000000UL
/* Event channels of the 2-level layout; its words have BITS_PER_LONG. */
#define BITS_PER_LONG	64
#define PTE_USER_MARK	4ULL	/* every entry has the user bit */

#define FRAME_REG(n) union { u64 r ## n, n; }

/* All registers at an entry from the hypervisor; may be changed. */
struct frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	FRAME_REG(di);
	FRAME_REG(si);
	FRAME_REG(bp);
	FRAME_REG(bx);
	FRAME_REG(dx);
	FRAME_REG(cx);
	FRAME_REG(ax);
	u64 vector;		/* 0-255, or ENTRY_* */
	u64 error;
	FRAME_REG(ip);
	u16 cs, cs_unused;
	u8 saved_mask;		/* upcall mask before the entry */
	u8 cs_unused_too[3];
	FRAME_REG(flags);
	FRAME_REG(sp);
	u64 ss;
};

/* call_with_registers(): general registers, and those of a hypercall. */
enum { R_AX, R_BX, R_CX, R_DX, R_SI, R_DI, R_BP, R_8, R_9, R_10, R_11, R_12,
       R_13, R_14, R_15, NR_REGISTERS };
#define HYPERCALL_ARGUMENTS	{ R_DI, R_SI, R_DX, R_10, R_8 }
#define CALL_CLOBBERS	, "rcx", "r11"
#define HYPERCALL_INSN		"syscall"

/* Names for pieces of assembly that are for both kinds. */
#define ASM_REG_A	"rax"
#define ASM_AX	"%rax"
#define ASM_CX	"%rcx"
#define ASM_DX	"%rdx"
#define ASM_DI	"%rdi"
#define ASM_SI	"%rsi"
#define ASM_SP	"%rsp"
#define ASM_LRET	"lretq"

/* Quotient; the remainder to @rem. */
static inline u64 div_u64(u64 n, u32 d, u32 *rem)
{
	*rem = n % d;
	return n / d;
}

static inline u64 cr3_of(u64 mfn) { return mfn << 12; }
static inline u64 mfn_of_cr3(u64 cr3) { return cr3 >> 12; }

#endif
