/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments of string instructions in 32-bit code: each has a base, a limit and
 * rights, be it FS by a prefix or ES of INS.
 */
#include "ioports.h"

#define SELECTOR(n)	((n) * 8 + 1)

static u64 *gdt;
static u32 words[4] = { 0x1000, 0x1100, 0x1200, 0x1300 };

static u64 segment(u32 base, u32 limit, u8 type)
{
	return limit | (u64)(base & 0xffffff) << 16 | (u64)type << 40 |
	       1ULL << 54 | (u64)(base >> 24) << 56;
}

static void load_fs(unsigned int n)
{
	__asm__ volatile("mov %w0, %%fs" :: "r"(n ? SELECTOR(n) : 0));
}

static void do_outs(void *offset)
{
	__asm__ volatile(".byte 0x64; outsb" : "+S"(offset) : "d"(LATCH)
			 : "memory");
}

static void do_outs4(void *offset)
{
	__asm__ volatile(".byte 0x64; outsl" : "+S"(offset) : "d"(PCI_LATCH)
			 : "memory");
}

/* ES for one instruction: the compiler counts on it. */
static void do_ins(void *offset)
{
	__asm__ volatile("mov %w1, %%es; insb; mov %w2, %%es"
			 : "+D"(offset) : "r"(SELECTOR(1)), "r"(KERNEL_DS),
			   "d"(NOBODYS) : "memory");
}

static void do_ins_ro(void *offset)
{
	__asm__ volatile("mov %w1, %%es; insb; mov %w2, %%es"
			 : "+D"(offset) : "r"(SELECTOR(2)), "r"(KERNEL_DS),
			   "d"(NOBODYS) : "memory");
}

static void expect_gp(void (*fn)(void *), unsigned long offset)
{
	struct frame f;

	CHECK_EQ(catch_trap(fn, (void *)offset, &f), 13);
	__asm__ volatile("mov %w0, %%es" :: "r"(KERNEL_DS));
	CHECK_EQ(f.error, 0);
}

static void check_reads(void)
{
	subject("string operands by FS");
	load_fs(1);
	do_outs4((void *)12);
	check_latched(0x1300);
	do_outs4((void *)4);
	check_latched(0x1100);
	expect_gp(do_outs4, 13);
	do_outs((void *)15);
	expect_gp(do_outs, 16);
	/* Expand-down: from behind the limit on. */
	load_fs(3);
	expect_gp(do_outs, 15);
	do_outs((void *)16);
	load_fs(0);
	expect_gp(do_outs, HC_ARG(words));
	/* Code that may be read. */
	load_fs(4);
	do_outs4((void *)8);
	check_latched(0x1200);
	load_fs(0);
}

static void check_writes(void)
{
	subject("string operands by ES");
	do_ins((void *)4);
	CHECK_EQ(words[1], 0x11ff);
	expect_gp(do_ins, 16);
	expect_gp(do_ins_ro, 8);
	CHECK_EQ(words[2], 0x1200);
}

void check_segments(void)
{
	unsigned long list[1];

	gdt = alloc_page();
	list[0] = mfn_of(gdt);
	gdt[1] = segment(HC_ARG(words), 15, 0xb2);
	gdt[2] = segment(HC_ARG(words), 15, 0xb0);
	gdt[3] = segment(HC_ARG(words), 15, 0xb6);
	gdt[4] = segment(HC_ARG(words), 15, 0xba);
	CHECK_EQ(map_page(HC_ARG(gdt), PTE_RO(mfn_of(gdt)), UVMF_INVLPG), 0);
	CHECK_EQ(HC2(set_gdt, list, 512), 0);
	check_reads();
	check_writes();
	CHECK_EQ(HC2(set_gdt, 0, 0), 0);
}
