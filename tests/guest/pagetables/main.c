/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables: what a guest may map and what is refused with which error and
 * without effect; pins; plain updates of pages that are no tables; emulated
 * writes to tables, in every instruction form that Linux uses.
 */
#include "guest.h"

#define PT_PIN	MMUEXT_PIN_L1_TABLE

static long mmu_update(u64 ptr, u64 val, u32 *done)
{
	struct mmu_update u = { .ptr = ptr, .val = val };

	return HC4(mmu_update, &u, 1, done, DOMID_SELF);
}

static long mmuext(unsigned int cmd, u64 arg)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };

	return HC4(mmuext_op, &op, 1, 0, DOMID_SELF);
}

static u64 maddr(const void *p)
{
	return mfn_of(p) << 12 | ((u64)p & 4095);
}

static long make_ro(void *p)
{
	return map_page((u64)p, PTE_RO(mfn_of(p)), UVMF_INVLPG);
}

static long make_rw(void *p)
{
	return map_page((u64)p, PTE_RW(mfn_of(p)), UVMF_INVLPG);
}

static void check_leaf_rules(void)
{
	void *page = alloc_page();
	u64 va = (u64)page, mfn = mfn_of(page), was;
	u64 pt = start_info->pt_base;

	subject("leaf rules");
	CHECK_EQ(make_rw(page), 0);
	was = *l1_entry(va);
	CHECK(map_page(va, PTE_RW(mfn) | 1UL << 51, 0) < 0);
	CHECK_EQ(map_page(va, PTE_RW(mfn) | 1UL << 7, 0), 0);	/* PAT, dom0 */
	CHECK_EQ(map_page(va, PTE_RW(mfn), UVMF_INVLPG), 0);
	/* A page table may be mapped read-only, never writable. */
	CHECK_EQ(map_page(va, PTE_RW(mfn_of((void *)pt)), 0), -16);
	CHECK_EQ(*l1_entry(va) & ~0x60UL, was & ~0x60UL);
	CHECK_EQ(map_page(va, PTE_RO(mfn_of((void *)pt)), UVMF_INVLPG), 0);
	CHECK_EQ(*(u64 *)va, *(u64 *)pt);
	CHECK_EQ(make_rw(page), 0);
	/* Not our memory: above all RAM of any such machine's map. */
	CHECK(map_page(va, PTE_RW(0xfffffffffUL), 0) < 0);
	CHECK_EQ(map_page(0xffff800000000000, PTE_RW(mfn), 0), -22);
	CHECK_EQ(map_page(0x7000000000, PTE_RW(mfn), 0), -22);
	CHECK_EQ(*l1_entry(va) >> 12 & 0xfffffffff, mfn);
	/* What is read back carries the marks of a kernel page. */
	CHECK_EQ(*l1_entry(va) & 4, 4);
}

static void check_not_present(void)
{
	void *page = alloc_page();

	subject("not present");
	CHECK_EQ(map_page((u64)page, 0, UVMF_INVLPG), 0);
	CHECK_EQ(*l1_entry((u64)page), 0);
	CHECK_EQ(map_page((u64)page, 0xdeadbeef000, UVMF_INVLPG), 0);
	CHECK_EQ(*l1_entry((u64)page), 0xdeadbeef000);
	CHECK_EQ(make_rw(page), 0);
}

static void check_updates(void)
{
	u64 *page = alloc_page();
	u32 done = 99;
	struct mmu_update u[3] = {
		{ maddr(page), 0x1234 }, { maddr(page) + 8, 0x5678 },
		{ maddr(page) + 4, 1 },
	};

	subject("mmu_update");
	CHECK_EQ(HC4(mmu_update, u, 2, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 2);
	CHECK_EQ(page[0], 0x1234);
	CHECK_EQ(page[1], 0x5678);
	CHECK_EQ(HC4(mmu_update, u, 3, &done, DOMID_SELF), -38);
	CHECK_EQ(done, 2);
	CHECK_EQ(mmu_update(~0xfffUL, 1, &done), -22);
	CHECK_EQ(done, 0);
	CHECK_EQ(HC4(mmu_update, 0xffff820000000000, 1, 0, DOMID_SELF), -14);
	CHECK_EQ(mmu_update(maddr(page) | 1, 0x777, 0), 0);
	CHECK_EQ(((u64 *)0xffff800000000000)[mfn_of(page)], 0x777);
	CHECK_EQ(mmu_update(maddr(page) | 1, pfn_of(page), 0), 0);
	CHECK_EQ(HC4(mmu_update, u, 1, &done, 0x1234), -3);
}

static void check_pins(void)
{
	u64 *l1 = alloc_page(), *l2 = alloc_page(), *data = alloc_page();

	subject("pins");
	l1[0] = PTE_RW(mfn_of(data));
	l1[511] = PTE_RO(mfn_of(data));
	CHECK_EQ(mmuext(PT_PIN, mfn_of(l1)), -22);	/* mapped writable */
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(mmuext(PT_PIN, mfn_of(l1)), 0);
	CHECK_EQ(mmuext(PT_PIN, mfn_of(l1)), -22);	/* pinned already */
	CHECK(make_rw(l1) < 0);
	CHECK(mmuext(MMUEXT_PIN_L2_TABLE, mfn_of(l1)) < 0);
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn_of(data)), -22);
	l2[3] = mfn_of(l1) << 12 | 0x67;
	CHECK_EQ(make_ro(l2), 0);
	CHECK_EQ(mmuext(MMUEXT_PIN_L2_TABLE, mfn_of(l2)), 0);
	/* l1 is in use by l2 now: unpinned it stays a table. */
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn_of(l1)), 0);
	CHECK(make_rw(l1) < 0);
	CHECK_EQ(mmu_update(maddr(&l2[3]), 0, 0), 0);
	CHECK_EQ(make_rw(l1), 0);
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn_of(l2)), 0);
	CHECK_EQ(make_rw(l2), 0);
	/* Fails half way: nothing of it remains. */
	l1[0] = PTE_RW(mfn_of(data));
	l1[1] = PTE_RW(mfn_of((void *)start_info->pt_base));
	CHECK_EQ(make_ro(l1), 0);
	CHECK(mmuext(PT_PIN, mfn_of(l1)) < 0);
	CHECK_EQ(make_rw(l1), 0);
	CHECK_EQ(make_ro(data), 0);
	CHECK_EQ(make_rw(data), 0);
}

static void check_self_reference(void)
{
	u64 *l2 = alloc_page();

	subject("tables that name themselves");
	l2[0] = mfn_of(l2) << 12 | 0x67;
	CHECK_EQ(make_ro(l2), 0);
	CHECK(mmuext(MMUEXT_PIN_L2_TABLE, mfn_of(l2)) < 0);
	CHECK_EQ(make_rw(l2), 0);
}

static void check_top_level(void)
{
	u64 *l4 = (u64 *)start_info->pt_base;
	u64 *copy = alloc_page();

	subject("top level");
	CHECK_EQ(mmu_update(maddr(&l4[256]), 0, 0), -22);
	CHECK_EQ(mmu_update(maddr(&l4[271]), 0x1067, 0), -22);
	CHECK_EQ(mmu_update(maddr(&l4[300]), 0, 0), 0);
	memcpy(copy, l4, 4096);
	CHECK_EQ(make_ro(copy), 0);
	CHECK_EQ(mmuext(MMUEXT_PIN_L4_TABLE, mfn_of(copy)), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(copy)), 0);
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn_of(copy)), 0);
	CHECK(make_rw(copy) < 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4)), 0);
	CHECK(make_rw(copy) < 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0), 0);
	CHECK_EQ(make_rw(copy), 0);
	CHECK(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)) < 0 ||
	      mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4)) == 0);
}

/* Every form of store to an L1 table that is mapped read-only. */
static void check_emulated_writes(void)
{
	u64 *l1 = alloc_page(), *data = alloc_page(), *bad = l1;
	u64 rw = PTE_RW(mfn_of(data)), ro = PTE_RO(mfn_of(data)), old, x;
	volatile u64 *e = &l1[7];
	bool bit;

	subject("writable page tables");
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_enable,
		     VMASST_TYPE_writable_pagetables), 0);
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(mmuext(PT_PIN, mfn_of(l1)), 0);
	*e = rw;
	CHECK_EQ(*e & ~0x10000000000104UL & 0xffffffffffffffff, rw & ~4UL);
	x = ro;
	__asm__ volatile("xchg %0, %1" : "+r"(x), "+m"(*e));
	CHECK_EQ(x >> 12 & 0xfffffffff, mfn_of(data));
	CHECK_EQ(x & 2, 2);
	CHECK_EQ(*e & 2, 0);
	__asm__ volatile("lock btsq $1, %0; setc %1" : "+m"(*e), "=q"(bit));
	CHECK_EQ(bit, 0);
	CHECK_EQ(*e & 2, 2);
	__asm__ volatile("lock btrq $1, %0; setc %1" : "+m"(*e), "=q"(bit));
	CHECK_EQ(bit, 1);
	CHECK_EQ(*e & 2, 0);
	old = *e;
	CHECK(__atomic_compare_exchange_n(e, &old, old | 2, false,
					  __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	CHECK_EQ(*e & 2, 2);
	old = 0x1234;
	CHECK(!__atomic_compare_exchange_n(e, &old, 0, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	CHECK_EQ(old, *e);
	__asm__ volatile("lock andq $-3, %0" : "+m"(*e));
	CHECK_EQ(*e & 2, 0);
	__asm__ volatile("lock orq $2, %0" : "+m"(*e));
	CHECK_EQ(*e & 2, 2);
	/* Compilers shrink them to the byte that changes. */
	__asm__ volatile("lock andb $0xfd, %0" : "+m"(*(volatile u8 *)e));
	CHECK_EQ(*e & 2, 0);
	CHECK_EQ(*e >> 12 & 0xfffffffff, mfn_of(data));
	__asm__ volatile("lock orb $2, %0" : "+m"(*(volatile u8 *)e));
	CHECK_EQ(*e & 2, 2);
	__asm__ volatile("andl $~0x60, %0" : "+m"(*(volatile u32 *)e));
	CHECK_EQ(*e & 0x62, 2);
	__asm__ volatile("movw %w0, 6(%1)" :: "r"(0x8000), "r"(e) : "memory");
	CHECK_EQ(*e >> 63, 1);
	CHECK_EQ(*e & 2, 2);
	__asm__ volatile("stosq" :: "D"(e), "a"(0UL) : "memory");
	CHECK_EQ(*e, 0);
	__asm__ volatile("movq $0, %0" : "=m"(l1[8]));
	/* A writable mapping of a page table must not come to be. */
	old = PTE_RW(mfn_of(bad));
	{
		struct mmu_update u = { maddr((void *)&l1[9]), old };

		CHECK(HC4(mmu_update, &u, 1, 0, DOMID_SELF) < 0);
	}
	CHECK_EQ(l1[9], 0);
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn_of(l1)), 0);
	CHECK_EQ(make_rw(l1), 0);
}

static void check_pages(void)
{
	u64 *a = alloc_page(), *b = alloc_page();
	struct mmuext_op op = { .cmd = MMUEXT_COPY_PAGE };

	subject("clear and copy");
	a[5] = 0x55;
	op.arg1.mfn = mfn_of(b);
	op.arg2.src_mfn = mfn_of(a);
	CHECK_EQ(HC4(mmuext_op, &op, 1, 0, DOMID_SELF), 0);
	CHECK_EQ(b[5], 0x55);
	CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, mfn_of(b)), 0);
	CHECK_EQ(b[5], 0);
	CHECK(mmuext(MMUEXT_CLEAR_PAGE,
		     mfn_of((void *)start_info->pt_base)) < 0);
	CHECK_EQ(mmuext(99, 0), -38);
}

void test_main(void)
{
	check_leaf_rules();
	check_not_present();
	check_updates();
	check_pins();
	check_self_reference();
	check_top_level();
	check_emulated_writes();
	check_pages();
}
