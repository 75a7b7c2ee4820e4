/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that the image has at hand: how it is shared out, and what goes by it. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "blkback/runs.h"
#include "blk_front.h"

/* The image's own memory is used while it lasts, and all of it comes back. */
START_TEST(fixed_memory_first)
{
	struct blk_front f;

	blk_front_init(&f, "x86_64-abi", 16, true, 4);
	for (uint32_t round = 1; round <= 3; round++) {
		f.disk->hold = true;
		for (uint64_t id = 0; id < 6; id++)
			blk_front_page(&f, BLKIF_OP_WRITE, round * 10 + id,
				       id * 8, id);
		/* Told of four, the disk could be done with them. */
		blk_front_round(&f);
		ck_assert_uint_eq(f.disk->submitted, 4);
		/* It is not: the others take another way. */
		blk_front_round(&f);
		ck_assert_uint_eq(f.disk->submitted, 6);
		f.disk->hold = false;
		blk_front_run(&f);
		ck_assert_uint_eq(f.disk->transfers, round * 6);
		ck_assert_uint_eq(f.disk->fixed_transfers, round * 4);
	}
	for (uint64_t id = 0; id < 6; id++)
		ck_assert_mem_eq(f.disk->data + id * 4096, f.grants.pages[id],
				 4096);
	blk_front_free(&f);
}
END_TEST

/* A disk that is done at once gives its memory back: nothing goes without. */
START_TEST(fixed_memory_of_a_quick_disk)
{
	struct blk_front f;

	blk_front_init(&f, "x86_64-abi", 16, true, 4);
	for (uint64_t id = 0; id < 30; id++)
		blk_front_page(&f, BLKIF_OP_READ, id, id * 8, id);
	blk_front_run(&f);
	ck_assert_uint_eq(f.disk->transfers, 30);
	ck_assert_uint_eq(f.disk->fixed_transfers, 30);
	blk_front_free(&f);
}
END_TEST

/* A write is what the guest's page held when it was taken, not later. */
START_TEST(fixed_memory_is_a_copy)
{
	struct blk_front f;

	blk_front_init(&f, "x86_64-abi", 1, true, 4);
	f.disk->hold = true;
	memset(f.grants.pages[3], 1, GRANTS_PAGE);
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 3);
	blk_front_round(&f);
	memset(f.grants.pages[3], 2, GRANTS_PAGE);
	f.disk->hold = false;
	blk_front_run(&f);
	ck_assert_uint_eq(f.disk->data[4095], 1);
	blk_front_free(&f);
}
END_TEST

enum { PAGES = 64, RUNS = 40, STEPS = 20000 };

struct run {
	uint8_t *at;
	size_t bytes;
};

static void run_drop(struct runs *runs, struct run *run)
{
	size_t same = 0;

	while (same < run->bytes && run->at[same] == run->at[0])
		same++;
	ck_assert_uint_eq(same, run->bytes);
	runs_put(runs, run->at, run->bytes);
	run->at = NULL;
}

/* Runs at random: none overlaps another, and in the end all is free again. */
START_TEST(runs_do_not_overlap)
{
	uint8_t *memory = aligned_alloc(GRANTS_PAGE, PAGES * GRANTS_PAGE);
	struct runs *runs = runs_new(memory, PAGES * GRANTS_PAGE);
	struct run list[RUNS] = { { NULL, 0 } };
	uint32_t given = 0, refused = 0;

	srand(1);
	for (int step = 0; step < STEPS; step++) {
		struct run *run = &list[rand() % RUNS];

		if (run->at) {
			run_drop(runs, run);
			continue;
		}
		run->bytes = 1 + rand() % (5 * GRANTS_PAGE);
		run->at = runs_get(runs, run->bytes);
		refused += !run->at;
		if (!run->at)
			continue;
		given++;
		ck_assert_uint_eq((run->at - memory) % GRANTS_PAGE, 0);
		ck_assert(run->at + run->bytes <= memory + PAGES * GRANTS_PAGE);
		memset(run->at, step, run->bytes);
	}
	ck_assert_uint_gt(given, 1000);
	ck_assert_uint_gt(refused, 100);
	for (int i = 0; i < RUNS; i++)
		if (list[i].at)
			run_drop(runs, &list[i]);
	ck_assert_ptr_eq(runs_get(runs, PAGES * GRANTS_PAGE), memory);
	ck_assert_ptr_null(runs_get(runs, 1));
	runs_free(runs);
	free(memory);
}
END_TEST

START_TEST(no_memory_gives_no_runs)
{
	struct runs *runs = runs_new(NULL, 0);

	ck_assert_ptr_null(runs_get(runs, 512));
	runs_free(runs);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blk_fixed");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, fixed_memory_first);
	tcase_add_test(t, fixed_memory_of_a_quick_disk);
	tcase_add_test(t, fixed_memory_is_a_copy);
	tcase_add_test(t, runs_do_not_overlap);
	tcase_add_test(t, no_memory_gives_no_runs);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
