/* SPDX-License-Identifier: BSD-2-Clause */
/* What a 32-bit kernel has otherwise than a 64-bit one. */
#ifndef GUEST_KERNEL_ARCH_H
#define GUEST_KERNEL_ARCH_H

#define ARCH_NAME	"32-bit"
#define ARCH_FRONTEND_PROTOCOL "x86_32-abi"

/* Three levels of page tables; the top one has four entries of 1 GiB. */
#define PT_TOP_SHIFT	30
/* Page table entries: ring 1 is the supervisor's for the processor. */
#define PTE_RW		0x63UL		/* present, writable, A, D */
#define PTE_RO		0x61UL

/* All registers at an entry from the hypervisor; built in start.S. */
struct frame {
	unsigned long di, si, bp, entry_sp, bx, dx, cx, ax;
	unsigned long vector, error;
	unsigned long ip, cs, flags;
};

/* Call n with five arguments at most, through its stub. */
static inline long hypercall(unsigned long n, unsigned long a1,
			     unsigned long a2, unsigned long a3,
			     unsigned long a4, unsigned long a5)
{
	extern char hypercall_page[];
	long result = (long)(hypercall_page + n * 32);

	__asm__ volatile("call *%%eax"
			 : "+a"(result), "+b"(a1), "+c"(a2), "+d"(a3),
			   "+S"(a4), "+D"(a5)
			 :: "memory", "cc");
	return result;
}

#endif
