/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GDT and LDT: which pages may be descriptor tables, which descriptors they may
 * hold and what is made of them, loading what is in them, and that nobody can
 * write them behind the hypervisor's back.  How an LDT is used: ldt.c.
 */
#include "guest.h"
#include "descriptors.h"

/* Flat segments: P, S, G and the type; DPL and D or L are added. */
#define DATA		0x00cf92000000ffffULL
#define CODE32		0x00cf9a000000ffffULL
#define CODE64		0x00af9a000000ffffULL
#define DPL(n)		((u64)(n) << 45)
#define PRESENT		(1ULL << 47)
#define ACCESSED	(1ULL << 40)
/* What every segment's privilege is raised to at least. */
#define KERNEL_DPL	(IS_32BIT ? 1 : 3)
#define SELECTOR(n)	((n) * 8 + KERNEL_DPL)

static u64 *gdt, *ldt;

static long make_ro(void *p)
{
	return map_page(HC_ARG(p), PTE_RO(mfn_of(p)), UVMF_INVLPG);
}

static long make_rw(void *p)
{
	return map_page(HC_ARG(p), PTE_RW(mfn_of(p)), UVMF_INVLPG);
}

static long set_gdt(u64 mfn, unsigned int entries)
{
	unsigned long list[14] = { mfn, mfn, mfn };

	return HC2(set_gdt, list, entries);
}

static void load_es(void *arg)
{
	__asm__ volatile("mov %w0, %%es; mov %w1, %%es"
			 :: "r"((u32)HC_ARG(arg)), "r"(KERNEL_DS));
}

/* Loads into ES: the vector, or -1. */
static int load(u16 selector, unsigned long *error)
{
	struct frame f = { .error = 0 };
	int vector = catch_trap(load_es, (void *)(unsigned long)selector, &f);

	__asm__ volatile("mov %w0, %%es" :: "r"(KERNEL_DS));
	*error = f.error;
	return vector;
}

static long update(u64 *entry, u64 descriptor)
{
	return update_descriptor(maddr_of(entry), descriptor);
}

static void check_set_gdt(void)
{
	subject("set_gdt");
	CHECK_EQ(set_gdt(mfn_of(gdt), 512), -22);	/* mapped writable */
	CHECK_EQ(make_ro(gdt), 0);
	CHECK_EQ(set_gdt(mfn_of(gdt), 14 * 512 + 1), -22);
	CHECK_EQ(set_gdt(~0UL >> 20, 512), -22);
	CHECK_EQ(HC2(set_gdt, HV_ADDRESS, 1), -14);
	CHECK_EQ(set_gdt(mfn_of(gdt), 512), 0);
	CHECK(make_rw(gdt) < 0);
	CHECK_EQ(set_gdt(mfn_of(gdt), 3 * 512), 0);	/* the same thrice */
	CHECK_EQ(set_gdt(mfn_of(gdt), 16), 0);
	CHECK(make_rw(gdt) < 0);
	/* A page table is none; the table in use stays. */
	CHECK_EQ(set_gdt(mfn_of((void *)start_info->pt_base), 1), -22);
	CHECK(make_rw(gdt) < 0);
}

static const struct {
	u64 in, out;			/* 0: refused */
} rules[] = {
	{ DATA, DATA | DPL(KERNEL_DPL) },
	{ CODE32, CODE32 | DPL(KERNEL_DPL) },
	{ DATA | DPL(3), DATA | DPL(3) },
	{ DATA | DPL(1), DATA | DPL(KERNEL_DPL) },
	{ CODE64 | DPL(3), IS_32BIT ? 0 : CODE64 | DPL(3) },
	/* Not present: anything. */
	{ 0x1234567812345678ULL & ~PRESENT, 0x1234567812345678ULL & ~PRESENT },
	{ 0x0000890000000067ULL, 0 },		/* TSS */
	{ 0x0000820000000067ULL, 0 },		/* LDT */
	{ 0x00008e0000100000ULL, 0 },		/* interrupt gate */
	{ 0x00008f0000100000ULL, 0 },		/* trap gate */
	{ 0x0000850000000000ULL, 0 },		/* task gate */
};

static void check_rules(void)
{
	u64 got;
	unsigned int i;

	subject("rules");
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		CHECK_EQ(update(&gdt[5], 0), 0);
		CHECK_EQ(update(&gdt[5], rules[i].in),
			 rules[i].out || !rules[i].in ? 0 : -22);
		got = gdt[5];
		if (rules[i].in & PRESENT)
			got &= ~ACCESSED;
		CHECK_EQ(got, rules[i].out);
	}
	CHECK_EQ(update(&gdt[5], 0), 0);
}

static void check_update(void)
{
	u64 *data = alloc_page();

	subject("update_descriptor");
	CHECK_EQ(update_descriptor(maddr_of(gdt) + 4, 0), -22);
	CHECK_EQ(update_descriptor(0xffffffffff000ULL, 0), -22);
	CHECK_EQ(update_descriptor(maddr_of((void *)start_info->pt_base), 0),
		 -22);
	/* A page without a special use is just written. */
	CHECK_EQ(update(&data[3], DATA | DPL(3)), 0);
	CHECK_EQ(data[3] & ~ACCESSED, DATA | DPL(3));
}

static void load_ss(void *arg)
{
	__asm__ volatile("mov %w0, %%ss" :: "r"((u32)HC_ARG(arg)));
}

static void check_loads(void)
{
	unsigned long error;
	struct frame f;

	subject("loads");
	CHECK_EQ(set_gdt(mfn_of(gdt), 512), 0);
	CHECK_EQ(update(&gdt[2], DATA), 0);
	CHECK_EQ(load(SELECTOR(2), &error), -1);
	CHECK_EQ(load(SELECTOR(3), &error), 13);
	CHECK_EQ(error, 3 * 8);
	CHECK_EQ(update(&gdt[3], (DATA | DPL(KERNEL_DPL)) & ~PRESENT), 0);
	CHECK_EQ(load(SELECTOR(3), &error), 11);
	CHECK_EQ(error, 3 * 8);
	CHECK_EQ(catch_trap(load_ss, (void *)(3 * 8 + KERNEL_DPL), &f), 12);
	CHECK_EQ(f.error, 3 * 8);
	CHECK_EQ(update(&gdt[3], 0), 0);
	CHECK_EQ(load(511 * 8 + 3, &error), 13);
	CHECK_EQ(error, 511 * 8);
	/* The flat ones of the hypervisor are always there. */
	CHECK_EQ(load(KERNEL_DS, &error), -1);
	CHECK_EQ(load(USER_DS, &error), -1);
	CHECK_EQ(set_gdt(0, 0), 0);
	CHECK_EQ(load(SELECTOR(2), &error), 13);
	CHECK_EQ(load(KERNEL_DS, &error), -1);
	CHECK_EQ(make_rw(gdt), 0);		/* free again */
	CHECK_EQ(make_ro(gdt), 0);
	CHECK_EQ(set_gdt(mfn_of(gdt), 512), 0);
}

/* What is in a page when it becomes a table is judged, too. */
static void check_content(void)
{
	u64 *bad = alloc_page();

	subject("content");
	bad[7] = 0x0000890000000067ULL;
	CHECK_EQ(make_ro(bad), 0);
	CHECK_EQ(set_gdt(mfn_of(bad), 1), -22);
	CHECK_EQ(make_rw(bad), 0);
	bad[7] = DATA;
	CHECK_EQ(make_ro(bad), 0);
	CHECK_EQ(set_gdt(mfn_of(bad), 8), 0);
	CHECK_EQ(bad[7] >> 45 & 3, KERNEL_DPL);
	CHECK_EQ(set_gdt(mfn_of(gdt), 512), 0);
	CHECK_EQ(make_rw(bad), 0);
}

static long set_ldt(void *base, unsigned long entries)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };

	op.arg1.linear_addr = HC_ARG(base);
	op.arg2.nr_ents = entries;
	return HC4(mmuext_op, &op, 1, 0, DOMID_SELF);
}

/* An LDT's page is taken into use when something in it is. */
static void check_ldt(void)
{
	unsigned long error;

	subject("LDT");
	ldt[1] = DATA | DPL(3);
	ldt[2] = (DATA | DPL(3)) & ~PRESENT;
	CHECK_EQ(set_ldt((char *)ldt + 8, 8), -22);
	CHECK_EQ(set_ldt(ldt, 8193), -22);
	if (!IS_32BIT)
		CHECK_EQ(set_ldt((void *)M2P_START, 8), -22);
	CHECK_EQ(set_ldt(ldt, 8), 0);
	CHECK_EQ(load(8 | 7, &error), 14);		/* mapped writable */
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, HC_ARG(ldt) + 8);
	CHECK_EQ(make_ro(ldt), 0);
	CHECK_EQ(load(8 | 7, &error), -1);
	CHECK(make_rw(ldt) < 0);			/* in use now */
	CHECK_EQ(load(16 | 7, &error), 11);
	CHECK_EQ(error, 16 | 4);
	CHECK_EQ(load(64 | 7, &error), 13);		/* beyond its end */
	CHECK_EQ(error, 64 | 4);
	CHECK_EQ(update(&ldt[3], DATA | DPL(3)), 0);
	CHECK_EQ(load(24 | 7, &error), -1);
	CHECK_EQ(set_ldt(0, 0), 0);
	CHECK_EQ(load(8 | 7, &error), 13);
	CHECK_EQ(error, 8 | 4);
	CHECK_EQ(make_rw(ldt), 0);
}

USER_CODE(u_code, "mov %cs, %ecx; ud2");

/* A code segment of the guest's own runs, in user mode and as a gate's. */
static void check_code(void)
{
	u64 code = (IS_32BIT ? CODE32 : CODE64) | DPL(3);
	struct trap_info t[2] = { {
		.vector = 6, .cs = 4 * 8,
		.address = HC_ARG(trap_entries) + 6 * 64,
	} };
	struct frame f;

	subject("code segments");
	CHECK_EQ(update(&gdt[6], code), 0);
	CHECK_EQ(catch_user_at(u_code, 6 * 8 + 3, 0x202, 0, &f), 6);
	CHECK_EQ(f.cx & 0xffff, 6 * 8 + 3);
	CHECK_EQ(f.cs, 6 * 8 + 3);
	CHECK_EQ(update(&gdt[4], (IS_32BIT ? CODE32 : CODE64)), 0);
	CHECK_EQ(HC1(set_trap_table, t), 0);
	CHECK_EQ(catch_user(u_code, 0, &f), 6);
	t[0].cs = KERNEL_CS;
	CHECK_EQ(HC1(set_trap_table, t), 0);
}

void test_main(void)
{
	gdt = alloc_page();
	ldt = alloc_page();
	check_set_gdt();
	check_rules();
	check_update();
	check_loads();
	check_content();
	check_ldt();
	check_code();
	check_ldt_use();
}
