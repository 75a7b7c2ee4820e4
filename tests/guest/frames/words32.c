/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of 32-bit kernels: [error], eip, cs with the upcall mask in its upper
 * half, eflags; from user mode on the kernel's stack with esp, ss behind. From
 * the kernel they lie where its stack pointer is, whatever that is.
 */
#include "frames.h"

unsigned long fault_flags;

__asm__(".globl fault_ud, fault_gp\n");

void fault_on_stack(unsigned long sp, bool gp)
{
	__asm__ volatile("mov %%esp, %%ebx\n"
			 "pushfl; popl fault_flags\n"
			 "test %[gp], %[gp]; mov %[sp], %%esp; jnz fault_gp\n"
			 "fault_ud: ud2\n jmp 1f\n"
			 "fault_gp: hlt\n"
			 "1: mov %%ebx, %%esp\n"
			 :: [sp] "D"(sp), [gp] "S"((u32)gp)
			 : "ebx", "memory", "cc");
}

void check_kernel_frame(unsigned long sp, bool gp)
{
	const unsigned long *w = raw_words + gp;

	CHECK_EQ(raw_sp, sp - (3 + gp) * 4);
	if (gp)
		CHECK_EQ(raw_words[0], 0);
	CHECK_EQ(w[0], HC_ARG(gp ? fault_gp : fault_ud));
	CHECK_EQ(w[1], KERNEL_CS | 1UL << 16);
	CHECK_EQ(w[2] & 0x3200, 0);		/* events are masked */
	CHECK_EQ(raw_cs, KERNEL_CS);
	CHECK_EQ(raw_ss, KERNEL_DS);
}

void check_user_frame(const char *code, bool gp, unsigned long sp)
{
	const unsigned long *w = raw_words + gp;

	CHECK_EQ(raw_sp, sp - (5 + gp) * 4);
	if (gp)
		CHECK_EQ(raw_words[0], 0);
	CHECK_EQ(w[0], HC_ARG(code));
	CHECK_EQ(w[1], USER_CS);
	CHECK_EQ(w[2] & 0x3200, 0x200);
	CHECK(w[3] >= HC_ARG(user_start) && w[3] < HC_ARG(user_end));
	CHECK_EQ(w[4], USER_DS);
	CHECK_EQ(raw_cs, KERNEL_CS);
	CHECK_EQ(raw_ss, KERNEL_DS);
}
