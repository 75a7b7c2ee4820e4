/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of single entries of live tables: that the short ways do what the
 * general ones do, and what a change does to the table that the entry is in.
 */
#include <check.h>
#include <string.h>

#include "tests/unit/fake_pv_calls.h"

#include "lib/errno.h"
#include "pv/leaf.h"
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
 * An entry of an upper table: what was left is wanted as a table below it,
 * where it maps the table that the entry is in.
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

/* ---- references, the short way ------------------------------------------- */

static const u64 some_refs[] = {
	0, 1, 2, 3, BIT(21) - 1, BIT(21), FRAME_REFS_MASK - 1, FRAME_REFS_MASK
};
static const u64 some_types[] = { 0, 1, 2, BIT(19) - 1, BIT(19), BIT(20) - 1 };
static const u64 some_flags[] = {
	0, FRAME_ALLOCATED, FRAME_VALIDATED, FRAME_PARTIAL, FRAME_LOCKED,
	FRAME_SHARED, FRAME_PINNED
};
static const u64 some_owners[] = { 1, 2, OWNER_FREE, OWNER_XEN, OWNER_IO };

#define WORDS	(ARRAY_SIZE(some_refs) * ARRAY_SIZE(some_types) * 8 * \
		 ARRAY_SIZE(some_flags) * ARRAY_SIZE(some_owners))

static u64 pick(unsigned int *n, const u64 *values, unsigned int count)
{
	u64 x = values[*n % count];

	*n /= count;
	return x;
}

static u64 nth_word(unsigned int n)
{
	u64 w = n % 8;

	n /= 8;
	w <<= FRAME_TYPE_SHIFT;
	w |= pick(&n, some_refs, ARRAY_SIZE(some_refs));
	w |= pick(&n, some_types, ARRAY_SIZE(some_types)) << FRAME_TYPES_SHIFT;
	w |= pick(&n, some_flags, ARRAY_SIZE(some_flags));
	return w | pick(&n, some_owners, ARRAY_SIZE(some_owners)) <<
		   FRAME_OWNER_SHIFT;
}

static bool try_put_writable(mfn_t m)
{
	return frame_try_put_writable(m, frame_read(m));
}

static bool put(mfn_t m)
{
	frame_put(m);
	return true;
}

static bool put_writable(mfn_t m)
{
	frame_put_writable(m);
	return true;
}

static bool get(mfn_t m)
{
	return frame_get(m, 1);
}

static bool get_writable(mfn_t m)
{
	return frame_get_writable(m, 1);
}

static bool try_get(mfn_t m)
{
	return frame_try_get(m, 1);
}

static bool try_get_writable(mfn_t m)
{
	return frame_try_get_writable(m, 1);
}

static const struct {
	bool (*attempt)(mfn_t m);
	bool (*general)(mfn_t m);
} ways[] = {
	{ try_get, get }, { try_get_writable, get_writable },
	{ frame_try_put, put }, { try_put_writable, put_writable },
};

/*
 * What the short way grants the general one grants, with the same result; else
 * the word stays.  (In general more is granted, but not the other way round.)
 */
START_TEST(references_agree)
{
	mfn_t m = fake_give(d1);
	u64 *word = &mfn_frame(m)->word, kept = *word, w, result;
	unsigned int granted = 0;

	for (unsigned int n = 0; n < WORDS; n++) {
		w = nth_word(n);
		/* No such word: references of a type need one. */
		if (frame_word_types(w) && frame_word_type(w) == FT_NONE)
			continue;
		*word = w;
		if (!ways[_i].attempt(m)) {
			if (*word != w)
				ck_abort_msg("%#lx became %#lx", w, *word);
			continue;
		}
		granted++;
		result = *word;
		*word = w;
		if (!ways[_i].general(m) || *word != result)
			ck_abort_msg("%#lx became %#lx, then %#lx", w, result,
				     *word);
	}
	*word = kept;
	ck_assert_uint_gt(granted, 10);
	ck_assert_uint_lt(granted, WORDS);
}
END_TEST

START_TEST(no_frame_no_reference)
{
	ck_assert(!frame_try_get(MFN(frame_count), 1));
	ck_assert(!frame_try_get_writable(MFN(frame_count), 1));
	ck_assert(!frame_try_get(MFN(~0UL), 1));
	ck_assert(!frame_try_get_writable(MFN(~0UL), 1));
}
END_TEST

/* ---- entries, the short way ---------------------------------------------- */

/* A running guest: VA 0 is entry 0 of @l1, and what entries may name. */
struct guest {
	struct domain *d;
	mfn_t l1, data, other, former, table, foreign;
};

enum way { VA_SHORT, LIST_SHORT, VA_GENERAL, LIST_GENERAL, WAYS };

/* _i: an ordinary guest, a 32-bit one, dom0. */
static struct guest make_guest(unsigned int kind)
{
	struct guest g = { .d = fake_domains[kind == 2 ? 0 : 1] };
	mfn_t upper[3];

	fake_run(g.d->id);
	g.foreign = fake_give(fake_domains[2]);
	g.other = fake_give(g.d);
	g.former = fake_give(g.d);
	g.table = fake_give(g.d);
	if (kind == 1) {
		struct tree32 t;

		g.d->pv.is_32bit = true;
		t = fake_make_tree32(g.d);
		ck_assert_int_eq(pv_set_cr3(g.d->vcpus[0], t.l3, INVALID_MFN),
				 0);
		g.l1 = t.l1;
		g.data = t.data;
	} else {
		g.data = fake_give(g.d);
		g.l1 = fake_give(g.d);
		fake_table(g.l1)[0] = pte_make(g.data, RW_KERNEL);
		for (unsigned int i = 0; i < 3; i++) {
			upper[i] = fake_give(g.d);
			fake_table(upper[i])[0] =
				pte_make(i ? upper[i - 1] : g.l1, TABLE);
		}
		ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, upper[2].v, SELF), 0);
	}
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, g.table.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, g.former.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, g.former.v, SELF), 0);
	return g;
}

static const u64 some_bits[] = {
	RW_KERNEL, RO_KERNEL, RW_KERNEL | PTE_U, RO_KERNEL | PTE_U | PTE_NX,
	PTE_P | PTE_RW | PTE_G, PTE_P | PTE_U | PTE_GUEST_KERNEL,
	RW_KERNEL | PTE_PCD, RW_KERNEL | PTE_PAT, RO_KERNEL | PTE_PWT | PTE_PCD,
	RO_KERNEL | BIT(62), RW_KERNEL | PTE_AVAIL | BIT(61), PTE_RW, 0
};
#define FRAMES	9
#define VALUES	(FRAMES * ARRAY_SIZE(some_bits))

static u64 nth_value(const struct guest *g, unsigned int n)
{
	const mfn_t frames[FRAMES] = {
		g->data, g->other, g->former, g->table, g->l1, g->foreign,
		MFN(FAKE_FRAMES + 2), MFN(0x1000000), MFN(FAKE_FRAMES - 1)
	};

	return pte_make(frames[n % FRAMES], some_bits[n / FRAMES]);
}

static long change(const struct guest *g, enum way way, u64 val)
{
	switch (way) {
	case VA_SHORT:
		return pv_update_va_mapping(0, val, 0, SELF);
	case LIST_SHORT:
		return update(g->l1, 0, val, SELF);
	case VA_GENERAL:
		return pv_update_va_mapping(0, val, 0, g->d->id);
	default:
		return update(g->l1, 0, val, g->d->id);
	}
}

struct outcome {
	long first, second;
	u64 entry;
	struct frame frames[FAKE_FRAMES];
};

/* One entry, then another in its place; everything that can be seen of it. */
static void try_pair(unsigned int kind, enum way way, unsigned int a,
		     unsigned int b, struct outcome *o)
{
	struct guest g;

	fake_pv_finish();
	setup();
	g = make_guest(kind);
	o->first = change(&g, way, nth_value(&g, a));
	o->second = change(&g, way, nth_value(&g, b));
	o->entry = fake_table(g.l1)[0];
	memcpy(o->frames, frame_table, sizeof(o->frames));
}

START_TEST(entries_agree)
{
	static struct outcome o[WAYS];
	unsigned int done = 0;

	/* Every value in the place of about every seventh. */
	for (unsigned int n = 0; n < VALUES * VALUES; n += 7) {
		unsigned int a = n / VALUES, b = n % VALUES;

		for (enum way w = VA_SHORT; w < WAYS; w++) {
			try_pair(_i, w, a, b, &o[w]);
			if (memcmp(&o[w], &o[0], sizeof(o[0])))
				ck_abort_msg("values %u, %u: way %u differs",
					     a, b, w);
		}
		done += !o[0].first + !o[0].second;
		if (n % 11 == 0)
			ck_assert_uint_eq(fake_check(), 0);
	}
	ck_assert_uint_gt(done, VALUES * VALUES / 7 / 2);
}
END_TEST

/* What shall go the short way goes it; what must not leaves no trace. */
START_TEST(who_goes_the_short_way)
{
	struct guest g = make_guest(_i);
	u64 *slot = fake_table(g.l1);
	u64 common[] = {
		pte_make(g.data, RW_KERNEL), pte_make(g.data, RO_KERNEL),
		pte_make(g.other, RW_KERNEL | PTE_U), 0,
		pte_make(g.other, RO_KERNEL), pte_make(g.table, RO_KERNEL),
		pte_make(g.l1, RO_KERNEL | PTE_NX), 0xdeadbeee,
		pte_make(g.data, RW_KERNEL), pte_make(g.data, RW_KERNEL)
	};
	u64 special[] = {
		pte_make(g.l1, RW_KERNEL), pte_make(g.table, RW_KERNEL),
		pte_make(g.former, RW_KERNEL), pte_make(g.foreign, RO_KERNEL),
		pte_make(MFN(FAKE_FRAMES + 2), RW_KERNEL),
		pte_make(MFN(0x1000000), RW_KERNEL),
		pte_make(g.data, RW_KERNEL | PTE_PCD),
		pte_make(g.data, RW_KERNEL | BIT(62)),
	};
	static struct frame before[FAKE_FRAMES];
	u64 old;

	for (unsigned int i = 0; i < ARRAY_SIZE(common); i++) {
		ck_assert_msg(leaf_try_set(g.d, slot, common[i]), "%u", i);
		ck_assert_uint_eq(*slot, common[i] & PTE_P ?
				  leaf_complete(g.d, common[i]) : common[i]);
		ck_assert_uint_eq(fake_check(), 0);
	}
	old = *slot;
	memcpy(before, frame_table, sizeof(before));
	for (unsigned int i = 0; i < ARRAY_SIZE(special); i++) {
		ck_assert_msg(!leaf_try_set(g.d, slot, special[i]), "%u", i);
		ck_assert_uint_eq(*slot, old);
		ck_assert(!memcmp(before, frame_table, sizeof(before)));
	}
}
END_TEST

/* A device's entry holds nothing: it must not pass for one of RAM. */
START_TEST(devices_hold_nothing)
{
	struct guest g = make_guest(2);
	u64 io = pte_make(MFN(FAKE_FRAMES + 2), RW_KERNEL);
	u64 *slot = fake_table(g.l1);

	for (unsigned int i = 0; i < 8; i++) {
		u64 cache = (i & 4 ? PTE_PAT : 0) | (i & 2 ? PTE_PCD : 0) |
			    (i & 1 ? PTE_PWT : 0);

		ck_assert_int_eq(change(&g, VA_SHORT, io | cache), 0);
		ck_assert(!leaf_is_ram(*slot));
		ck_assert_int_eq(change(&g, VA_SHORT,
					pte_make(g.data, RW_KERNEL)), 0);
		ck_assert_uint_eq(fake_check(), 0);
	}
}
END_TEST

START_TEST(a_dying_domain_changes_nothing)
{
	struct guest g = make_guest(_i);
	u64 old = *fake_table(g.l1);

	g.d->dying = DYING_YES;
	for (enum way w = VA_SHORT; w < WAYS; w++)
		ck_assert_int_eq(change(&g, w, 0), w == VA_SHORT ||
				 w == VA_GENERAL ? -EINVAL : -ESRCH);
	g.d->dying = DYING_NO;
	ck_assert_uint_eq(*fake_table(g.l1), old);
}
END_TEST

/* ---- lists --------------------------------------------------------------- */

#define LIST	40

/*
 * A list whose entry @odd is not of the short kind, or is refused: it and all
 * others are done in their order, or all before it are.
 */
static void check_list(struct guest *g, unsigned int odd, u64 ptr, u64 val,
		       bool refused)
{
	struct mmu_update u[LIST];
	u64 at = g->l1.v << PAGE_SHIFT;
	u32 done = 99;
	u64 pte = pte_make(g->other, RO_KERNEL | PTE_U | PTE_G);

	for (unsigned int i = 0; i < LIST; i++)
		u[i] = (struct mmu_update){ at + (8 + i) * 8, pte };
	u[odd] = (struct mmu_update){ ptr, val };
	ck_assert_int_eq(update_list(u, LIST, &done, SELF),
			 refused ? -EINVAL : 0);
	ck_assert_uint_eq(done, refused ? odd : LIST);
	for (unsigned int i = 0; i < LIST; i++) {
		if (i != odd)
			ck_assert_uint_eq(fake_table(g->l1)[8 + i],
					  refused && i > odd ? 0 : pte);
		fake_table(g->l1)[8 + odd] = 0;
	}
	ck_assert_uint_eq(fake_check(), 0);
	for (unsigned int i = 0; i < LIST; i++)
		ck_assert_int_eq(update(g->l1, 8 + i, 0, SELF), 0);
}

START_TEST(lists_of_two_kinds)
{
	struct guest g = make_guest(0);
	mfn_t plain = fake_give(g.d);
	u64 p = plain.v << PAGE_SHIFT, at = g.table.v << PAGE_SHIFT;

	for (unsigned int i = 0; i < LIST; i += 3) {
		fake_preempt_percent = i % 2 * 30;
		check_list(&g, i, p + 8, 0x12345, false);
		ck_assert_uint_eq(fake_table(plain)[1], 0x12345);
		check_list(&g, i, p | MMU_MACHPHYS_UPDATE, i, false);
		ck_assert_uint_eq(m2p_get(plain), i);
		check_list(&g, i, at, pte_make(g.data, RO_KERNEL), false);
		check_list(&g, i, at, pte_make(g.l1, RW_KERNEL | BIT(62)),
			   true);
		check_list(&g, i, g.foreign.v << PAGE_SHIFT, 0, true);
	}
}
END_TEST

/*
 * A table that the list itself ends is looked at anew: what comes after that
 * for its entries are plain stores.
 */
START_TEST(list_that_ends_a_table)
{
	struct guest g = make_guest(0);
	mfn_t l1 = fake_give(d1), l2 = fake_give(d1);
	u64 pte = pte_make(g.data, RW_KERNEL);
	u64 at1 = l1.v << PAGE_SHIFT, at2 = l2.v << PAGE_SHIFT;
	struct mmu_update u[] = {
		{ at1, pte }, { at1 + 8, pte }, { at2, 0 }, { at1, pte },
		{ at1 + 16, pte },
	};

	fake_table(l2)[0] = pte_make(l1, TABLE);
	ck_assert_int_eq(ext(MMUEXT_PIN_L2_TABLE, l2.v, SELF), 0);
	ck_assert_int_eq(update_list(u, ARRAY_SIZE(u), NULL, SELF), 0);
	ck_assert_int_eq(type_of(l1), FT_NONE);
	/* No mark of ours: nobody validated these. */
	ck_assert_uint_eq(fake_table(l1)[0], pte);
	ck_assert_uint_eq(fake_table(l1)[1], leaf_complete(d1, pte));
	ck_assert_uint_eq(fake_table(l1)[2], pte);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_mmu_entry");
	TCase *c = tcase_create("tables that end");
	TCase *w = tcase_create("short ways"), *l = tcase_create("lists");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, entry_that_ends_its_own_table);
	tcase_add_test(c, store_that_ends_its_own_table);
	tcase_add_test(c, table_entry_that_ends_its_own_table);
	tcase_add_checked_fixture(w, setup, teardown);
	tcase_add_loop_test(w, references_agree, 0, (int)ARRAY_SIZE(ways));
	tcase_add_test(w, no_frame_no_reference);
	tcase_add_loop_test(w, entries_agree, 0, 3);
	tcase_add_loop_test(w, who_goes_the_short_way, 0, 3);
	tcase_add_test(w, devices_hold_nothing);
	tcase_add_loop_test(w, a_dying_domain_changes_nothing, 0, 3);
	tcase_set_timeout(w, 120);
	tcase_add_checked_fixture(l, setup, teardown);
	tcase_add_test(l, lists_of_two_kinds);
	tcase_add_test(l, list_that_ends_a_table);
	suite_add_tcase(s, w);
	suite_add_tcase(s, l);
	suite_add_tcase(s, c);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
