/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FPU: registers live through calls and through a second vCPU that uses its
 * own, and sees nothing of them (leaks.c); the task-switched flag raises exactly
 * one exception.
 */
#include "fpu.h"

static volatile unsigned int wrong[2], rounds[2], stop, foreign[2];
static u32 numbers[2][2];

static void set_registers(const u32 *x)
{
	__asm__ volatile("fninit; fildl %0; movd %0, %%xmm0;"
			 "movd %1, %%xmm7" :: "m"(x[0]), "m"(x[1]));
}

static bool same_registers(const u32 *x)
{
	u32 a, b, c;

	__asm__ volatile("fistl %0; movd %%xmm0, %1; movd %%xmm7, %2"
			 : "=m"(a), "=m"(b), "=m"(c));
	return a == x[0] && b == x[0] && c == x[1];
}

static void check_calls(void)
{
	static const u32 x[2] = { 0x1234567, 0x89abcdef };
	unsigned int i;

	subject("through calls");
	set_registers(x);
	for (i = 0; i < 100; i++) {
		HC2(xen_version, XENVER_version, 0);
		HC2(sched_op, SCHEDOP_yield, 0);
	}
	CHECK(same_registers(x));
}

static void do_fpu(void *arg)
{
	__asm__ volatile("fldz; fstpl (%0)" :: "r"(arg) : "memory");
}

static void do_sse(void *arg)
{
	(void)arg;
	__asm__ volatile("movd %%eax, %%xmm1" ::: "memory");
}

static unsigned long cr0_ts(void)
{
	unsigned long x;

	__asm__ volatile("mov %%cr0, %0" : "=r"(x));
	return x & 8;
}

static void check_task_switched(void)
{
	u64 memory;
	struct frame f;

	subject("task switched");
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), -1);
	CHECK_EQ(HC1(fpu_taskswitch, 1), 0);
	CHECK_EQ(cr0_ts(), 8);
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), 7);
	CHECK_EQ(f.error, 0);
	/* The exception has cleared it. */
	CHECK_EQ(cr0_ts(), 0);
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), -1);
	CHECK_EQ(HC1(fpu_taskswitch, 1), 0);
	HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(catch_trap(do_sse, &memory, &f), 7);
	CHECK_EQ(HC1(fpu_taskswitch, 1), 0);
	CHECK_EQ(HC1(fpu_taskswitch, 0), 0);
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), -1);
	__asm__ volatile("mov %%cr0, %%" ASM_REG_A "; or $8, %%al;"
			 "mov %%" ASM_REG_A ", %%cr0" ::: ASM_REG_A, "cc");
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), 7);
	CHECK_EQ(HC1(fpu_taskswitch, 1), 0);
	__asm__ volatile("clts");
	CHECK_EQ(catch_trap(do_fpu, &memory, &f), -1);
}

/* FDP: where the operand of the last x87 instruction was, 32 bits of it. */
static u32 operand_address(void)
{
	u32 env[7];

	__asm__ volatile("fnstenv %0; fldenv %0" : "=m"(env));
	return env[5];
}

/* Each vCPU has its own numbers in the registers and is often interrupted. */
static void run(unsigned int me)
{
	u32 *x = numbers[me];
	unsigned int i;

	x[0] = 0x1111 * (me + 1);
	x[1] = 0x77770000 + me;
	set_registers(x);
	for (i = 0; i < 3000; i++) {
		set_registers(x);
		HC2(sched_op, SCHEDOP_yield, 0);
		if (operand_address() - (u32)(unsigned long)numbers[!me] <
		    sizeof(numbers[0]))
			foreign[me]++;
		if (!same_registers(x)) {
			wrong[me]++;
			set_registers(x);
		}
		rounds[me]++;
	}
}

void second_vcpu(void)
{
	run(1);
	stop = 1;
	for (;;)
		HC3(vcpu_op, VCPUOP_down, 1, 0);
}

static void check_two(void)
{
	unsigned int i;

	subject("two vCPUs");
	if (HC3(vcpu_op, VCPUOP_is_up, 1, 0) < 0) {
		skip("there is one only");
		return;
	}
	/* It goes on where check_leaks() left it. */
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	run(0);
	for (i = 0; i < 100000000 && !stop; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(rounds[1], 3000);
	CHECK_EQ(wrong[0], 0);
	CHECK_EQ(wrong[1], 0);
	/* AMD's processors do not load the pointers with the registers. */
	CHECK_EQ(foreign[0], 0);
	CHECK_EQ(foreign[1], 0);
}

void test_main(void)
{
	check_calls();
	check_leaks();
	check_task_switched();
	check_two();
}
