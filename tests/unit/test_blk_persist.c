/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of pages that stay mapped: what it keeps, what it lets go. */
#include <check.h>
#include "blkback/persist.h"
#include "fake_grants.h"

enum { CAP = 16, STALE = 8 * CAP };

static struct grants grants;
static struct persist *table;

static void begin(void)
{
	fake_grants_init(&grants);
	table = persist_new(&grants, CAP);
	ck_assert_ptr_nonnull(table);
}

static void end(void)
{
	persist_free(table);
	fake_grants_free(&grants);
}

static struct persist_page *get(uint32_t ref)
{
	struct persist_page *page = persist_get(table, ref);

	if (page)
		ck_assert_ptr_eq(page->address, grants.pages[ref]);
	return page;
}

/* Used for a moment; false: not mapped. */
static bool use(uint32_t ref)
{
	struct persist_page *page = get(ref);

	if (page)
		persist_put(page);
	return page != NULL;
}

static void fill(uint32_t first)
{
	for (uint32_t i = 0; i < CAP; i++)
		ck_assert(use(first + i));
}

START_TEST(mapped_once)
{
	struct persist_page *a, *b;

	begin();
	a = get(5);
	b = get(5);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_eq(a, b);
	ck_assert_uint_eq(grants.maps, 1);
	persist_put(a);
	persist_put(b);
	ck_assert(use(5));
	ck_assert_uint_eq(grants.maps, 1);
	end();
}
END_TEST

START_TEST(surplus_is_not_mapped)
{
	begin();
	fill(0);
	/* Round and round through more than there is room for. */
	for (uint32_t i = 0; i < STALE / 2; i++)
		use(i % (CAP + 1));
	ck_assert_uint_eq(grants.maps, CAP);
	ck_assert_uint_eq(fake_grants_mapped(&grants), CAP);
	ck_assert(!use(CAP));
	end();
}
END_TEST

/* What has not been used for long gives its place, however often 0 is used. */
START_TEST(stale_ones_go)
{
	begin();
	fill(0);
	for (uint32_t i = 0; i < STALE + CAP; i++)
		ck_assert(use(0));
	for (uint32_t i = 1; i < CAP; i++)
		ck_assert(use(100 + i));
	ck_assert_uint_eq(grants.maps, 2 * CAP - 1);
	ck_assert_uint_eq(fake_grants_mapped(&grants), CAP);
	ck_assert_uint_eq(grants.mapped[0], 1);
	ck_assert_uint_eq(grants.mapped[1], 0);
	end();
}
END_TEST

START_TEST(used_ones_stay)
{
	struct persist_page *held[CAP];

	begin();
	for (uint32_t i = 0; i < CAP; i++)
		held[i] = get(i);
	for (uint32_t i = 0; i < 2 * STALE; i++)
		ck_assert(!use(100));
	ck_assert_uint_eq(fake_grants_mapped(&grants), CAP);
	/* A few are looked at each time: it is found soon. */
	persist_put(held[9]);
	ck_assert(use(100) || use(100) || use(100));
	ck_assert_uint_eq(grants.mapped[9], 0);
	for (uint32_t i = 0; i < CAP; i++)
		if (i != 9)
			persist_put(held[i]);
	end();
}
END_TEST

START_TEST(what_cannot_be_mapped)
{
	begin();
	grants.granted[3] = false;
	grants.readonly[4] = true;
	ck_assert(!use(3));
	ck_assert(!use(4));
	grants.granted[3] = true;
	ck_assert(use(3));
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("persist");
	TCase *t = tcase_create("pages");
	SRunner *r;
	int failed;

	tcase_add_test(t, mapped_once);
	tcase_add_test(t, surplus_is_not_mapped);
	tcase_add_test(t, stale_ones_go);
	tcase_add_test(t, used_ones_stay);
	tcase_add_test(t, what_cannot_be_mapped);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
