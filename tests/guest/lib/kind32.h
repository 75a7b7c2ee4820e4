/* SPDX-License-Identifier: BSD-2-Clause */
/* What is particular to the 32-bit test kernels. Included by guest.h. */
#ifndef TESTS_GUEST_KIND_H
#define TESTS_GUEST_KIND_H

#define IS_32BIT	1
#define KERNEL_CS	0xe019
#define KERNEL_CS_SHOWN	0xe019	/* as frames of kernel code show it */
#define KERNEL_DS	0xe021
#define USER_CS		0xe02b
#define USER_DS		0xe033
#define PT_LEVELS	3
#define M2P_START	0xf5800000UL
/* An address that nothing is mapped at, and one of the hypervisor's. */
#define HOLE_ADDRESS	0x70000000UL
#define HV_ADDRESS	0xfff00000UL
#define NONCANONICAL	0UL	/* there is none */
/* Event channels of the 2-level layout; its words have BITS_PER_LONG. */
#define BITS_PER_LONG	32
#define PTE_USER_MARK	0ULL	/* entries of the kernel have no user bit */

#define FRAME_REG(n) union { u32 e ## n; unsigned long n; }

/*
 * All registers at an entry from the hypervisor; may be changed. sp and ss are
 * always there: for an entry from the kernel, sp is the interrupted stack
 * pointer, and ss what it still is.
 */
struct frame {
	u32 gs, fs, es, ds;
	FRAME_REG(di);
	FRAME_REG(si);
	FRAME_REG(bp);
	FRAME_REG(bx);
	FRAME_REG(dx);
	FRAME_REG(cx);
	FRAME_REG(ax);
	unsigned long vector;	/* 0-255, or ENTRY_* */
	unsigned long error;
	FRAME_REG(ip);
	u16 cs;
	u8 saved_mask;		/* upcall mask before the entry */
	u8 cs_unused;
	FRAME_REG(flags);
	FRAME_REG(sp);
	unsigned long ss;
};

/* call_with_registers(): general registers, and those of a hypercall. */
enum { R_AX, R_BX, R_CX, R_DX, R_SI, R_DI, R_BP, NR_REGISTERS };
#define HYPERCALL_ARGUMENTS	{ R_BX, R_CX, R_DX, R_SI, R_DI }
#define CALL_CLOBBERS
#define HYPERCALL_INSN		"int $0x82"

/* Names for pieces of assembly that are for both kinds. */
#define ASM_REG_A	"eax"
#define ASM_AX	"%eax"
#define ASM_CX	"%ecx"
#define ASM_DX	"%edx"
#define ASM_DI	"%edi"
#define ASM_SI	"%esi"
#define ASM_SP	"%esp"
#define ASM_LRET	"lretl"

/* Quotient; the remainder to @rem. */
static inline u64 div_u64(u64 n, u32 d, u32 *rem)
{
	u32 high = n >> 32, low = n, r = high % d;

	high /= d;
	__asm__("divl %[d]" : "+a"(low), "+d"(r) : [d] "rm"(d));
	*rem = r;
	return (u64)high << 32 | low;
}

/* CR3 in 32 bits: the frame number rotated. */
static inline u32 cr3_of(u64 mfn) { return (u32)mfn << 12 | (u32)mfn >> 20; }
static inline u64 mfn_of_cr3(u32 cr3) { return cr3 >> 12 | cr3 << 20; }

#endif
