/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Use of an LDT whose page the hypervisor has not taken into use, or no longer
 * has: it must find it by the kernel's tables (user mode's lack it), and whoever
 * loads the selector: a program, the hypervisor on its way to one, on a change
 * of vCPUs, for a call.
 */
#include "descriptors.h"
#include "ops.h"

#define SELECTOR(n)	((n) * 8 | 7)
#define GS_USER_SEL	3	/* SEGBASE_GS_USER_SEL, of 64-bit headers only */

static u64 *ldt;
static u32 words[4] __attribute__((section(".user.data"))) = {
	0xabcd0000, 0xabcd0001, 0xabcd0002, 0xabcd0003
};

USER_CODE(u_load, "mov %eax, %es; mov %es, %ecx; ud2");
USER_CODE(u_fs, "mov %eax, %fs; mov %fs:4, %ecx; ud2");
USER_CODE(u_gs, "mov %gs:4, %ecx; mov %gs, %edx; ud2");
USER_CODE(u_where, "mov %cs, %ecx; mov %ss, %edx; ud2");
USER_CODE(u_port, "mov $0x55, %al; in $0x20, %al; movzbl %al, %ecx; ud2");

static u64 segment(unsigned long base, u32 limit, unsigned int type)
{
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 |
	       (u64)type << 40 | (u64)(limit >> 16 & 0xf) << 48 |
	       (u64)(base >> 24 & 0xff) << 56;
}

/* A change of the kernel's tables, be it none, takes all pages out of use. */
static void drop(void)
{
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR,
			mfn_of((void *)start_info->pt_base)), 0);
}

static u16 fs_now(void)
{
	u32 x;

	__asm__ volatile("mov %%fs, %0" : "=r"(x));
	return x;
}

static void set_up(void)
{
	struct frame f;

	subject("LDT, set up");
	ldt = alloc_page();
	ldt[1] = segment(addr_of(words), 15, 0xf2) | 1ULL << 54;
	ldt[2] = IS_32BIT ? 0x00cffa000000ffffULL : 0x00affa000000ffffULL;
	ldt[3] = 0x00cff2000000ffffULL;
	/* From here on there is a user mode, which has none of this. */
	CHECK_EQ(catch_user(u_where, 0, &f), 6);
	CHECK_EQ(map_page(addr_of(ldt), PTE_RO(mfn_of(ldt)) & ~PTE_USER_MARK,
			  UVMF_TLB_FLUSH), 0);
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, addr_of(ldt), 512), 0);
}

static void check_program(void)
{
	struct frame f;

	subject("LDT, a program loads");
	CHECK_EQ(catch_user(u_load, SELECTOR(1), &f), 6);
	CHECK_EQ((u16)f.cx, SELECTOR(1));
	drop();
	CHECK_EQ(catch_user(u_fs, SELECTOR(1), &f), 6);
	CHECK_EQ(f.cx, 0xabcd0001);
	CHECK_EQ(catch_user(u_load, SELECTOR(5), &f), 13);
	CHECK_EQ(f.error, SELECTOR(5) & ~3);
}

/* By what returns to it: code and stack segments. */
static void check_return(void)
{
	struct frame f;

	subject("LDT, return to it");
	drop();
	CHECK_EQ(catch_user_at(u_where, SELECTOR(2), 0x202, 0, &f), 6);
	CHECK_EQ((u16)f.cx, SELECTOR(2));
	CHECK_EQ(f.cs, SELECTOR(2));
	drop();
	CHECK_EQ(catch_iret(addr_of(u_where), USER_CS, 0x202,
			    addr_of(user_end) - 16, SELECTOR(3), 0, &f), 6);
	CHECK_EQ((u16)f.dx, SELECTOR(3));
	CHECK_EQ(f.ss, SELECTOR(3));
}

/* Instructions of its code segments are carried out as such. */
static void check_emulation(void)
{
	struct physdev_set_iopl op = { .iopl = 3 };
	struct frame f;

	subject("LDT, code that uses a port");
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_set_iopl, &op), 0);
	CHECK_EQ(catch_user_at(u_port, SELECTOR(2), 0x202, 0, &f), 6);
	CHECK_EQ(f.cx, 0xff);
	op.iopl = 0;
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_set_iopl, &op), 0);
}

static void check_vcpu_change(void)
{
	int port = port_alloc(DOMID_SELF, DOMID_SELF);
	u32 x;

	subject("LDT, change of vCPUs");
	CHECK(port > 0);
	__asm__ volatile("mov %w0, %%fs" :: "r"(SELECTOR(1)));
	drop();
	CHECK_EQ(poll_port(port, time_now() + 5 * MSEC), 0);
	CHECK_EQ(fs_now(), SELECTOR(1));
	__asm__ volatile("mov %%fs:8, %0" : "=r"(x));
	CHECK_EQ(x, 0xabcd0002);
	CHECK_EQ(port_close(port), 0);
}

static void check_call(void)
{
	struct frame f;

	if (IS_32BIT)
		return;
	subject("LDT, user mode's GS by a call");
	drop();
	CHECK_EQ(HC2(set_segment_base, GS_USER_SEL, SELECTOR(1)), 0);
	CHECK_EQ(catch_user(u_gs, 0, &f), 6);
	CHECK_EQ(f.cx, 0xabcd0001);
	CHECK_EQ((u16)f.dx, SELECTOR(1));
	CHECK_EQ(HC2(set_segment_base, GS_USER_SEL, 0), 0);
}

/* A page that cannot be taken: the fault is the program's, at its address. */
static void check_fault(void)
{
	struct frame f;

	subject("LDT, a page that is not there");
	__asm__ volatile("mov %w0, %%fs" :: "r"(0));
	drop();
	CHECK_EQ(unmap_page(ldt), 0);
	CHECK_EQ(catch_user(u_load, SELECTOR(1), &f), 14);
	CHECK_EQ(f.error, 4);
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, addr_of(ldt) + 8);
	CHECK_EQ(f.ip, addr_of(u_load));
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, 0, 0), 0);
	CHECK_EQ(make_rw(ldt), 0);
}

void check_ldt_use(void)
{
	set_up();
	check_program();
	check_return();
	check_emulation();
	check_vcpu_change();
	check_call();
	check_fault();
}
