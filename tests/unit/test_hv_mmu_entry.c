/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of single entries of live tables: what a change of one entry does to
 * the table that the entry is in.
 */
#include <check.h>

#include "tests/unit/fake_pv_calls.h"

#include "lib/errno.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

static struct domain *d1;

static void setup(void)
{
	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
}

static void teardown(void)
{
	fake_preempt_percent = 0;
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

/*
 * A table of the level of @cmd whose validation was left after its first entry,
 * which leads to @child: that is a table only by the reference of this one.
 */
static mfn_t left_table(unsigned int cmd, mfn_t child)
{
	mfn_t m = fake_give(d1);
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = m.v };

	fake_table(m)[0] = pte_make(child, TABLE);
	fake_table(m)[1] = pte_make(fake_give(d1), TABLE);
	fake_preempt_percent = 100;
	ck_assert_int_eq(pv_mmuext_op(GVA(&op), 1, GVA(0), SELF), -ERESTART);
	fake_preempt_percent = 0;
	ck_assert_uint_ne(frame_read(m) & FRAME_PARTIAL, 0);
	ck_assert_int_ne(type_of(child), FT_NONE);
	ck_assert_uint_eq(fake_check(), 0);
	return m;
}

/*
 * The new entry wants the left table as something else, which undoes it, and
 * with it the table that the entry is in.  That is ordinary memory then: the
 * value is stored, and nothing else is done about it, old or new.
 */
START_TEST(entry_that_ends_its_own_table)
{
	mfn_t data = fake_give(d1), l1 = fake_give(d1), l2;
	u64 val;

	fake_table(l1)[5] = pte_make(data, RW_KERNEL);
	l2 = left_table(MMUEXT_PIN_L2_TABLE, l1);
	val = pte_make(l2, RW_KERNEL);
	ck_assert_int_eq(type_of(data), FT_WRITABLE);
	ck_assert_int_eq(update(l1, 5, val, SELF), 0);
	ck_assert_uint_eq(fake_table(l1)[5], val);
	ck_assert_int_eq(type_of(l1), FT_NONE);
	ck_assert_int_eq(type_of(l2), FT_NONE);
	ck_assert_int_eq(type_of(data), FT_NONE);
}
END_TEST

/* The same by a store that is emulated; it has to be made again. */
START_TEST(store_that_ends_its_own_table)
{
	mfn_t data = fake_give(d1), l1 = fake_give(d1), l2;
	u64 old, val;

	fake_table(l1)[5] = pte_make(data, RW_KERNEL);
	l2 = left_table(MMUEXT_PIN_L2_TABLE, l1);
	old = fake_table(l1)[5];
	val = pte_make(l2, RW_KERNEL);
	ck_assert_int_eq(pv_mmu_emulated_write(d1->vcpus[0],
			 MADDR((l1.v << PAGE_SHIFT) + 5 * 8), old, val),
			 -EAGAIN);
	ck_assert_int_eq(type_of(l1), FT_NONE);
	ck_assert_int_eq(type_of(data), FT_NONE);
	ck_assert_uint_eq(fake_table(l1)[5], old);
}
END_TEST

/*
 * An entry of an upper table: what was left is wanted as a table below it, where
 * it maps the table that the entry is in.
 */
START_TEST(table_entry_that_ends_its_own_table)
{
	mfn_t l1 = fake_give(d1), l2 = fake_give(d1), l3;
	u64 val;

	fake_table(l2)[0] = pte_make(l1, TABLE);
	l3 = left_table(MMUEXT_PIN_L3_TABLE, l2);
	val = pte_make(l3, TABLE);
	ck_assert_int_eq(type_of(l1), FT_L1);
	ck_assert_int_eq(update(l2, 0, val, SELF), 0);
	ck_assert_uint_eq(fake_table(l2)[0], val);
	ck_assert_int_eq(type_of(l2), FT_NONE);
	ck_assert_int_eq(type_of(l1), FT_NONE);
	ck_assert_int_eq(type_of(l3), FT_NONE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_mmu_entry");
	TCase *c = tcase_create("tables that end");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, entry_that_ends_its_own_table);
	tcase_add_test(c, store_that_ends_its_own_table);
	tcase_add_test(c, table_entry_that_ends_its_own_table);
	suite_add_tcase(s, c);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
