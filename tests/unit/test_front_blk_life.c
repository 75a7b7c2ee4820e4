/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk's life: connecting, refusing, losing, resuming, closing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <xen/io/blkif.h>
#include "blkfront.h"
#include "front_blk_peer.h"

static struct front_fake fake;
static struct blk_peer peer;
static struct blkfront disk;
static struct peer_features rich = PEER_RICH;
static char data[64 * 4096], back[64 * 4096];
static unsigned int changes;

static void changed(void *arg)
{
	ck_assert_ptr_eq(arg, &disk);
	changes++;
}

static const struct blkfront_config watched = { 1, 32, 64, true, changed,
						&disk };

static void setup(void)
{
	changes = 0;
	front_fake_init(&fake);
	blk_peer_init(&peer, &fake, &rich);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)fake_random();
}

static void teardown(void)
{
	blk_peer_free(&peer);
	front_fake_free(&fake);
}

static int open_disk(void)
{
	return blkfront_open(&disk, &fake.os, PEER_FRONT, &watched,
			     1000000000);
}

static void rounds(unsigned int n)
{
	while (n--) {
		fake_store_run(&fake);
		blk_peer_step(&fake);
		fake_deliver(&fake);
		xenbus_poll(&fake.xenbus);
	}
}

/* ---- Requests under way ------------------------------------------------- */

enum { UNDER_WAY = 60 };

static struct blkfront_request requests[UNDER_WAY];
static struct blkfront_buffer buffers[UNDER_WAY];
static int statuses[UNDER_WAY];
static unsigned int ended;

static void done(struct blkfront_request *r, int status)
{
	fake_check(statuses[r - requests] == 1);
	statuses[r - requests] = status;
	ended++;
}

/* Half of it writes `data`, the other half reads into `back`. */
static void submit_all(void)
{
	ended = 0;
	for (int i = 0; i < UNDER_WAY; i++) {
		bool write = i < UNDER_WAY / 2;

		buffers[i].address = (write ? data : back) + i * 4096;
		buffers[i].bytes = 4096;
		requests[i] = (struct blkfront_request){
			.op = write ? BLKFRONT_WRITE : BLKFRONT_READ,
			.sector = (uint64_t)i * 8, .sectors = 8,
			.buffers = &buffers[i], .nr_buffers = 1, .done = done,
		};
		statuses[i] = 1;
		ck_assert_int_eq(blkfront_submit(&disk, &requests[i]), 0);
	}
}

static void check_all(int status)
{
	ck_assert_uint_eq(ended, UNDER_WAY);
	for (int i = 0; i < UNDER_WAY; i++)
		ck_assert_int_eq(statuses[i], status);
	if (status)
		return;
	ck_assert_mem_eq(peer.disk, data, UNDER_WAY / 2 * 4096);
	ck_assert_mem_eq(peer.disk + UNDER_WAY / 2 * 4096,
			 back + UNDER_WAY / 2 * 4096, UNDER_WAY / 2 * 4096);
}

/* ---- Opening ------------------------------------------------------------ */

START_TEST(no_device)
{
	ck_assert_int_eq(blkfront_open(&disk, &fake.os, "device/vbd/1", NULL,
				       0), -XEN_ENOENT);
}
END_TEST

START_TEST(bad_configurations)
{
	static const struct blkfront_config configs[] = {
		{ 5, 11, 64, true, NULL, NULL },
		{ 0, 0, 64, true, NULL, NULL },
		{ 0, 257, 64, true, NULL, NULL },
		{ 0, 11, 1, true, NULL, NULL },
		{ 0, 11, 4097, true, NULL, NULL },
	};

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(blkfront_open(&disk, &fake.os, PEER_FRONT,
					       &configs[i], 0), -XEN_EINVAL);
}
END_TEST

/* Every allocation fails once; nothing is left behind. */
START_TEST(out_of_memory)
{
	unsigned int pages;

	for (pages = 0; pages < FAKE_PAGES; pages++) {
		fake.pages_left = pages;
		if (!open_disk())
			break;
		ck_assert_uint_eq(fake.nr_pages, 0);
		ck_assert_uint_eq(fake.pages_left, pages);
	}
	ck_assert_uint_gt(pages, 64);
	ck_assert_uint_lt(pages, 80);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

START_TEST(out_of_grants)
{
	uint32_t kept = fake.grants.nr_free;

	for (uint32_t left = 0; left < 66; left++) {
		fake.grants.nr_free = left;
		while (grant_take(&fake.grants) != GRANT_NONE)
			;
		grant_init(&fake.grants, fake.entries, fake.next,
			   GNTTAB_NR_RESERVED_ENTRIES + left);
		ck_assert_int_eq(open_disk(), -XEN_ENOSPC);
		ck_assert_uint_eq(fake.grants.nr_free, left);
	}
	grant_init(&fake.grants, fake.entries, fake.next, FAKE_REFS);
	ck_assert_uint_eq(fake.grants.nr_free, kept);
}
END_TEST

static void silent(struct front_fake *f)
{
	(void)f;
}

START_TEST(no_backend)
{
	/* It does not even wait for us. */
	fake.peer = silent;
	fake_set(&fake, "1", PEER_BACK "/state");
	ck_assert_int_eq(open_disk(), -XEN_ETIMEDOUT);
	/* It waits, but does not connect. */
	fake_set(&fake, "2", PEER_BACK "/state");
	ck_assert_int_eq(open_disk(), -XEN_ETIMEDOUT);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/state"),
			 XenbusStateClosed);
	ck_assert_uint_eq(fake.store.nr_watches, 0);
}
END_TEST

static void refusing(struct front_fake *f)
{
	if (fake_number(f, PEER_FRONT "/state") == XenbusStateInitialised)
		fake_set(f, "6", PEER_BACK "/state");
}

START_TEST(backend_refuses)
{
	fake.peer = refusing;
	ck_assert_int_eq(open_disk(), -XEN_ENXIO);
}
END_TEST

START_TEST(sizes_of_nonsense)
{
	static const struct { long sectors, sector_size; int rc; } rows[] = {
		{ -1, 512, -XEN_EINVAL }, { 1L << 60, 512, -XEN_EINVAL },
		{ 100, 0, -XEN_EINVAL }, { 100, 513, -XEN_EINVAL },
		{ 100, 256, -XEN_EINVAL }, { 100, 8192, -XEN_EINVAL },
		{ 100, 1L << 41, 0 }, { 100, -1, 0 }, { 0, 512, 0 },
		{ 1L << 54, 4096, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		peer.features.sectors = rows[i].sectors;
		peer.features.sector_size = rows[i].sector_size;
		fake_set(&fake, NULL, PEER_BACK "/sectors");
		fake_set(&fake, NULL, PEER_BACK "/sector-size");
		ck_assert_msg(open_disk() == rows[i].rc, "row %zu", i);
		if (!rows[i].rc)
			ck_assert_int_eq(blkfront_close(&disk, 0), 0);
	}
}
END_TEST

/* A boot loader that left without a word; its nodes are still there. */
START_TEST(after_a_boot_loader)
{
	struct blkfront loader;

	ck_assert_int_eq(blkfront_open(&loader, &fake.os, PEER_FRONT, NULL,
				       0), 0);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/ring-page-order"),
			 2);
	peer.features.ring_order = -1;
	fake_set(&fake, NULL, PEER_BACK "/max-ring-page-order");
	fake_set(&fake, "4", PEER_FRONT "/multi-queue-num-queues");
	ck_assert_int_eq(open_disk(), 0);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/ring-page-order"),
			 -1);
	ck_assert_ptr_null(fake_get(&fake,
				    PEER_FRONT "/multi-queue-num-queues"));
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_WRITE, 0, 64,
					   data), 0);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
	/* A real one would just be gone. */
	ck_assert_int_eq(blkfront_close(&loader, 0), 0);
}
END_TEST

/* ---- Closing ------------------------------------------------------------ */

START_TEST(open_and_close)
{
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(open_disk(), 0);
		ck_assert(blkfront_usable(&disk));
		submit_all();
		/* Requests under way are finished first. */
		ck_assert_int_eq(blkfront_close(&disk, 0), 0);
		check_all(0);
		ck_assert(!blkfront_usable(&disk));
		ck_assert_int_eq(blkfront_submit(&disk, &requests[0]),
				 -XEN_ENXIO);
		ck_assert_int_eq(blkfront_close(&disk, 0), 0);
		ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/state"),
				 XenbusStateClosed);
		ck_assert_uint_eq(fake.nr_pages, 0);
	}
	ck_assert_uint_eq(changes, 0);
}
END_TEST

START_TEST(close_that_is_not_answered)
{
	ck_assert_int_eq(open_disk(), 0);
	submit_all();
	fake.peer = silent;
	/* The ring and pages are still mapped: not to be freed. */
	ck_assert_int_eq(blkfront_close(&disk, 100000), -XEN_EBUSY);
	check_all(-XEN_EIO);
	ck_assert_uint_gt(fake.nr_pages, 0);
	/* Clean up for the fixture. */
	for (uint32_t ref = 0; ref < FAKE_REFS; ref++)
		if (fake.entries[ref].flags)
			fake.entries[ref].flags = 0;
	fake.nr_pages = 0;
	grant_init(&fake.grants, fake.entries, fake.next, FAKE_REFS);
	free(fake.pages[0]);
}
END_TEST

/* ---- Losing ------------------------------------------------------------- */

START_TEST(taken_away)
{
	ck_assert_int_eq(open_disk(), 0);
	peer.per_round = 7;
	submit_all();
	fake_set(&fake, "5", PEER_BACK "/state");
	rounds(40);
	/* What was under way is finished. */
	check_all(0);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/state"),
			 XenbusStateClosed);
	ck_assert_uint_eq(changes, 1);
	ck_assert(!blkfront_usable(&disk));
	ck_assert_int_eq(blkfront_submit(&disk, &requests[0]), -XEN_EIO);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

START_TEST(backend_dies)
{
	ck_assert_int_eq(open_disk(), 0);
	peer.mute = true;
	submit_all();
	rounds(3);
	ck_assert_uint_eq(ended, 0);
	if (_i)
		fake_set(&fake, NULL, PEER_BACK);
	else
		fake_set(&fake, "6", PEER_BACK "/state");
	rounds(3);
	check_all(-XEN_EIO);
	ck_assert_uint_eq(changes, 1);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

static unsigned int until_death;

static void dying(struct front_fake *f)
{
	blk_peer_step(f);
	if (until_death && !--until_death)
		fake_set(f, "6", PEER_BACK "/state");
}

/* Somebody waits for a request, nobody looks after the store but it. */
START_TEST(backend_dies_under_a_waiter)
{
	ck_assert_int_eq(open_disk(), 0);
	peer.mute = true;
	until_death = 10;
	fake.peer = dying;
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0, 8, back),
			 -XEN_EIO);
	fake.peer = blk_peer_step;
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
	/* The same while it is being closed. */
	peer.mute = false;
	ck_assert_int_eq(open_disk(), 0);
	peer.mute = true;
	submit_all();
	until_death = 10;
	fake.peer = dying;
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
	check_all(-XEN_EIO);
}
END_TEST

START_TEST(another_size)
{
	ck_assert_int_eq(open_disk(), 0);
	fake_set(&fake, "10000", PEER_BACK "/sectors");
	fake_set(&fake, "4", PEER_BACK "/state");
	rounds(3);
	ck_assert_uint_eq(disk.info.sectors, 10000);
	ck_assert_uint_eq(changes, 1);
	/* Nonsense is left alone. */
	fake_set(&fake, "-1", PEER_BACK "/sectors");
	fake_set(&fake, "4", PEER_BACK "/state");
	rounds(3);
	ck_assert_uint_eq(disk.info.sectors, 10000);
	ck_assert_uint_eq(changes, 1);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

/* ---- Elsewhere ---------------------------------------------------------- */

static void move(void)
{
	peer.connected = false;
	front_fake_resume(&fake);
	blk_peer_restart(&peer);
}

START_TEST(resume)
{
	static const struct peer_features places[] = {
		PEER_RICH, PEER_PLAIN,
		{ PEER_SECTORS, 512, 0, -1, 1, -1, -1, 0, 16, 1 },
	};

	ck_assert_int_eq(open_disk(), 0);
	for (int i = 0; i < 30; i++) {
		/* Nothing of the last round may pass for this one's. */
		memset(back, 0, sizeof(back));
		for (size_t n = 0; n < sizeof(data); n += 512)
			memset(data + n, (int)fake_random(), 512);
		/* Taken, but not answered; some are not even issued. */
		peer.mute = true;
		submit_all();
		rounds(1);
		peer.mute = false;
		peer.per_round = 1 + fake_random() % 60;
		peer.lifo = i % 2;
		if (i % 3)
			rounds(1);
		peer.features = places[i % 3];
		move();
		/* Meanwhile nobody answers: requests are only queued. */
		ck_assert_int_eq(blkfront_resume(&disk, 0), 0);
		ck_assert_int_eq(disk.info.persistent,
				 places[i % 3].persistent == 1);
		rounds(80);
		check_all(0);
	}
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

START_TEST(resume_to_a_smaller_disk)
{
	ck_assert_int_eq(open_disk(), 0);
	peer.mute = true;
	submit_all();
	peer.mute = false;
	peer.features.sectors = 40;
	move();
	ck_assert_int_eq(blkfront_resume(&disk, 0), 0);
	rounds(10);
	ck_assert_uint_eq(ended, UNDER_WAY);
	for (int i = 0; i < UNDER_WAY; i++)
		ck_assert_int_eq(statuses[i], i < 5 ? 0 : -XEN_EIO);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

START_TEST(resume_to_nothing)
{
	ck_assert_int_eq(open_disk(), 0);
	peer.mute = true;
	submit_all();
	peer.mute = false;
	move();
	fake.peer = refusing;
	ck_assert_int_eq(blkfront_resume(&disk, 1000000), -XEN_ENXIO);
	check_all(-XEN_EIO);
	/* Back again. */
	fake.peer = blk_peer_step;
	move();
	ck_assert_int_eq(blkfront_resume(&disk, 1000000), 0);
	submit_all();
	rounds(10);
	check_all(0);
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_blk_life");
	TCase *tc = tcase_create("life");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, no_device);
	tcase_add_test(tc, bad_configurations);
	tcase_add_test(tc, out_of_memory);
	tcase_add_test(tc, out_of_grants);
	tcase_add_test(tc, no_backend);
	tcase_add_test(tc, backend_refuses);
	tcase_add_test(tc, sizes_of_nonsense);
	tcase_add_test(tc, after_a_boot_loader);
	tcase_add_test(tc, open_and_close);
	tcase_add_test(tc, close_that_is_not_answered);
	tcase_add_test(tc, taken_away);
	tcase_add_loop_test(tc, backend_dies, 0, 2);
	tcase_add_test(tc, backend_dies_under_a_waiter);
	tcase_add_test(tc, another_size);
	tcase_add_test(tc, resume);
	tcase_add_test(tc, resume_to_a_smaller_disk);
	tcase_add_test(tc, resume_to_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
