/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of 32-bit guests, whose top is an L3 of four entries; and, for
 * both kinds, validations that fail or are left in the midst of it.
 */
#include <check.h>

#include "tests/unit/fake_pv_calls.h"

#include "lib/errno.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

#define GB		(1UL << 30)

static struct domain *d1;
static struct tree32 t;

static void setup64(void)
{
	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
}

static void setup(void)
{
	setup64();
	d1->pv.is_32bit = true;
	t = fake_make_tree32(d1);
}

static void teardown(void)
{
	fake_preempt_percent = 0;
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

static void assert_no_types(void)
{
	ck_assert_int_eq(type_of(t.l3), FT_NONE);
	for (unsigned int i = 0; i < 4; i++)
		ck_assert_int_eq(type_of(t.l2[i]), FT_NONE);
	ck_assert_int_eq(type_of(t.l1), FT_NONE);
	ck_assert_int_eq(type_of(t.data), FT_NONE);
	ck_assert_uint_eq(fake_check(), 0);
}

static void pin(void)
{
	ck_assert_int_eq(ext(MMUEXT_PIN_L3_TABLE, t.l3.v, SELF), 0);
}

static void assert_refused(void)
{
	ck_assert_int_eq(ext(MMUEXT_PIN_L3_TABLE, t.l3.v, SELF), -EINVAL);
	assert_no_types();
}

START_TEST(the_tree)
{
	/* What is behind the four entries is not looked at, and cleared. */
	fake_table(t.l3)[4] = pte_make(t.data, TABLE);
	fake_table(t.l3)[511] = ~0UL;
	fake_table(t.l2[3])[L2_TOP_HV_SLOT] = pte_make(t.l1, TABLE | PTE_PSE);
	pin();
	for (unsigned int i = 4; i < 512; i++)
		ck_assert_uint_eq(fake_table(t.l3)[i], 0);
	ck_assert_int_eq(type_of(t.l3), FT_L3);
	for (unsigned int i = 0; i < 3; i++)
		ck_assert_int_eq(type_of(t.l2[i]), FT_L2);
	ck_assert_int_eq(type_of(t.l2[3]), FT_L2_TOP);
	ck_assert_int_eq(type_of(t.l1), FT_L1);
	ck_assert_int_eq(type_of(t.data), FT_WRITABLE);
	/* L3 entries get the rights that PAE does without. */
	ck_assert_uint_eq(fake_table(t.l3)[0],
			  pte_make(t.l2[0], PTE_P | PTE_U | PTE_RW | PTE_A));
	/* Nothing is added to the others. */
	ck_assert_uint_eq(fake_table(t.l1)[0], pte_make(t.data, RW_KERNEL));
	ck_assert_uint_ne(fake_table(t.l2[3])[L2_TOP_HV_SLOT] & PTE_P, 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l3.v, SELF), 0);
	for (unsigned int i = L2_TOP_HV_SLOT; i < 512; i++)
		ck_assert_uint_eq(fake_table(t.l2[3])[i], 0);
	assert_no_types();
}
END_TEST

START_TEST(bits_of_l3_entries)
{
	static const u64 bad[] = {
		PTE_PWT, PTE_PCD, PTE_PSE, PTE_G, PTE_NX
	};
	u64 good = pte_make(t.l2[1], PTE_P), e;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad) + 11; i++) {
		e = i < ARRAY_SIZE(bad) ? bad[i] :
		    BIT(52 + i - ARRAY_SIZE(bad));
		fake_table(t.l3)[1] = good | e;
		assert_refused();
		fake_table(t.l3)[1] = good;
		pin();
		ck_assert_int_eq(update(t.l3, 1, good | e, SELF), -EINVAL);
		ck_assert_uint_eq(fake_table(t.l3)[1],
				  good | PTE_U | PTE_RW | PTE_A);
		ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l3.v, SELF), 0);
		fake_table(t.l3)[1] = good;
	}
	/* What real PAE would refuse, we need. */
	fake_table(t.l3)[1] = good | PTE_U | PTE_RW | PTE_A | PTE_D |
			      PTE_AVAIL;
	pin();
}
END_TEST

START_TEST(bits_of_other_entries)
{
	static const u64 bad_l2[] = {
		PTE_PSE, PTE_PWT, PTE_PCD, PTE_G, BIT(62)
	};
	static const u64 good_l1[] = {
		RO_KERNEL, RO_KERNEL | PTE_U, RO_KERNEL | PTE_G,
		RO_KERNEL | PTE_U | PTE_G, RO_KERNEL | PTE_NX | PTE_AVAIL,
		RO_KERNEL | PTE_GUEST_KERNEL,
	};

	pin();
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_l2); i++) {
		ck_assert_int_eq(update(t.l2[0], 0, pte_make(t.l1, TABLE |
					bad_l2[i]), SELF), -EINVAL);
		ck_assert_int_eq(update(t.l2[3], 0, pte_make(t.l1, TABLE |
					bad_l2[i]), SELF), -EINVAL);
	}
	ck_assert_int_eq(update(t.l2[0], 0, pte_make(t.l1, PTE_P | PTE_RW),
				SELF), 0);
	ck_assert_uint_eq(fake_table(t.l2[0])[0],
			  pte_make(t.l1, PTE_P | PTE_RW));
	for (unsigned int i = 0; i < ARRAY_SIZE(good_l1); i++) {
		ck_assert_int_eq(update(t.l1, 7, pte_make(t.data, good_l1[i]),
					SELF), 0);
		ck_assert_uint_eq(fake_table(t.l1)[7],
				  pte_make(t.data, good_l1[i]));
	}
	ck_assert_int_eq(update(t.l1, 7, pte_make(t.data, RO_KERNEL | PTE_PCD),
				SELF), -EINVAL);
	ck_assert_int_eq(update(t.l1, 7, pte_make(t.l2[0], RW_KERNEL), SELF),
			 -EBUSY);
	ck_assert_int_eq(update(t.l1, 7, pte_make(t.l2[3], RW_KERNEL), SELF),
			 -EBUSY);
}
END_TEST

START_TEST(the_last_gigabyte)
{
	mfn_t more = fake_give(d1);
	u64 last = fake_table(t.l3)[3];

	fake_table(t.l3)[3] = 0;
	assert_refused();
	fake_table(t.l3)[3] = last;
	pin();
	last = fake_table(t.l3)[3];
	/* It stays what it is. */
	ck_assert_int_eq(update(t.l3, 3, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l3, 3, pte_make(more, PTE_P), SELF),
			 -EINVAL);
	ck_assert_int_eq(update(t.l3, 3, last, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l3, 4, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l3, 511, pte_make(more, PTE_P), SELF),
			 -EINVAL);
	ck_assert_uint_eq(fake_table(t.l3)[3], last);
	/* Ours are ours; those before are the guest's. */
	ck_assert_int_eq(update(t.l2[3], L2_TOP_HV_SLOT, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l2[3], 511, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l2[3], L2_TOP_HV_SLOT - 1,
				pte_make(t.l1, TABLE), SELF), 0);
	ck_assert_int_eq(update(t.l2[2], 511, pte_make(t.l1, TABLE), SELF), 0);
	/* The others come and go. */
	ck_assert_int_eq(update(t.l3, 1, 0, SELF), 0);
	ck_assert_int_eq(type_of(t.l2[1]), FT_NONE);
	ck_assert_int_eq(update(t.l3, 1, pte_make(more, PTE_P), SELF), 0);
	ck_assert_int_eq(type_of(more), FT_L2);
}
END_TEST

/* A table with slots of ours is nothing else at the same time. */
START_TEST(top_is_no_other_l2)
{
	struct tree32 u = t;

	pin();
	ck_assert_int_eq(update(t.l3, 1, pte_make(t.l2[3], PTE_P), SELF),
			 -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_PIN_L2_TABLE, t.l2[3].v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_PIN_L2_TABLE, t.l2[0].v, SELF), 0);
	/* One that is pinned is a plain one. */
	t = fake_make_tree32(d1);
	ck_assert_int_eq(ext(MMUEXT_PIN_L2_TABLE, t.l2[3].v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L3_TABLE, t.l3.v, SELF), -EINVAL);
	ck_assert_int_eq(type_of(t.l2[3]), FT_L2);
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l2[3].v, SELF), 0);
	assert_no_types();
	/* Two places of one tree. */
	fake_table(t.l3)[3] = fake_table(t.l3)[2];
	assert_refused();
	/* Several trees may share it. */
	fake_table(t.l3)[3] = pte_make(u.l2[3], PTE_P);
	pin();
}
END_TEST

START_TEST(top_levels)
{
	struct tree32 u = fake_make_tree32(d1);
	struct vcpu *v = d1->vcpus[0];

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, fake_give(d1).v, SELF),
			 -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_USER_BASEPTR, t.l3.v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_USER_BASEPTR, 0, SELF), -EINVAL);
	ck_assert_int_eq(pv_set_cr3(v, t.l3, u.l3), -EINVAL);
	ck_assert_int_eq(pv_set_cr3(v, t.data, INVALID_MFN), -EINVAL);
	ck_assert_int_eq(pv_set_cr3(v, t.l3, INVALID_MFN), 0);
	ck_assert(mfn_eq(v->pv.kernel_cr3, t.l3));
	/* It hangs in a table of ours. */
	ck_assert(!mfn_eq(mmu_root(v), t.l3));
	ck_assert_uint_eq(frame_owner(mmu_root(v)), OWNER_XEN);
	ck_assert(mfn_eq(pte_mfn(fake_table(mmu_root(v))[0]), t.l3));
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, t.l3.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, u.l2[0].v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, INVALID_MFN.v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, u.l3.v, SELF), 0);
	ck_assert(mfn_eq(pte_mfn(fake_table(mmu_root(v))[0]), u.l3));
	assert_no_types();
	pv_drop_cr3(v);
	ck_assert_uint_eq(fake_table(mmu_root(v))[0], 0);
}
END_TEST

static long map(u64 va, u64 pte)
{
	return pv_update_va_mapping(va, pte, UVMF_INVLPG, SELF);
}

START_TEST(addresses)
{
	mfn_t l1 = fake_give(d1);
	u64 pte = pte_make(t.data, RO_KERNEL), entry, last;
	struct vcpu *v = d1->vcpus[0];
	maddr_t where;

	fake_table(t.l2[3])[L2_TOP_HV_SLOT - 1] = pte_make(l1, TABLE);
	ck_assert_int_eq(map(0, pte), -EINVAL);
	ck_assert_int_eq(pv_set_cr3(v, t.l3, INVALID_MFN), 0);
	ck_assert_int_eq(map(5 * PAGE_SIZE, pte), 0);
	ck_assert_uint_eq(fake_table(t.l1)[5], pte);
	last = HV_COMPAT_START - PAGE_SIZE;
	ck_assert_int_eq(map(last, pte), 0);
	ck_assert_uint_eq(fake_table(l1)[511], pte);
	spin_lock(&d1->pv.mmu_lock);
	ck_assert(pv_mmu_l1e(v, last + 123, &entry, &where));
	ck_assert_uint_eq(entry, pte);
	ck_assert_uint_eq(where.v, (l1.v << PAGE_SHIFT) + 511 * 8);
	ck_assert(!pv_mmu_l1e(v, HV_COMPAT_START, &entry, &where));
	spin_unlock(&d1->pv.mmu_lock);
	ck_assert_int_eq(map(GB, pte), -EINVAL);
	ck_assert_int_eq(map(HV_COMPAT_START, pte), -EINVAL);
	ck_assert_int_eq(map(0xfffff000, pte), -EINVAL);
	/* No way around the end. */
	ck_assert_int_eq(map(4 * GB, pte), -EINVAL);
	ck_assert_int_eq(map(512 * GB, pte), -EINVAL);
	ck_assert_int_eq(map(M2P_VIRT, pte), -EINVAL);
}
END_TEST

START_TEST(rotated_base_pointers)
{
	static const struct {
		u64 mfn;
		u32 cr3;
	} pairs[] = {
		{ 0x12345, 0x12345000 }, { 0xfffff, 0xfffff000 },
		{ 0x100000, 1 }, { 0x12345678, 0x45678123 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(pairs); i++) {
		ck_assert_uint_eq(mfn_to_cr3_32(MFN(pairs[i].mfn)),
				  pairs[i].cr3);
		ck_assert_uint_eq(cr3_to_mfn32(pairs[i].cr3).v,
				  pairs[i].mfn);
	}
}
END_TEST

/* ---- failures that take long -------------------------------------------------- */

/* A tree whose last entry is bad, preempted at each opportunity. */
START_TEST(preempted_failure)
{
	for (unsigned int i = 0; i < 3; i++)
		fake_table(t.l2[i])[9] = pte_make(t.l1, TABLE);
	fake_table(t.l2[3])[L2_TOP_HV_SLOT - 1] = pte_make(t.data, TABLE);
	fake_preempt_percent = _i;
	ck_assert_int_eq(ext(MMUEXT_PIN_L3_TABLE, t.l3.v, SELF), -EINVAL);
	fake_preempt_percent = 0;
	assert_no_types();
}
END_TEST

/* Make the pin as often as @times, without its continuation. */
static void try_to_pin(unsigned int times)
{
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L3_TABLE,
				.arg1.mfn = t.l3.v };

	fake_preempt_percent = 100;
	while (times--) {
		pv_mmuext_op(GVA(&op), 1, GVA(0), SELF);
		ck_assert_uint_eq(fake_check(), 0);
	}
	fake_preempt_percent = 0;
}

/* Left at any point, it keeps nobody from anything for good. */
START_TEST(abandoned_failure)
{
	struct mmuext_op op = { .cmd = MMUEXT_CLEAR_PAGE };

	for (unsigned int i = 0; i < 4; i++)
		fake_table(t.l2[i])[9] = fake_table(t.l2[i])[100] =
			pte_make(t.l1, TABLE);
	fake_table(t.l2[3])[L2_TOP_HV_SLOT - 1] = pte_make(t.data, TABLE);
	try_to_pin(_i);
	/* Undoing it is as long, and can be preempted as well. */
	op.arg1.mfn = t.l3.v;
	fake_preempt_percent = 60;
	while (pv_mmuext_op(GVA(&op), 1, GVA(0), SELF) == -ERESTART)
		ck_assert_uint_eq(fake_check(), 0);
	fake_preempt_percent = 0;
	for (unsigned int i = 0; i < 4; i++)
		ck_assert_int_eq(ext(MMUEXT_CLEAR_PAGE, t.l2[i].v, SELF), 0);
	assert_no_types();
}
END_TEST

/* The end of a domain in that state; teardown() looks at what is left. */
START_TEST(death_in_a_failure)
{
	for (unsigned int i = 0; i < 4; i++)
		fake_table(t.l2[i])[9] = fake_table(t.l2[i])[100] =
			pte_make(t.l1, TABLE);
	fake_table(t.l2[3])[L2_TOP_HV_SLOT - 1] = pte_make(t.data, TABLE);
	try_to_pin(_i);
	fake_run(0);
	fake_preempt_percent = 50;
	fake_kill(d1);
	ck_assert_uint_eq(frame_owned_count(1), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_pagetype32");
	TCase *c = tcase_create("all");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, the_tree);
	tcase_add_test(c, bits_of_l3_entries);
	tcase_add_test(c, bits_of_other_entries);
	tcase_add_test(c, the_last_gigabyte);
	tcase_add_test(c, top_is_no_other_l2);
	tcase_add_test(c, top_levels);
	tcase_add_test(c, addresses);
	tcase_add_test(c, rotated_base_pointers);
	tcase_add_loop_test(c, preempted_failure, 0, 101);
	tcase_add_loop_test(c, abandoned_failure, 0, 40);
	tcase_add_loop_test(c, death_in_a_failure, 0, 40);
	suite_add_tcase(s, c);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
