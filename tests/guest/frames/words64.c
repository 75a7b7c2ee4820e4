/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of 64-bit kernels: rcx, r11, [error], rip, cs with the upcall mask in
 * its upper half, rflags, rsp, ss; their end is aligned to 16 bytes.
 */
#include "frames.h"

#define MARK_CX		0x1111222233334444UL
#define MARK_R11	0x5555666677778888UL

unsigned long fault_flags;

__asm__(".globl fault_ud, fault_gp\n");

void fault_on_stack(unsigned long sp, bool gp)
{
	__asm__ volatile("mov %[cx], %%rcx; mov %[r11], %%r11\n"
			 "mov %%rsp, %%rbx\n"
			 "pushfq; popq fault_flags(%%rip)\n"
			 "test %[gp], %[gp]; mov %[sp], %%rsp; jnz fault_gp\n"
			 "fault_ud: ud2\n jmp 1f\n"
			 "fault_gp: hlt\n"
			 "1: mov %%rbx, %%rsp\n"
			 :: [cx] "r"(MARK_CX), [r11] "r"(MARK_R11),
			    [sp] "D"(sp), [gp] "S"((u64)gp)
			 : "rcx", "r11", "rbx", "memory", "cc");
}

static void check_live(void)
{
	CHECK_EQ(raw_cs, KERNEL_CS);
	CHECK_EQ(raw_ss, KERNEL_DS);
	CHECK_EQ(raw_flags & 0x200, 0x200);
}

void check_kernel_frame(unsigned long sp, bool gp)
{
	const unsigned long *w = raw_words + 2 + gp;

	CHECK_EQ(raw_sp, (sp & -16UL) - (7 + gp) * 8);
	CHECK_EQ(raw_words[0], MARK_CX);
	CHECK_EQ(raw_words[1], MARK_R11);
	if (gp)
		CHECK_EQ(raw_words[2], 0);
	CHECK_EQ(w[0], HC_ARG(gp ? fault_gp : fault_ud));
	CHECK_EQ(w[1], KERNEL_CS_SHOWN | 1UL << 32);
	CHECK_EQ(w[2] & 0x3200, 0);		/* events are masked */
	CHECK_EQ(w[3], sp);
	if (!gp)
		CHECK_EQ(w[4], KERNEL_DS);
	check_live();
}

void check_user_frame(const char *code, bool gp, unsigned long sp)
{
	const unsigned long *w = raw_words + 2 + gp;

	CHECK_EQ(raw_sp, (sp & -16UL) - (7 + gp) * 8);
	if (gp)
		CHECK_EQ(raw_words[2], 0);
	CHECK_EQ(w[0], HC_ARG(code));
	CHECK_EQ(w[1], USER_CS);
	CHECK_EQ(w[2] & 0x3200, 0x200);
	CHECK(w[3] >= HC_ARG(user_start) && w[3] < HC_ARG(user_end));
	if (!gp)
		CHECK_EQ(w[4], USER_DS);
	check_live();
}
