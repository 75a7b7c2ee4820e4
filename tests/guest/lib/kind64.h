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

/* Quotient; the remainder to @rem. */
static inline u64 div_u64(u64 n, u32 d, u32 *rem)
{
	*rem = n % d;
	return n / d;
}

static inline u64 cr3_of(u64 mfn) { return mfn << 12; }
static inline u64 mfn_of_cr3(u64 cr3) { return cr3 >> 12; }

#endif
