/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FS and GS of a 64-bit kernel: their bases by hypercall and by MSR, what the
 * change between kernel and user mode does to them, and selectors.
 */
#include "guest.h"

#define USER_WORDS	__attribute__((section(".user.data")))

static unsigned long a[2] USER_WORDS = { 0xa0, 0xa1 }, b[2] = { 0xb0, 0xb1 },
	c[2] USER_WORDS = { 0xc0, 0xc1 };

static unsigned long fs_word(void)
{
	unsigned long x;

	__asm__ volatile("mov %%fs:8, %0" : "=r"(x));
	return x;
}

static unsigned long gs_word(void)
{
	unsigned long x;

	__asm__ volatile("mov %%gs:8, %0" : "=r"(x));
	return x;
}

static long set_base(unsigned int which, unsigned long base)
{
	return HC2(set_segment_base, which, base);
}

static unsigned long rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

USER_CODE(u_look, "mov %fs:8, %rax; mov %gs:8, %rdx; mov %gs, %ecx; ud2");

static void check_bases(void)
{
	struct frame f;

	subject("bases");
	CHECK_EQ(set_base(SEGBASE_FS, HC_ARG(a)), 0);
	CHECK_EQ(set_base(SEGBASE_GS_KERNEL, HC_ARG(b)), 0);
	CHECK_EQ(set_base(SEGBASE_GS_USER, HC_ARG(c)), 0);
	CHECK_EQ(fs_word(), 0xa1);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(rdmsr(0xc0000100), HC_ARG(a));
	CHECK_EQ(rdmsr(0xc0000101), HC_ARG(b));
	CHECK_EQ(rdmsr(0xc0000102), HC_ARG(c));
	/* User mode has the other GS; the kernel gets its own back. */
	CHECK_EQ(catch_user(u_look, 0, &f), 6);
	CHECK_EQ(f.rax, 0xa1);
	CHECK_EQ(f.rdx, 0xc1);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(fs_word(), 0xa1);
	CHECK_EQ(rdmsr(0xc0000102), HC_ARG(c));
	/* Calls and yields leave them alone. */
	HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(fs_word(), 0xa1);
}

static void check_refused(void)
{
	subject("refused");
	CHECK_EQ(set_base(SEGBASE_FS, NONCANONICAL), -22);
	CHECK_EQ(set_base(SEGBASE_GS_KERNEL, NONCANONICAL), -22);
	CHECK_EQ(set_base(SEGBASE_GS_USER, NONCANONICAL), -22);
	CHECK_EQ(set_base(4, 0), -22);
	CHECK_EQ(fs_word(), 0xa1);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(rdmsr(0xc0000102), HC_ARG(c));
}

/* A selector for user mode's GS; a bad one becomes null, which is no error. */
static void check_selector(void)
{
	struct frame f;

	subject("selector");
	CHECK_EQ(set_base(SEGBASE_GS_USER_SEL, USER_DS), 0);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(set_base(SEGBASE_GS_USER, HC_ARG(c)), 0);
	CHECK_EQ(catch_user(u_look, 0, &f), 6);
	CHECK_EQ(f.rdx, 0xc1);
	CHECK_EQ(f.rcx & 0xffff, USER_DS);
	CHECK_EQ(set_base(SEGBASE_GS_USER_SEL, 0x1234), 0);
	CHECK_EQ(gs_word(), 0xb1);
	CHECK_EQ(set_base(SEGBASE_GS_USER, HC_ARG(c)), 0);
	CHECK_EQ(catch_user(u_look, 0, &f), 6);
	CHECK_EQ(f.rcx & 0xfffc, 0);
	CHECK_EQ(f.rdx, 0xc1);
}

void test_main(void)
{
	check_bases();
	check_refused();
	check_selector();
}
