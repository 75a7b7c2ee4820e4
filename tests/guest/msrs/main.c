/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Model-specific registers: those that a kernel may read and write, those that
 * only look so, and those that are #GP, from user mode all of them.
 */
#include "perf.h"

static u64 value;

static void do_read(void *arg)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"((u32)HC_ARG(arg)));
	value = (u64)hi << 32 | lo;
}

static void do_write(void *arg)
{
	__asm__ volatile("wrmsr" :: "c"((u32)HC_ARG(arg)), "a"((u32)value),
			 "d"((u32)(value >> 32)));
}

static int read_msr(u32 msr)
{
	struct frame f;

	return catch_trap(do_read, (void *)(unsigned long)msr, &f);
}

static int write_msr(u32 msr, u64 v)
{
	struct frame f;

	value = v;
	return catch_trap(do_write, (void *)(unsigned long)msr, &f);
}

#define EFER		0xc0000080
#define FS_BASE		0xc0000100
#define PAT		0x277

static void check_known(void)
{
	u64 efer;

	subject("PAT");
	CHECK_EQ(read_msr(PAT), -1);
	CHECK_EQ(value, 0x050100070406);
	value = 0;
	CHECK_EQ(read_msr(PAT), -1);
	CHECK_EQ(value, 0x050100070406);
	subject("EFER");
	CHECK_EQ(read_msr(EFER), -1);
	efer = value;
	/* SCE, LME, LMA, NX; a 32-bit kernel does not hear of long mode. */
	CHECK_EQ(efer & 0xd00, IS_32BIT ? 0x800 : 0xd00);
	if (!IS_32BIT)
		CHECK_EQ(efer & 1, 1);
	CHECK_EQ(efer & 0x1000, 0);		/* SVME */
	CHECK_EQ(write_msr(EFER, efer), -1);
	CHECK_EQ(write_msr(EFER, efer ^ 0x800), 13);
	CHECK_EQ(read_msr(EFER), -1);
	CHECK_EQ(value, efer);
	subject("APIC base");
	CHECK_EQ(read_msr(0x1b), -1);
	CHECK_EQ(value & 0xfffff900, 0xfee00900);
}

static void check_bases(void)
{
	u32 msr;

	subject("segment bases");
	if (IS_32BIT) {
		CHECK_EQ(read_msr(FS_BASE), 13);
		CHECK_EQ(write_msr(FS_BASE, 0), 13);
		return;
	}
	for (msr = FS_BASE; msr < FS_BASE + 3; msr++) {
		CHECK_EQ(write_msr(msr, 0x12340000 + msr), -1);
		value = 0;
		CHECK_EQ(read_msr(msr), -1);
		CHECK_EQ(value, 0x12340000 + msr);
		CHECK_EQ(write_msr(msr, 0x8000000000000000ULL), 13);
		CHECK_EQ(read_msr(msr), -1);
		CHECK_EQ(value, 0x12340000 + msr);
		CHECK_EQ(write_msr(msr, 0), -1);
	}
}

static void check_refused(void)
{
	static const u32 unknown[] = {
		0x12345678, 0x40000100, 0xc0010114 /* VM_CR */,
		0xc0010117 /* VM_HSAVE_PA */, 0x480 /* VMX_BASIC */,
		0x6e0 /* TSC deadline */, 0xda0 /* XSS */,
	};
	unsigned int i;

	subject("refused");
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		CHECK_EQ(read_msr(unknown[i]), 13);
		CHECK_EQ(write_msr(unknown[i], 1), 13);
	}
}

#define SPEC_CTRL	0x48
#define PRED_CMD	0x49
#define ARCH_CAPS	0x10a

static struct { u32 a, b, c, d; } leaf;

static void forced_cpuid(u32 nr)
{
	leaf.a = nr;
	leaf.c = 0;
	__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
			 : "+a"(leaf.a), "=b"(leaf.b), "+c"(leaf.c),
			   "=d"(leaf.d));
}

static void check_spec_ctrl(u32 bits)
{
	u32 bit;

	if (!bits) {
		CHECK_EQ(read_msr(SPEC_CTRL), 13);
		CHECK_EQ(write_msr(SPEC_CTRL, 0), 13);
		return;
	}
	for (bit = 1; bit <= 4; bit *= 2) {
		CHECK_EQ(write_msr(SPEC_CTRL, bit), bits & bit ? -1 : 13);
		CHECK_EQ(read_msr(SPEC_CTRL), -1);
		CHECK_EQ(value, bits & bit);
		CHECK_EQ(write_msr(SPEC_CTRL, bits), -1);
		HC1(sched_op, SCHEDOP_yield);
		CHECK_EQ(read_msr(SPEC_CTRL), -1);
		CHECK_EQ(value, bits);
		CHECK_EQ(write_msr(SPEC_CTRL, 0), -1);
	}
	CHECK_EQ(write_msr(SPEC_CTRL, 1ULL << 40), 13);
	CHECK_EQ(read_msr(SPEC_CTRL), -1);
	CHECK_EQ(value, 0);
}

static void check_pred_cmd(bool there)
{
	bool counted = !perf_read();

	CHECK_EQ(read_msr(PRED_CMD), 13);
	CHECK_EQ(write_msr(PRED_CMD, 2), 13);
	CHECK_EQ(write_msr(PRED_CMD, 1), there ? -1 : 13);
	if (!counted)
		return;
	CHECK_EQ(perf_read(), 0);
	CHECK_EQ(perf_delta("prediction-barrier"), there);
}

/* What CPUID says that there is, and no more. */
static void check_speculation(void)
{
	u32 edx, ebx;

	subject("speculation");
	forced_cpuid(7);
	edx = leaf.d;
	forced_cpuid(0x80000008);
	ebx = leaf.b;
	check_spec_ctrl(((edx >> 26 | ebx >> 14) & 1) |
			((edx >> 27 | ebx >> 15) & 1) << 1 |
			((edx >> 31 | ebx >> 24) & 1) << 2);
	check_pred_cmd((edx >> 26 | ebx >> 12) & 1);
	CHECK_EQ(read_msr(ARCH_CAPS), edx >> 29 & 1 ? -1 : 13);
	CHECK_EQ(edx >> 28 & 1, 0);		/* L1D_FLUSH */
}

USER_CODE(u_rdmsr, "mov $0x277, %ecx; rdmsr; ud2");
USER_CODE(u_wrmsr, "mov $0x277, %ecx; wrmsr; ud2");

static void check_user(void)
{
	struct frame f;

	subject("user mode");
	CHECK_EQ(catch_user(u_rdmsr, 0, &f), 13);
	CHECK_EQ(f.ip, (unsigned long)u_rdmsr + 5);
	CHECK_EQ(catch_user(u_wrmsr, 0, &f), 13);
}

void test_main(void)
{
	check_known();
	check_bases();
	check_refused();
	check_speculation();
	check_user();
}
