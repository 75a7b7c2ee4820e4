/* SPDX-License-Identifier: BSD-2-Clause */
/* What a 64-bit kernel has otherwise than a 32-bit one. */
#ifndef GUEST_KERNEL_ARCH_H
#define GUEST_KERNEL_ARCH_H

#define ARCH_NAME	"64-bit"
#define ARCH_FRONTEND_PROTOCOL "x86_64-abi"

/* Four levels of page tables; the top one resolves from bit 39 up. */
#define PT_TOP_SHIFT	39
/* Page table entries. The hypervisor adds what it needs (the user bit). */
#define PTE_RW		0x67UL		/* present, writable, user, A, D */
#define PTE_RO		0x65UL

/* All registers at an entry from the hypervisor; built in start.S. */
struct frame {
	unsigned long r15, r14, r13, r12, r11, r10, r9, r8, di, si, bp, bx, dx,
		cx, ax;
	unsigned long vector, error;
	unsigned long ip, cs, flags, sp, ss;
};

/* Call n with five arguments at most, through its stub. */
static inline long hypercall(unsigned long n, unsigned long a1,
			     unsigned long a2, unsigned long a3,
			     unsigned long a4, unsigned long a5)
{
	extern char hypercall_page[];
	register unsigned long r10 __asm__("r10") = a4;
	register unsigned long r8 __asm__("r8") = a5;
	long result = (long)(hypercall_page + n * 32);

	__asm__ volatile("call *%%rax"
			 : "+a"(result), "+D"(a1), "+S"(a2), "+d"(a3),
			   "+r"(r10), "+r"(r8)
			 :: "rcx", "r9", "r11", "memory", "cc");
	return result;
}

#endif
