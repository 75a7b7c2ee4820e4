/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page faults: error code and address, of the kernel and of user mode, through
 * present and absent pages, read-only ones, those without execution, the
 * hypervisor's tables and memory.
 */
#include "guest.h"

#define PF_PRESENT	1
#define PF_WRITE	2
#define PF_USER		4
#define PF_FETCH	16

USER_CODE(u_read, "mov (" ASM_AX "), %ecx; ud2");
USER_CODE(u_write, "mov %ecx, (" ASM_AX "); ud2");
/* A far return takes its words from a stack that is not there. */
USER_CODE(u_return, "mov " ASM_AX ", " ASM_SP "; " ASM_LRET);
USER_CODE(u_jump, "jmp *" ASM_AX "; ud2");
static char *page;

static void do_read(void *arg)
{
	(void)*(volatile u32 *)arg;
}

static void do_write(void *arg)
{
	*(volatile u32 *)arg = 1;
}

static void do_call(void *arg)
{
	((void (*)(void))arg)();
}

static unsigned long cr2(void)
{
	return shared_info->vcpu_info[0].arch.cr2;
}

static void expect(void (*fn)(void *), unsigned long addr, unsigned long error)
{
	struct frame f;

	CHECK_EQ(catch_trap(fn, (void *)addr, &f), 14);
	CHECK_EQ(f.error, error);
	CHECK_EQ(cr2(), addr);
	if (fn == do_call)
		CHECK_EQ(f.ip, addr);
}

static void expect_user(const char *code, unsigned long addr,
			unsigned long error)
{
	struct frame f;

	CHECK_EQ(catch_user(code, addr, &f), 14);
	CHECK_EQ(f.error, error | PF_USER);
	CHECK_EQ(cr2(), addr);
	CHECK_EQ(f.cs & 3, 3);
}

static long map(u64 pte)
{
	return map_page((unsigned long)page, pte, UVMF_INVLPG);
}

static void check_kernel(void)
{
	unsigned long va = (unsigned long)page;
	struct frame f;

	subject("kernel");
	expect(do_read, HOLE_ADDRESS, 0);
	expect(do_write, HOLE_ADDRESS + 8, PF_WRITE);
	CHECK_EQ(map(PTE_RO(mfn_of(page))), 0);
	CHECK_EQ(catch_trap(do_read, page, &f), -1);
	expect(do_write, va, PF_PRESENT | PF_WRITE);
	expect(do_write, va + 0xff0, PF_PRESENT | PF_WRITE);
	CHECK_EQ(map(PTE_RW(mfn_of(page)) | PTE_NX), 0);
	CHECK_EQ(catch_trap(do_write, page, &f), -1);
	expect(do_call, va, PF_PRESENT | PF_FETCH);
	CHECK_EQ(map(0), 0);
	expect(do_read, va + 12, 0);
	expect(do_write, va + 12, PF_WRITE);
	expect(do_call, va + 12, PF_FETCH);
	CHECK_EQ(map(PTE_RW(mfn_of(page))), 0);
	CHECK_EQ(catch_trap(do_write, page, &f), -1);
}

static void check_user(void)
{
	unsigned long va = (unsigned long)page;
	struct frame f;

	subject("user mode");
	expect_user(u_read, 0x70000000, 0);
	expect_user(u_write, 0x70000008, PF_WRITE);
	expect_user(u_return, 0x70000010, 0);
	make_user(va, PTE_RO(mfn_of(page)));
	CHECK_EQ(catch_user(u_read, va, &f), 6);
	expect_user(u_write, va, PF_PRESENT | PF_WRITE);
	make_user(va, PTE_RW(mfn_of(page)) | PTE_NX);
	CHECK_EQ(catch_user(u_write, va, &f), 6);
	expect_user(u_jump, va, PF_PRESENT | PF_FETCH);
	if (IS_32BIT) {
		/* Pages of the kernel, which has not given them away. */
		CHECK_EQ(map(PTE_RW(mfn_of(page))), 0);
		expect_user(u_read, va, PF_PRESENT);
		expect_user(u_write, va, PF_PRESENT | PF_WRITE);
		expect_user(u_jump, va, PF_PRESENT | PF_FETCH);
	}
	CHECK_EQ(map(PTE_RW(mfn_of(page))), 0);
}

/* The machine-to-physical table may be read; all else there is out of reach. */
static void check_hypervisor(void)
{
	struct frame f;

	subject("the hypervisor's addresses");
	CHECK_EQ(catch_trap(do_read, (void *)M2P_START, &f), -1);
	CHECK_EQ(catch_trap(do_write, (void *)M2P_START, &f), 14);
	CHECK_EQ(f.error, PF_PRESENT | PF_WRITE);
	CHECK_EQ(cr2(), M2P_START);
	CHECK_EQ(catch_trap(do_call, (void *)M2P_START, &f), 14);
	CHECK_EQ(f.error & ~PF_FETCH, PF_PRESENT);
	CHECK_EQ(catch_trap(do_read, (void *)HV_ADDRESS, &f), 14);
	CHECK_EQ(catch_trap(do_write, (void *)HV_ADDRESS, &f), 14);
	CHECK_EQ(catch_trap(do_read, (void *)~7UL, &f), IS_32BIT ? 14 : 14);
}

/* CR2 as an instruction reads and writes it. */
static void check_cr2(void)
{
	unsigned long x;

	subject("CR2");
	expect(do_read, HOLE_ADDRESS + 0x24, 0);
	__asm__ volatile("mov %%cr2, %0" : "=r"(x));
	CHECK_EQ(x, HOLE_ADDRESS + 0x24);
	x = 0x1234567;
	__asm__ volatile("mov %0, %%cr2" :: "r"(x) : "memory");
	CHECK_EQ(cr2(), 0x1234567);
	__asm__ volatile("mov %%cr2, %0" : "=r"(x));
	CHECK_EQ(x, 0x1234567);
}

void test_main(void)
{
	page = alloc_page();
	check_kernel();
	check_user();
	check_hypervisor();
	check_cr2();
}
