/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pins: a page becomes a table of its level and stays one; what is refused and
 * leaves nothing; counts of tables that several others use, in every order of
 * giving up; tables that name themselves.
 */
#include "ops.h"

/* A tree of one table a level, the lowest maps one page. */
static u64 *tree[5], *data;

static void tree_make(void)
{
	unsigned int l;

	data = alloc_page();
	for (l = 1; l <= PT_LEVELS; l++)
		tree[l] = alloc_page();
	tree[1][5] = PTE_RW(mfn_of(data));
	tree[1][6] = PTE_RO(mfn_of(data));
	tree[2][1] = upper_entry(tree[1]);
	if (PT_LEVELS == 4) {
		tree[3][2] = upper_entry(tree[2]);
		tree[4][3] = upper_entry(tree[3]);
	}
}

static void tree_map(unsigned int levels, bool rw)
{
	unsigned int l;

	for (l = 1; l <= levels; l++)
		CHECK_EQ(rw ? make_rw(tree[l]) : make_ro(tree[l]), 0);
}

static void check_levels(unsigned int top)
{
	unsigned int l;

	subject("pin and unpin");
	CHECK_EQ(pin(top, tree[top]), -XEN_EINVAL);	/* all writable */
	tree_map(top, false);
	CHECK_EQ(pin(top, tree[top]), 0);
	CHECK_EQ(pin(top, tree[top]), -XEN_EINVAL);
	for (l = 1; l <= top; l++) {
		CHECK(make_rw(tree[l]) < 0);		/* tables, all of them */
		CHECK(pin(l == 1 ? 2 : l - 1, tree[l]) < 0);
		CHECK_EQ(*l1_entry(addr_of(tree[l])) & 2, 0);
	}
	/* What the lowest maps writable can be no table. */
	CHECK_EQ(unmap_page(data), 0);
	CHECK_EQ(pin(1, data), -XEN_EINVAL);
	CHECK_EQ(make_ro(data), 0);
	CHECK_EQ(pin(1, data), -XEN_EINVAL);
	CHECK_EQ(make_rw(data), 0);
	CHECK_EQ(unpin(tree[top]), 0);
	CHECK_EQ(unpin(tree[top]), -XEN_EINVAL);
	tree_map(top, true);
	tree_map(top, false);
	/* With the lower ones pinned as well, each once. */
	for (l = 1; l <= top; l++)
		CHECK_EQ(pin(l, tree[l]), 0);
	for (l = 1; l <= top; l++) {
		CHECK_EQ(unpin(tree[l]), 0);
		if (l < top)
			CHECK(make_rw(tree[l]) < 0);
	}
	tree_map(top, true);
}

static void check_refused(void)
{
	u64 *l1 = alloc_page(), *l2 = alloc_page();

	subject("pins refused");
	CHECK_EQ(unpin(l1), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, 0xffffff0), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, 0xffffff0), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, 0xb8), -XEN_EINVAL);
	/* Fails half way: nothing of it remains. */
	l1[0] = PTE_RW(mfn_of(data));
	l1[1] = PTE_RW(mfn_of((void *)start_info->pt_base));
	CHECK_EQ(make_ro(l1), 0);
	CHECK(pin(1, l1) < 0);
	CHECK_EQ(make_rw(l1), 0);
	CHECK_EQ(unmap_page(data), 0);
	CHECK_EQ(pin(1, data), 0);		/* no writable use is left */
	CHECK_EQ(unpin(data), 0);
	CHECK_EQ(make_rw(data), 0);
	/* Deep down: the good parts of the tree are let go as well. */
	l1[1] = 0;
	l1[511] = PTE_RW(mfn_of(l2));
	l2[0] = upper_entry(l1);
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(make_ro(l2), 0);
	CHECK(pin(2, l2) < 0);
	CHECK_EQ(make_rw(l1), 0);
	CHECK_EQ(make_rw(l2), 0);
	/* A table that names itself, writable. */
	l2[0] = upper_entry(l2);
	CHECK_EQ(make_ro(l2), 0);
	CHECK(pin(2, l2) < 0);
	CHECK_EQ(make_rw(l2), 0);
}

/* One L1 below two L2 tables and twice in one of them. */
static void check_shared(void)
{
	u64 *l1 = alloc_page(), *a = alloc_page(), *b = alloc_page();

	subject("shared tables");
	l1[9] = PTE_RW(mfn_of(data));
	a[0] = a[1] = b[7] = upper_entry(l1);
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(make_ro(a), 0);
	CHECK_EQ(make_ro(b), 0);
	CHECK_EQ(pin(2, a), 0);
	CHECK_EQ(pin(2, b), 0);
	CHECK_EQ(set_entry(&a[0], 0), 0);
	CHECK(make_rw(l1) < 0);
	CHECK_EQ(unpin(a), 0);
	CHECK_EQ(make_rw(a), 0);
	CHECK(make_rw(l1) < 0);
	CHECK_EQ(pin(1, l1), 0);
	CHECK_EQ(unpin(b), 0);
	CHECK_EQ(make_rw(b), 0);
	CHECK(make_rw(l1) < 0);
	CHECK_EQ(unpin(l1), 0);
	CHECK_EQ(make_rw(l1), 0);
	/* One that is live: pinned, and below the tables in use. */
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(pin(1, l1), 0);
	CHECK_EQ(*table_entry(2, 0x38000000), 0);
	CHECK_EQ(set_entry(table_entry(2, 0x38000000), upper_entry(l1)), 0);
	data[1] = 0x4321;
	CHECK_EQ(*(volatile u64 *)(0x38009008UL), 0x4321);
	CHECK_EQ(unpin(l1), 0);
	CHECK(make_rw(l1) < 0);
	CHECK_EQ(*(volatile u64 *)(0x38009008UL), 0x4321);
	CHECK_EQ(set_entry(table_entry(2, 0x38000000), 0), 0);
	CHECK_EQ(make_rw(l1), 0);
}

/* By day a table, by night data: many times, never both. */
static void check_changes(void)
{
	u64 *page = alloc_page(), *alias = alloc_page();
	unsigned int i, wrong = 0;

	subject("changes of use");
	for (i = 0; i < 500; i++) {
		wrong += map_page(addr_of(alias), PTE_RW(mfn_of(page)),
				  UVMF_INVLPG) != 0;
		wrong += make_ro(page) != 0;
		wrong += pin(1, page) >= 0;
		wrong += unmap_page(alias) != 0;
		wrong += pin(1 + i % 2, page) != 0;
		wrong += map_page(addr_of(alias), PTE_RW(mfn_of(page)),
				  UVMF_INVLPG) >= 0;
		wrong += unpin(page) != 0;
		wrong += make_rw(page) != 0;
		page[i % 512] = 0;
	}
	CHECK_EQ(wrong, 0);
}

void test_main(void)
{
	tree_make();
	check_levels(1);
	check_levels(2);
	if (PT_LEVELS == 4) {
		check_levels(3);
		check_levels(4);
	}
	check_refused();
	check_shared();
	check_changes();
}
