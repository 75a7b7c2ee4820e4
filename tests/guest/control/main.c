/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control registers and the other instructions of ring 0: those that are
 * carried out for a kernel, those that are refused; nothing of it for users.
 */
#include "guest.h"

#define READ_CR(n, x)	__asm__ volatile("mov %%cr" #n ", %0" : "=r"(x))
#define WRITE_CR(n, x)	__asm__ volatile("mov %0, %%cr" #n :: "r"(x) : "memory")
#define CR0_TS		8UL
#define CR4_TSD		4UL
#define CR4_DE		8UL

static void do_write_cr0(void *arg)
{
	WRITE_CR(0, HC_ARG(arg));
}

static void do_write_cr3(void *arg)
{
	WRITE_CR(3, HC_ARG(arg));
}

static void do_write_cr4(void *arg)
{
	WRITE_CR(4, HC_ARG(arg));
}

static void do_rdtsc(void *arg)
{
	(void)arg;
	__asm__ volatile("rdtsc" ::: "eax", "edx");
}

static void do_wbinvd(void *arg)
{
	(void)arg;
	__asm__ volatile("wbinvd");
}

static void do_lidt(void *arg)
{
	__asm__ volatile("lidt (%0)" :: "r"(arg));
}

static void do_invlpg(void *arg)
{
	__asm__ volatile("invlpg (%0)" :: "r"(arg));
}

static void do_lmsw(void *arg)
{
	(void)arg;
	__asm__ volatile("lmsw %%ax" :: "a"(1));
}

static void do_xsetbv(void *arg)
{
	__asm__ volatile("xsetbv" :: "a"((u32)HC_ARG(arg)), "d"(0), "c"(0));
}

static int run(void (*fn)(void *), unsigned long arg)
{
	struct frame f;

	return catch_trap(fn, (void *)arg, &f);
}

static void check_cr0(void)
{
	unsigned long x;

	subject("CR0");
	READ_CR(0, x);
	CHECK_EQ(x & 0x80000001, 0x80000001);	/* PG, PE */
	CHECK_EQ(x & CR0_TS, 0);
	WRITE_CR(0, x | CR0_TS);
	READ_CR(0, x);
	CHECK_EQ(x & CR0_TS, CR0_TS);
	__asm__ volatile("clts");
	READ_CR(0, x);
	CHECK_EQ(x & CR0_TS, 0);
}

static void check_cr3(void)
{
	unsigned long x;

	subject("CR3");
	READ_CR(3, x);
	CHECK_EQ(mfn_of_cr3(x), mfn_of((void *)start_info->pt_base));
	CHECK_EQ(run(do_write_cr3, x), -1);
	READ_CR(3, x);
	CHECK_EQ(mfn_of_cr3(x), mfn_of((void *)start_info->pt_base));
	/* A frame that is no top-level table, nor could be one. */
	CHECK_EQ(run(do_write_cr3, cr3_of(mfn_of(&x))), 13);
	READ_CR(3, x);
	CHECK_EQ(mfn_of_cr3(x), mfn_of((void *)start_info->pt_base));
}

USER_CODE(u_rdtsc, "rdtsc; ud2");

/* What is the guest's in CR4 changes; the rest stays, and no harm is done. */
static void check_cr4(void)
{
	unsigned long was, x;
	struct frame f;

	subject("CR4");
	READ_CR(4, was);
	CHECK_EQ(was & 0x20, 0x20);		/* PAE */
	CHECK_EQ(was & 0x600, 0x600);		/* OSFXSR, OSXMMEXCPT */
	WRITE_CR(4, was | CR4_TSD);
	READ_CR(4, x);
	CHECK_EQ(x, was | CR4_TSD);
	CHECK_EQ(run(do_rdtsc, 0), -1);		/* done for the kernel */
	CHECK_EQ(catch_user(u_rdtsc, 0, &f), 13);
	WRITE_CR(4, was);
	CHECK_EQ(catch_user(u_rdtsc, 0, &f), 6);
	WRITE_CR(4, was | CR4_DE);
	READ_CR(4, x);
	CHECK_EQ(x, was | CR4_DE);
	WRITE_CR(4, was);
	CHECK_EQ(run(do_write_cr4, was & ~0x20UL), -1);
	READ_CR(4, x);
	CHECK_EQ(x, was);
	CHECK_EQ(run(do_write_cr4, was | 1UL << 21), -1);	/* SMAP */
	READ_CR(4, x);
	CHECK_EQ(x, was);
}

static void check_others(void)
{
	subject("other instructions");
	CHECK_EQ(run(do_wbinvd, 0), -1);
	CHECK_EQ(run(do_lidt, (unsigned long)image_start), 13);
	CHECK_EQ(run(do_invlpg, (unsigned long)image_start), 13);
	CHECK_EQ(run(do_lmsw, 0), 13);
	CHECK_EQ(run(do_write_cr0, 1), 13);		/* no paging */
}

static void check_xcr0(void)
{
	unsigned long cr4;
	u32 was, lo, hi;

	subject("XSETBV");
	READ_CR(4, cr4);
	WRITE_CR(4, cr4 | 1UL << 18);
	READ_CR(4, cr4);
	if (!(cr4 >> 18 & 1)) {
		skip("there is no XSAVE");
		return;
	}
	__asm__ volatile("xgetbv" : "=a"(was), "=d"(hi) : "c"(0));
	CHECK_EQ(run(do_xsetbv, 0), 13);	/* without the FPU */
	CHECK_EQ(run(do_xsetbv, 5), 13);	/* AVX without SSE */
	CHECK_EQ(run(do_xsetbv, 0x80000001), 13);
	CHECK_EQ(run(do_xsetbv, 3), -1);
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	CHECK_EQ(lo, 3);
	CHECK_EQ(run(do_xsetbv, was), -1);
}

USER_CODE(u_cr0, "mov %cr0, " ASM_CX "; ud2");
USER_CODE(u_cr3, "mov " ASM_CX ", %cr3; ud2");
USER_CODE(u_clts, "clts; ud2");
USER_CODE(u_wbinvd, "wbinvd; ud2");
USER_CODE(u_dr, "mov %dr0, " ASM_CX "; ud2");

static void check_user(void)
{
	static const char *const code[] = {
		u_cr0, u_cr3, u_clts, u_wbinvd, u_dr,
	};
	struct frame f;
	unsigned int i;

	subject("user mode");
	for (i = 0; i < ARRAY_SIZE(code); i++) {
		CHECK_EQ(catch_user(code[i], 0, &f), 13);
		CHECK_EQ(f.error, 0);
		CHECK_EQ(f.ip, (unsigned long)code[i]);
	}
}

void test_main(void)
{
	check_cr0();
	check_cr3();
	check_cr4();
	check_others();
	check_xcr0();
	check_user();
}
