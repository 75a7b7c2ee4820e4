/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identification of the processor and of the hypervisor by the forced form of
 * CPUID, in the kernel and in user mode: leaves of the hypervisor, features
 * that only ring 0 has, and what is left of the rest.
 */
#include "guest.h"

struct leaf {
	u32 a, b, c, d;
};

static struct leaf forced(u32 leaf, u32 subleaf)
{
	struct leaf l;

	__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
			 : "=a"(l.a), "=b"(l.b), "=c"(l.c), "=d"(l.d)
			 : "a"(leaf), "c"(subleaf));
	return l;
}

static struct leaf native(u32 leaf, u32 subleaf)
{
	struct leaf l;

	__asm__ volatile("cpuid" : "=a"(l.a), "=b"(l.b), "=c"(l.c), "=d"(l.d)
			 : "a"(leaf), "c"(subleaf));
	return l;
}

static void check_hypervisor(void)
{
	struct leaf l = forced(0x40000000, 0);

	subject("hypervisor leaves");
	CHECK(l.a >= 0x40000002 && l.a < 0x40000100);
	CHECK_EQ(l.b, 0x566e6558);		/* XenVMMXenVMM */
	CHECK_EQ(l.c, 0x65584d4d);
	CHECK_EQ(l.d, 0x4d4d566e);
	l = forced(0x40000001, 0);
	CHECK_EQ(l.a, 4 << 16 | 17);
	CHECK_EQ(l.b | l.c | l.d, 0);
	l = forced(0x40000002, 0);
	CHECK_EQ(l.a, 1);			/* hypercall pages */
	CHECK_EQ(l.b & 0xffff0000, 0x40000000);
	CHECK_EQ(l.c & 1, 1);		/* MMU_PT_UPDATE_PRESERVE_AD */
}

static const struct {
	u32 leaf;
	struct leaf hidden, shown;
	const char *what;
} rows[] = {
	{ 1, { .c = 1U << 3 }, { 0 }, "MONITOR" },
	{ 1, { .c = 1U << 5 | 1U << 6 }, { 0 }, "VMX, SMX" },
	{ 1, { .c = 1U << 17 }, { 0 }, "PCID" },
	{ 1, { .c = 1U << 24 }, { 0 }, "TSC deadline" },
	{ 1, { .d = 1U << 1 | 1U << 3 | 1U << 17 }, { 0 }, "VME, PSE" },
	{ 1, { .d = 1U << 13 }, { 0 }, "PGE" },
	{ 1, { 0 }, { .c = 1U << 31 }, "hypervisor present" },
	{ 1, { 0 }, { .d = 1U | 1U << 4 | 1U << 5 | 1U << 6 | 1U << 8 },
	  "FPU, TSC, MSR, PAE, CX8" },
	{ 1, { 0 }, { .d = 1U << 15 | 1U << 24 | 1U << 25 | 1U << 26 },
	  "CMOV, FXSR, SSE, SSE2" },
	{ 7, { .b = 1U << 7 | 1U << 20 | 1U << 10 }, { 0 },
	  "SMEP, SMAP, INVPCID" },
	{ 7, { .c = 1U << 2 | 1U << 3 | 1U << 16 }, { 0 },
	  "UMIP, PKU, LA57" },
	{ 0x80000001, { .c = 1U << 2 }, { 0 }, "SVM" },
	{ 0x80000001, { .d = 1U << 26 }, { 0 }, "1 GiB pages" },
	{ 0x80000001, { 0 }, { .d = 1U << 20 }, "NX" },
};

static void check_features(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct leaf l = forced(rows[i].leaf, 0);

		subject(rows[i].what);
		CHECK_EQ(l.a & rows[i].hidden.a, 0);
		CHECK_EQ(l.b & rows[i].hidden.b, 0);
		CHECK_EQ(l.c & rows[i].hidden.c, 0);
		CHECK_EQ(l.d & rows[i].hidden.d, 0);
		CHECK_EQ(l.a & rows[i].shown.a, rows[i].shown.a);
		CHECK_EQ(l.b & rows[i].shown.b, rows[i].shown.b);
		CHECK_EQ(l.c & rows[i].shown.c, rows[i].shown.c);
		CHECK_EQ(l.d & rows[i].shown.d, rows[i].shown.d);
	}
}

/* Long mode and SYSCALL are there for 64-bit kernels only. */
static void check_kind(void)
{
	struct leaf l = forced(0x80000001, 0);

	subject("long mode");
	if (IS_32BIT)
		return;
	CHECK_EQ(l.d >> 29 & 1, 1);
	CHECK_EQ(l.d >> 11 & 1, 1);
	CHECK_EQ(l.c & 1, 1);			/* LAHF */
}

static void check_vendor(void)
{
	struct leaf l = forced(0, 0), m = native(0, 0);

	subject("vendor");
	CHECK(l.a >= 7);
	CHECK_EQ(l.b, m.b);
	CHECK_EQ(l.c, m.c);
	CHECK_EQ(l.d, m.d);
	CHECK_EQ(forced(1, 0).a, native(1, 0).a);	/* family, model */
}

/* XSAVE: what the guest may enable, and how much room that takes. */
static void check_xsave(void)
{
	struct leaf l;
	u32 lo, hi;

	subject("XSAVE");
	if (!(forced(1, 0).c >> 26 & 1)) {
		skip("there is none");
		return;
	}
	CHECK_EQ(forced(1, 0).c >> 27 & 1, 1);
	l = forced(0xd, 0);
	CHECK_EQ(l.a & 3, 3);
	CHECK(l.c >= 576 && l.b <= l.c);
	CHECK_EQ(forced(0xd, 1).a >> 3 & 1, 0);		/* XSAVES */
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	CHECK_EQ(lo & ~l.a, 0);
	CHECK_EQ(hi & ~l.d, 0);
	CHECK_EQ(lo & 1, 1);
}

USER_CODE(u_cpuid, "mov $0x40000000, %eax; xor %ecx, %ecx;"
	  "ud2; .ascii \"xen\"; cpuid; ud2; nop");
USER_CODE(u_broken, "ud2; .ascii \"xem\"; cpuid; ud2");

static void check_user(void)
{
	struct frame f;

	subject("user mode");
	CHECK_EQ(catch_user(u_cpuid, 0, &f), 6);
	CHECK_EQ(f.ip, (unsigned long)u_cpuid + 14);
	CHECK_EQ(f.bx & 0xffffffff, 0x566e6558);
	CHECK_EQ(catch_user(u_broken, 0, &f), 6);
	CHECK_EQ(f.ip, (unsigned long)u_broken);
}

USER_CODE(u_rdfsbase, ".byte 0xf3, 0x48, 0x0f, 0xae, 0xc0; ud2");
USER_CODE(u_wrgsbase, ".byte 0xf3, 0x48, 0x0f, 0xae, 0xd8; ud2");
USER_CODE(u_tables, "sub $16, " ASM_SP "; sgdt (" ASM_SP "); sidt (" ASM_SP ");"
	  "sldt %ecx; str %ecx; smsw %ecx; add $16, " ASM_SP);
USER_CODE(u_tables_end, "ud2");

/*
 * What the processor can do and guests are not told of is off: programs cannot
 * change bases behind their kernel's back, and instructions that UMIP forbids
 * work as on a processor without it.
 */
static void check_hidden_is_off(void)
{
	struct leaf machine = native(7, 0);
	struct frame f;

	subject("FSGSBASE is off");
	CHECK_EQ(forced(7, 0).b & 1, 0);
	if (!(machine.b & 1))
		skip("the processor has none");
	if (!IS_32BIT) {
		CHECK_EQ(catch_user(u_rdfsbase, 0, &f), 6);
		CHECK_EQ(f.ip, (unsigned long)u_rdfsbase);
		CHECK_EQ(catch_user(u_wrgsbase, 0, &f), 6);
		CHECK_EQ(f.ip, (unsigned long)u_wrgsbase);
	}
	subject("UMIP is off");
	CHECK_EQ(forced(7, 0).c >> 2 & 1, 0);
	if (!(machine.c >> 2 & 1))
		skip("the processor has none");
	CHECK_EQ(catch_user(u_tables, 0, &f), 6);
	CHECK_EQ(f.ip, (unsigned long)u_tables_end);
}

void test_main(void)
{
	check_hypervisor();
	check_features();
	check_kind();
	check_vendor();
	check_xsave();
	check_user();
	check_hidden_is_off();
}
