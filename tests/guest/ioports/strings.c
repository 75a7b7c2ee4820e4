/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INS and OUTS with operands that are not there, in part or at all, or not for
 * them.  The fault is that of any other access; registers and memory stay as they
 * were.
 */
#include "ioports.h"
#include "ops.h"

/* The segments in CX, as those of a kernel in ring 1 are none for ring 3. */
#define STRINGIFY_(x)	#x
#define STRINGIFY(x)	STRINGIFY_(x)
#define USER_SEGMENTS	"mov $" STRINGIFY(USER_DS) ", %ecx;" \
			"mov %ecx, %ds; mov %ecx, %es;"
USER_CODE(u_outs, USER_SEGMENTS "mov " ASM_AX ", " ASM_SI "; mov $0x84, %edx;"
	  "outsb; ud2");
USER_CODE(u_ins, USER_SEGMENTS "mov " ASM_AX ", " ASM_DI "; mov $0x20, %edx;"
	  "insb; ud2");
static u8 *page;

static void do_outs(void *at)
{
	__asm__ volatile("outsb" : "+S"(at) : "d"(LATCH) : "memory");
}

static void do_outs4(void *at)
{
	__asm__ volatile("outsl" : "+S"(at) : "d"(LATCH) : "memory");
}

static void do_ins(void *at)
{
	__asm__ volatile("insb" : "+D"(at) : "d"(NOBODYS) : "memory");
}

static void do_ins4(void *at)
{
	__asm__ volatile("insl" : "+D"(at) : "d"(NOBODYS) : "memory");
}

static void expect(void (*fn)(void *), unsigned long at, unsigned long error,
		   unsigned long cr2)
{
	bool out = fn == do_outs || fn == do_outs4;
	struct frame f;

	CHECK_EQ(catch_trap(fn, (void *)at, &f), 14);
	CHECK_EQ(f.error, error);
	CHECK_EQ(out ? f.si : f.di, at);
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, cr2);
}

static void check_pages(void)
{
	unsigned long va = addr_of(page), end = va + PAGE_SIZE;
	struct frame f;

	subject("string operands in pages");
	expect(do_outs, HOLE_ADDRESS, 0, HOLE_ADDRESS);
	expect(do_ins, HOLE_ADDRESS + 8, 2, HOLE_ADDRESS + 8);
	/* Its second half is not there. */
	CHECK_EQ(map_page(end, 0, UVMF_INVLPG), 0);
	memset(page, 0x11, PAGE_SIZE);
	expect(do_outs4, end - 2, 0, end);
	expect(do_ins4, end - 1, 2, end);
	CHECK_EQ(page[PAGE_SIZE - 1], 0x11);
	CHECK_EQ(catch_trap(do_ins4, (void *)(end - 4), &f), -1);
	CHECK_EQ(page[PAGE_SIZE - 4] << 8 | page[PAGE_SIZE - 1], 0xffff);
	CHECK_EQ(page[PAGE_SIZE - 5], 0x11);
	/* Read-only. */
	CHECK_EQ(make_ro(page), 0);
	expect(do_ins, va + 4, 3, va + 4);
	CHECK_EQ(catch_trap(do_outs, page, &f), -1);
	CHECK_EQ(make_rw(page), 0);
	CHECK_EQ(page[4], 0x11);
	CHECK_EQ(map_page(end, PTE_RW(mfn_of((void *)end)), UVMF_INVLPG), 0);
}

/* What is at fault must be told, not what was at fault before. */
static void check_nobodys(void)
{
	struct frame f;

	subject("string operands that are nobody's");
	expect(do_outs, HOLE_ADDRESS + 0x40, 0, HOLE_ADDRESS + 0x40);
	expect(do_outs, HV_ADDRESS, 0, HV_ADDRESS);
	expect(do_ins4, HV_ADDRESS + 16, 2, HV_ADDRESS + 16);
	if (IS_32BIT)
		return;
	CHECK_EQ(catch_trap(do_outs, (void *)NONCANONICAL, &f), 13);
	CHECK_EQ(f.error, 0);
	CHECK_EQ(catch_trap(do_ins4, (void *)0x7ffffffffffeUL, &f), 13);
	CHECK_EQ(f.error, 0);
}

/* Pages of the kernel are none of user mode's. */
static void check_user(void)
{
	unsigned long va = addr_of(page), there = IS_32BIT ? 1 : 0;
	struct frame f;

	subject("string operands of user mode");
	CHECK_EQ(set_iopl(3), 0);
	CHECK_EQ(map_page(va, PTE_RW(mfn_of(page)) & ~PTE_USER_MARK,
			  UVMF_TLB_FLUSH), 0);
	page[0] = 0x22;
	CHECK_EQ(catch_user(u_outs, va, &f), 14);
	CHECK_EQ(f.error, 4 | there);
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, va);
	CHECK_EQ(catch_user(u_ins, va, &f), 14);
	CHECK_EQ(f.error, 6 | there);
	CHECK_EQ(page[0], 0x22);
	make_user(va, PTE_RW(mfn_of(page)));
	CHECK_EQ(catch_user(u_outs, va, &f), 6);
	CHECK_EQ(f.si, va + 1);
	CHECK_EQ(catch_user(u_ins, va, &f), 6);
	CHECK_EQ(f.di, va + 1);
	CHECK_EQ(page[0], 0xff);
}

/* What the last OUTS found in memory; others have no such port. */
void check_latched(u32 word)
{
	u32 x;

	__asm__ volatile("inl %w1, %0" : "=a"(x) : "d"(PCI_LATCH));
	CHECK_EQ(x, is_dom0() ? word : ~0U);
}

void check_strings(void)
{
	page = alloc_page();
	alloc_page();			/* behind it */
	CHECK_EQ(set_iopl(1), 0);
	check_pages();
	check_nobodys();
	check_segments();
	check_user();
	CHECK_EQ(set_iopl(0), 0);
}
