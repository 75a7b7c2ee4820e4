/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies by grant references, on both sides where the kernel can: which
 * operations the kernel is given, and whose status they become.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xengnttab.h>
#include <xentoollog.h>
#include <xen/grant_table.h>
#include "common/grants.h"

enum { GUEST = 7, PAGES = 4, FIRST_REF = 100, SEGMENTS = 1024, CALLS = 16 };

static bool can_share;
static uint8_t *shared;
static uint32_t opened;
static xengnttab_grant_copy_segment_t seen[SEGMENTS];
static uint32_t nr_seen, calls[CALLS], nr_calls;
static int bad = -1;		/* the segment that fails */
static bool call_fails;

/* ---- libxengnttab ----------------------------------------------------------- */

static char handle;

xentoollog_logger_stdiostream *xtl_createlogger_stdiostream(
	FILE *f, xentoollog_level level, unsigned int flags)
{
	(void)f;
	(void)level;
	(void)flags;
	return NULL;
}

xengnttab_handle *xengnttab_open(xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	opened++;
	return (xengnttab_handle *)&handle;
}

int xengnttab_close(xengnttab_handle *g)
{
	ck_assert_ptr_eq(g, &handle);
	opened--;
	return 0;
}

void *xengnttab_map_domain_grant_refs(xengnttab_handle *g, uint32_t count,
				      uint32_t domid, uint32_t *refs, int prot)
{
	(void)g;
	(void)count;
	(void)domid;
	(void)refs;
	(void)prot;
	return NULL;
}

int xengnttab_unmap(xengnttab_handle *g, void *start, uint32_t count)
{
	(void)g;
	(void)start;
	(void)count;
	return -1;
}

int xengnttab_grant_copy(xengnttab_handle *g, uint32_t count,
			 xengnttab_grant_copy_segment_t *segments)
{
	ck_assert_ptr_eq(g, &handle);
	ck_assert_uint_le(nr_seen + count, SEGMENTS);
	ck_assert_uint_lt(nr_calls, CALLS);
	calls[nr_calls++] = count;
	for (uint32_t i = 0; i < count; i++, nr_seen++) {
		segments[i].status = (int)nr_seen == bad ? GNTST_bad_gntref :
				     GNTST_okay;
		seen[nr_seen] = segments[i];
	}
	return call_fails ? -1 : 0;
}

xengntshr_handle *xengntshr_open(xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	opened++;
	return (xengntshr_handle *)&handle;
}

int xengntshr_close(xengntshr_handle *g)
{
	ck_assert_ptr_eq(g, &handle);
	opened--;
	return 0;
}

void *xengntshr_share_pages(xengntshr_handle *g, uint32_t domid, int count,
			    uint32_t *refs, int writable)
{
	ck_assert_ptr_eq(g, &handle);
	ck_assert_uint_eq(domid, 0);
	ck_assert_int_eq(writable, 1);
	if (!can_share) {
		errno = ENOSPC;
		return NULL;
	}
	/* Not in order: each page is named by its own. */
	for (int i = 0; i < count; i++)
		refs[i] = FIRST_REF + (i ^ 1);
	shared = aligned_alloc(GRANTS_PAGE, (size_t)count * GRANTS_PAGE);
	return shared;
}

int xengntshr_unshare(xengntshr_handle *g, void *start, uint32_t count)
{
	ck_assert_ptr_eq(g, &handle);
	ck_assert_ptr_eq(start, shared);
	ck_assert_uint_eq(count, PAGES);
	free(shared);
	shared = NULL;
	return 0;
}

/* ---- The tests --------------------------------------------------------------- */

static uint8_t *pool;

static struct grants *begin(bool sharing)
{
	struct grants *g = grants_open(GUEST);

	can_share = sharing;
	ck_assert_ptr_nonnull(g);
	pool = grants_alloc(g, PAGES);
	ck_assert_ptr_nonnull(pool);
	ck_assert_int_eq(pool == shared, sharing);
	return g;
}

static void end(struct grants *g)
{
	grants_close(g);
	ck_assert_uint_eq(opened, 0);
	ck_assert_ptr_null(shared);
}

static void is_foreign(const union xengnttab_copy_ptr *p, uint32_t domid,
		       uint32_t ref, uint32_t offset)
{
	ck_assert_uint_eq(p->foreign.domid, domid);
	ck_assert_uint_eq(p->foreign.ref, ref);
	ck_assert_uint_eq(p->foreign.offset, offset);
}

START_TEST(both_sides_by_reference)
{
	struct grants *g = begin(true);
	struct grant_copy copies[] = {
		{ .local = pool + 16, .ref = 5, .offset = 32, .len = 64 },
		{ .local = pool + 3 * GRANTS_PAGE, .ref = 6, .len = GRANTS_PAGE,
		  .to_guest = true },
	};

	ck_assert_int_eq(grants_copy(g, copies, 2), 0);
	ck_assert_uint_eq(nr_seen, 2);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(seen[i].flags,
				 GNTCOPY_source_gref | GNTCOPY_dest_gref);
	is_foreign(&seen[0].source, GUEST, 5, 32);
	is_foreign(&seen[0].dest, 0, FIRST_REF + 1, 16);
	ck_assert_uint_eq(seen[0].len, 64);
	is_foreign(&seen[1].source, 0, FIRST_REF + 2, 0);
	is_foreign(&seen[1].dest, GUEST, 6, 0);
	ck_assert_uint_eq(seen[1].len, GRANTS_PAGE);
	ck_assert_int_eq(copies[0].status, 0);
	ck_assert_int_eq(copies[1].status, 0);
	end(g);
}
END_TEST

/* A piece that crosses pages of ours is one operation for each of them. */
START_TEST(crossing_is_split)
{
	struct grants *g = begin(true);
	struct grant_copy copies[] = {
		{ .local = pool + 2 * GRANTS_PAGE - 100, .ref = 5,
		  .offset = 1000, .len = 300 },
		{ .local = pool, .ref = 6, .len = 1 },
	};

	bad = 1;
	ck_assert_int_eq(grants_copy(g, copies, 2), 0);
	ck_assert_uint_eq(nr_seen, 3);
	is_foreign(&seen[0].source, GUEST, 5, 1000);
	is_foreign(&seen[0].dest, 0, FIRST_REF, GRANTS_PAGE - 100);
	ck_assert_uint_eq(seen[0].len, 100);
	is_foreign(&seen[1].source, GUEST, 5, 1100);
	is_foreign(&seen[1].dest, 0, FIRST_REF + 3, 0);
	ck_assert_uint_eq(seen[1].len, 200);
	ck_assert_int_eq(copies[0].status, -1);
	ck_assert_int_eq(copies[1].status, 0);
	end(g);
}
END_TEST

static void by_address(struct grants *g, uint8_t *local)
{
	struct grant_copy copy = {
		.local = local, .ref = 9, .offset = 8, .len = 200,
		.to_guest = true,
	};

	nr_seen = 0;
	ck_assert_int_eq(grants_copy(g, &copy, 1), 0);
	ck_assert_uint_eq(nr_seen, 1);
	ck_assert_int_eq(seen[0].flags, GNTCOPY_dest_gref);
	ck_assert_ptr_eq(seen[0].source.virt, local);
	is_foreign(&seen[0].dest, GUEST, 9, 8);
	ck_assert_uint_eq(seen[0].len, 200);
}

START_TEST(without_gntalloc)
{
	struct grants *g = begin(false);

	by_address(g, pool + GRANTS_PAGE - 100);
	end(g);
}
END_TEST

START_TEST(memory_outside_the_pool)
{
	struct grants *g = begin(true);
	uint8_t *other = malloc(200);

	by_address(g, other);
	free(other);
	end(g);
}
END_TEST

/* More than the kernel is given at once: each has its own status. */
START_TEST(long_batches)
{
	enum { COUNT = 600 };
	static struct grant_copy copies[COUNT];
	struct grants *g = begin(true);

	for (int i = 0; i < COUNT; i++)
		copies[i] = (struct grant_copy){
			.local = pool, .ref = i, .len = 8, .status = 5,
		};
	bad = 300;
	ck_assert_int_eq(grants_copy(g, copies, COUNT), 0);
	ck_assert_uint_eq(nr_seen, COUNT);
	ck_assert_uint_eq(nr_calls, 3);
	ck_assert_uint_eq(calls[0], 256);
	ck_assert_uint_eq(calls[2], COUNT - 512);
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(copies[i].status, i == bad ? -1 : 0);
		ck_assert_uint_eq(seen[i].source.foreign.ref, i);
	}
	end(g);
}
END_TEST

START_TEST(a_call_that_fails)
{
	struct grants *g = begin(true);
	struct grant_copy copy = { .local = pool, .len = 1 };

	call_fails = true;
	ck_assert_int_eq(grants_copy(g, &copy, 1), -1);
	/* Nothing of it is left for the next. */
	call_fails = false;
	nr_seen = 0;
	ck_assert_int_eq(grants_copy(g, &copy, 1), 0);
	ck_assert_uint_eq(nr_seen, 1);
	end(g);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("grants");
	TCase *t = tcase_create("copies");
	SRunner *r;
	int failed;

	tcase_add_test(t, both_sides_by_reference);
	tcase_add_test(t, crossing_is_split);
	tcase_add_test(t, without_gntalloc);
	tcase_add_test(t, memory_outside_the_pool);
	tcase_add_test(t, long_batches);
	tcase_add_test(t, a_call_that_fails);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
