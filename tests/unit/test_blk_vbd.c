/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blkback's ring against a scripted frontend, a fake guest memory and a disk
 * that completes in random order.
 */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "blk_front.h"

static const struct {
	const char *protocol;
	uint32_t pages;
	bool persistent;
	uint32_t fixed;
} shapes[] = {
	{ "x86_64-abi", 1, false, 0 },
	{ "x86_64-abi", 1, true, 0 },
	{ "x86_64-abi", 16, true, 0 },
	{ "x86_32-abi", 1, false, 0 },
	{ "x86_32-abi", 4, true, 0 },
	{ "x86_64-abi", 1, false, 256 },
	{ "x86_64-abi", 16, true, 256 },
	/* So few that most requests go without. */
	{ "x86_64-abi", 4, false, 2 },
	{ "x86_32-abi", 4, true, 2 },
};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes) };

static void init(struct blk_front *f, int shape)
{
	blk_front_init(f, shapes[shape].protocol, shapes[shape].pages,
		       shapes[shape].persistent, shapes[shape].fixed);
}

static void expect(const struct blk_front *f, uint64_t id, uint8_t operation,
		   int16_t status)
{
	ck_assert_uint_eq(f->answers[id], 1);
	ck_assert_uint_eq(f->operation[id], operation);
	ck_assert_int_eq(f->status[id], status);
}

START_TEST(write_then_read)
{
	struct blk_front f;

	init(&f, _i);
	memset(f.grants.pages[3], 0xab, GRANTS_PAGE);
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 16, 3);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	ck_assert_mem_eq(f.disk->data + 16 * 512, f.grants.pages[3], 4096);

	blk_front_page(&f, BLKIF_OP_READ, 2, 16, 9);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	ck_assert_mem_eq(f.grants.pages[9], f.grants.pages[3], 4096);
	ck_assert_uint_eq(fake_grants_mapped(&f.grants),
			  shapes[_i].persistent ? 2 : 0);
	blk_front_free(&f);
}
END_TEST

START_TEST(parts_of_pages)
{
	struct blk_front f;
	struct blk_entry e;

	init(&f, _i);
	for (int i = 0; i < 4096; i++)
		f.disk->data[i] = i / 512 + 1;
	e = blk_entry(&f, BLKIF_OP_READ, 3, 1, 0);
	blk_entry_segment(&f, &e, 0, 20, 2, 3);
	blk_entry_segment(&f, &e, 1, 21, 7, 7);
	blk_entry_segment(&f, &e, 2, 20, 0, 0);
	blk_front_push(&f, &e);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	ck_assert_uint_eq(f.grants.pages[20][1024], 1);
	ck_assert_uint_eq(f.grants.pages[20][1536], 2);
	ck_assert_uint_eq(f.grants.pages[21][3584], 3);
	ck_assert_uint_eq(f.grants.pages[20][0], 4);
	/* What was not asked for is not touched. */
	ck_assert_uint_eq(f.grants.pages[20][512], 20);
	ck_assert_uint_eq(f.grants.pages[20][2048], 20);
	ck_assert_uint_eq(f.grants.pages[21][3583], 21);
	blk_front_free(&f);
}
END_TEST

static struct blk_entry indirect(const struct blk_front *f, uint8_t operation,
				 uint64_t id, uint64_t sector, uint32_t ref,
				 uint16_t count)
{
	struct blk_entry e = blk_entry(f, BLKIF_OP_INDIRECT, operation, id,
				       sector);

	memcpy(e.bytes + 2, &count, sizeof(count));
	memcpy(e.bytes + f->layout->body + 4, &ref, sizeof(ref));
	return e;
}

START_TEST(indirect_moves_a_megabyte)
{
	struct blk_front f;
	struct blk_entry e;
	struct request_segment *s;

	init(&f, _i);
	s = (struct request_segment *)f.grants.pages[1000];
	for (uint32_t i = 0; i < 256; i++) {
		s[i] = (struct request_segment){ .ref = i, .first = 0,
						 .last = 7 };
		memset(f.grants.pages[i], (int)(i * 7), GRANTS_PAGE);
	}
	e = indirect(&f, BLKIF_OP_WRITE, 1, 0, 1000, 256);
	blk_front_push(&f, &e);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	for (uint32_t i = 0; i < 256; i++)
		ck_assert_uint_eq(f.disk->data[i * 4096 + 17],
				  (uint8_t)(i * 7));
	e = indirect(&f, BLKIF_OP_READ, 2, 0, 1001, 256);
	memcpy(f.grants.pages[1001], f.grants.pages[1000], GRANTS_PAGE);
	for (uint32_t i = 0; i < 256; i++)
		memset(f.grants.pages[i], 0, GRANTS_PAGE);
	blk_front_push(&f, &e);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	ck_assert_uint_eq(f.grants.pages[200][4095], (uint8_t)(200 * 7));
	blk_front_free(&f);
}
END_TEST

START_TEST(short_transfers_are_continued)
{
	struct blk_front f;
	struct blk_entry e;

	init(&f, _i);
	f.disk->cut_short = true;
	e = blk_entry(&f, BLKIF_OP_WRITE, 11, 1, 8);
	for (uint32_t i = 0; i < 11; i++) {
		memset(f.grants.pages[i], 100 + (int)i, GRANTS_PAGE);
		blk_entry_segment(&f, &e, i, i, 0, 7);
	}
	blk_front_push(&f, &e);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	for (uint32_t i = 0; i < 11; i++)
		ck_assert_mem_eq(f.disk->data + 4096 + i * 4096,
				 f.grants.pages[i], GRANTS_PAGE);
	ck_assert_uint_gt(f.disk->transfers, 1);
	blk_front_free(&f);
}
END_TEST

/* What was answered before a flush began is durable when that is answered. */
START_TEST(flush_follows_the_writes_before_it)
{
	struct blk_front f;

	init(&f, _i);
	for (uint32_t round = 0; round < 200; round++) {
		uint64_t id = round * 8 + 1;

		for (uint32_t i = 0; i < 4; i++) {
			memset(f.grants.pages[i], (int)(round + i), 4096);
			blk_front_page(&f, BLKIF_OP_WRITE, id + i, i * 8, i);
		}
		blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, id + 4);
		memset(f.grants.pages[5], (int)round, 4096);
		blk_front_page(&f, BLKIF_OP_WRITE, id + 5, 80, 5);
		while (!f.answers[id + 4])
			ck_assert_int_ge(blk_front_round(&f), 0);
		for (uint32_t i = 0; i < 4; i++)
			ck_assert_mem_eq(f.disk->durable + i * 4096,
					 f.grants.pages[i], 4096);
		blk_front_run(&f);
		expect(&f, id + 4, BLKIF_OP_FLUSH_DISKCACHE, 0);
	}
	blk_front_free(&f);
}
END_TEST

/* A flush waits for no write that came after it. */
START_TEST(flush_does_not_wait_for_later_writes)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->in_order = true;
	f.disk->hold = true;
	blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, 1);
	for (uint32_t i = 0; i < 4; i++)
		blk_front_page(&f, BLKIF_OP_WRITE, 2 + i, i * 8, i);
	/* Twice: the image's memory may be short at first. */
	vbd_work(f.vbd);
	vbd_work(f.vbd);
	ck_assert_uint_eq(f.disk->queued, 5);
	ck_assert_int_eq(f.disk->ops[0].kind, FAKE_SYNC);
	f.disk->hold = false;
	blk_front_run(&f);
	blk_front_free(&f);
}
END_TEST

START_TEST(barrier_orders_both_sides)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->hold = true;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_page(&f, BLKIF_OP_WRITE_BARRIER, 2, 0, 2);
	blk_front_page(&f, BLKIF_OP_WRITE, 3, 0, 3);
	blk_front_round(&f);
	/* Only the first write has begun. */
	ck_assert_uint_eq(f.disk->queued, 1);
	f.disk->hold = false;
	while (!f.answers[2])
		blk_front_round(&f);
	expect(&f, 1, BLKIF_OP_WRITE, 0);
	ck_assert_mem_eq(f.disk->durable, f.grants.pages[2], 4096);
	blk_front_run(&f);
	ck_assert_mem_eq(f.disk->data, f.grants.pages[3], 4096);
	ck_assert_uint_eq(f.disk->syncs, 2);
	blk_front_free(&f);
}
END_TEST

START_TEST(empty_barrier_is_a_flush)
{
	struct blk_front f;

	init(&f, _i);
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_plain(&f, BLKIF_OP_WRITE_BARRIER, 2);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_WRITE_BARRIER, 0);
	ck_assert_mem_eq(f.disk->durable, f.grants.pages[1], 4096);
	blk_front_free(&f);
}
END_TEST

START_TEST(failed_sync_is_for_ever)
{
	struct vbd_failure failure;
	struct blk_front f;

	init(&f, _i);
	ck_assert(!vbd_failed(f.vbd, &failure));
	f.disk->fail_sync = -EIO;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, 2);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_RSP_ERROR);
	ck_assert(vbd_failed(f.vbd, &failure));
	ck_assert_str_eq(failure.what, "flush");
	ck_assert_int_eq(failure.error, -EIO);
	ck_assert(!vbd_failed(f.vbd, &failure));
	blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, 3);
	blk_front_page(&f, BLKIF_OP_WRITE, 4, 0, 1);
	blk_front_page(&f, BLKIF_OP_READ, 5, 0, 1);
	blk_front_run(&f);
	expect(&f, 3, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_RSP_ERROR);
	expect(&f, 4, BLKIF_OP_WRITE, BLKIF_RSP_ERROR);
	expect(&f, 5, BLKIF_OP_READ, BLKIF_RSP_ERROR);
	blk_front_free(&f);
}
END_TEST

/* And they can be told of: what, where and why. */
START_TEST(transfer_errors_are_the_requests_own)
{
	struct vbd_failure failure;
	struct blk_front f;

	init(&f, _i);
	f.disk->fail_transfer = -ENOSPC;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 24, 1);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_ERROR);
	ck_assert(vbd_failed(f.vbd, &failure));
	ck_assert_str_eq(failure.what, "write");
	ck_assert_int_eq(failure.error, -ENOSPC);
	ck_assert_uint_eq(failure.sector, 24);
	ck_assert_uint_eq(failure.bytes, 4096);
	ck_assert_uint_eq(failure.count, 1);
	/* What the guest asked wrongly is no failure of the disk. */
	blk_front_page(&f, BLKIF_OP_WRITE, 3, FAKE_DISK_SECTORS, 1);
	blk_front_run(&f);
	expect(&f, 3, BLKIF_OP_WRITE, BLKIF_RSP_ERROR);
	ck_assert(!vbd_failed(f.vbd, &failure));
	blk_front_page(&f, BLKIF_OP_WRITE, 2, 0, 1);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	blk_front_free(&f);
}
END_TEST

/* A kernel that is short of memory is asked again; one that refuses is not. */
START_TEST(submit_errors_pass_or_end_the_image)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->fail_submit = -EAGAIN;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	ck_assert_int_eq(vbd_work(f.vbd), 1);
	f.disk->fail_submit = 0;
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	f.disk->fail_submit = -EBADFD;
	blk_front_page(&f, BLKIF_OP_WRITE, 2, 0, 1);
	ck_assert_int_eq(vbd_work(f.vbd), VBD_IMAGE_LOST);
	ck_assert_int_eq(vbd_lost(f.vbd), -EBADFD);
	f.disk->fail_submit = 0;
	blk_front_run(&f);
	blk_front_free(&f);
}
END_TEST

START_TEST(interrupted_operations_are_repeated)
{
	struct vbd_failure failure;
	struct blk_front f;

	init(&f, _i);
	f.disk->fail_transfer = -EINTR;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_run(&f);
	f.disk->fail_sync = -EINTR;
	blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, 2);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	expect(&f, 2, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_RSP_OKAY);
	ck_assert_mem_eq(f.disk->durable, f.grants.pages[1], 4096);
	ck_assert(!vbd_failed(f.vbd, &failure));
	blk_front_free(&f);
}
END_TEST

static void discard(struct blk_front *f, uint64_t id, uint64_t sector,
		    uint64_t count)
{
	struct blk_entry e = blk_entry(f, BLKIF_OP_DISCARD, 0, id, sector);

	memcpy(e.bytes + f->layout->body, &count, sizeof(count));
	ck_assert(blk_front_push(f, &e));
}

START_TEST(discards)
{
	struct blk_front f;

	init(&f, _i);
	memset(f.disk->data, 1, sizeof(f.disk->data));
	discard(&f, 1, 8, 8);
	discard(&f, 2, FAKE_DISK_SECTORS - 1, 2);
	discard(&f, 3, 0, 0);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_DISCARD, BLKIF_RSP_OKAY);
	expect(&f, 2, BLKIF_OP_DISCARD, BLKIF_RSP_ERROR);
	expect(&f, 3, BLKIF_OP_DISCARD, BLKIF_RSP_ERROR);
	ck_assert_uint_eq(f.disk->data[8 * 512], 0);
	ck_assert_uint_eq(f.disk->data[16 * 512 - 1], 0);
	ck_assert_uint_eq(f.disk->data[16 * 512], 1);
	f.disk->fail_discard = -EOPNOTSUPP;
	discard(&f, 4, 8, 8);
	blk_front_run(&f);
	expect(&f, 4, BLKIF_OP_DISCARD, BLKIF_RSP_EOPNOTSUPP);
	f.disk->info.discard_granularity = 0;
	discard(&f, 5, 8, 8);
	blk_front_run(&f);
	expect(&f, 5, BLKIF_OP_DISCARD, BLKIF_RSP_EOPNOTSUPP);
	blk_front_free(&f);
}
END_TEST

START_TEST(readonly_refuses_changes)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->info.readonly = true;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_page(&f, BLKIF_OP_WRITE_BARRIER, 2, 0, 1);
	discard(&f, 3, 8, 8);
	blk_front_page(&f, BLKIF_OP_READ, 4, 0, 1);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, BLKIF_RSP_ERROR);
	expect(&f, 2, BLKIF_OP_WRITE_BARRIER, BLKIF_RSP_ERROR);
	expect(&f, 3, BLKIF_OP_DISCARD, BLKIF_RSP_ERROR);
	expect(&f, 4, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	blk_front_free(&f);
}
END_TEST

START_TEST(bad_requests_fail_alone)
{
	struct blk_front f;
	struct blk_entry e;

	init(&f, _i);
	blk_front_page(&f, BLKIF_OP_READ, 1, FAKE_DISK_SECTORS - 7, 1);
	blk_front_page(&f, BLKIF_OP_READ, 2, UINT64_MAX, 1);
	blk_front_plain(&f, BLKIF_OP_READ, 3);
	e = blk_entry(&f, BLKIF_OP_WRITE, 1, 4, 0);
	blk_entry_segment(&f, &e, 0, 1, 5, 4);
	blk_front_push(&f, &e);
	e = blk_entry(&f, BLKIF_OP_WRITE, 1, 5, 0);
	blk_entry_segment(&f, &e, 0, 1, 0, 8);
	blk_front_push(&f, &e);
	e = blk_entry(&f, BLKIF_OP_READ, 12, 6, 0);
	blk_front_push(&f, &e);
	blk_front_plain(&f, 77, 7);
	blk_front_plain(&f, BLKIF_OP_RESERVED_1, 8);
	/* References that are not granted. */
	blk_front_page(&f, BLKIF_OP_WRITE, 9, 0, 5000);
	blk_front_page(&f, BLKIF_OP_READ, 10, 0, UINT32_MAX);
	e = indirect(&f, BLKIF_OP_READ, 11, 0, 5000, 3);
	blk_front_push(&f, &e);
	e = indirect(&f, BLKIF_OP_READ, 12, 0, 1, 0);
	blk_front_push(&f, &e);
	e = indirect(&f, BLKIF_OP_INDIRECT, 13, 0, 1, 3);
	blk_front_push(&f, &e);
	blk_front_page(&f, BLKIF_OP_READ, 14, 0, 1);
	blk_front_run(&f);
	for (uint64_t id = 1; id <= 14; id++)
		ck_assert_uint_eq(f.answers[id], 1);
	for (uint64_t id = 1; id <= 6; id++)
		ck_assert_int_eq(f.status[id], BLKIF_RSP_ERROR);
	expect(&f, 7, 77, BLKIF_RSP_EOPNOTSUPP);
	expect(&f, 8, BLKIF_OP_RESERVED_1, BLKIF_RSP_EOPNOTSUPP);
	for (uint64_t id = 9; id <= 12; id++)
		ck_assert_int_eq(f.status[id], BLKIF_RSP_ERROR);
	ck_assert_int_ne(f.status[13], BLKIF_RSP_OKAY);
	expect(&f, 14, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	blk_front_free(&f);
}
END_TEST

START_TEST(readonly_grant_cannot_be_read_into)
{
	struct blk_front f;

	init(&f, _i);
	f.grants.readonly[1] = true;
	blk_front_page(&f, BLKIF_OP_READ, 1, 0, 1);
	blk_front_page(&f, BLKIF_OP_WRITE, 2, 8, 1);
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_READ, BLKIF_RSP_ERROR);
	expect(&f, 2, BLKIF_OP_WRITE, BLKIF_RSP_OKAY);
	blk_front_free(&f);
}
END_TEST

START_TEST(persistent_grants_are_mapped_once)
{
	struct blk_front f;

	blk_front_init(&f, "x86_64-abi", 1, true, 0);
	for (uint64_t id = 0; id < 300; id++) {
		blk_front_page(&f, BLKIF_OP_READ, id, 0, id % 3);
		blk_front_run(&f);
	}
	ck_assert_uint_eq(f.grants.maps, 3);
	ck_assert_uint_eq(f.grants.copies, 0);
	blk_front_free(&f);
}
END_TEST

/* More data in flight than we have pages: it waits, and nothing is lost. */
START_TEST(shortage_of_pages_stalls)
{
	struct blk_front f;
	struct request_segment *s;

	blk_front_init(&f, "x86_64-abi", 16, false, 0);
	f.disk->hold = true;
	s = (struct request_segment *)f.grants.pages[1000];
	for (uint32_t i = 0; i < 256; i++)
		s[i] = (struct request_segment){ .ref = i, .last = 7 };
	for (uint64_t id = 0; id < 100; id++) {
		struct blk_entry e = indirect(&f, BLKIF_OP_READ, id, 0, 1000,
					      256);

		ck_assert(blk_front_push(&f, &e));
	}
	blk_front_round(&f);
	ck_assert_uint_lt(f.disk->queued, 100);
	ck_assert_uint_gt(f.disk->queued, 0);
	f.disk->hold = false;
	blk_front_run(&f);
	for (uint64_t id = 0; id < 100; id++)
		expect(&f, id, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	blk_front_free(&f);
}
END_TEST

START_TEST(too_high_a_producer_is_an_overflow)
{
	struct blk_front f;

	init(&f, _i);
	blk_front_page(&f, BLKIF_OP_READ, 1, 0, 1);
	blk_front_run(&f);
	f.shared->req_prod = f.rsp_cons + f.size + 1;
	ck_assert_int_eq(vbd_work(f.vbd), RING_OVERFLOW);
	/* Backwards is as wrong. */
	f.shared->req_prod = f.req_prod - 1;
	ck_assert_int_eq(vbd_work(f.vbd), RING_OVERFLOW);
	f.shared->req_prod = f.req_prod;
	blk_front_free(&f);
}
END_TEST

START_TEST(drain_answers_what_was_begun)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->hold = true;
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_plain(&f, BLKIF_OP_FLUSH_DISKCACHE, 2);
	blk_front_round(&f);
	vbd_drain(f.vbd);
	blk_front_page(&f, BLKIF_OP_WRITE, 3, 0, 1);
	blk_front_round(&f);
	ck_assert(!vbd_idle(f.vbd));
	f.disk->hold = false;
	blk_front_run(&f);
	expect(&f, 1, BLKIF_OP_WRITE, 0);
	expect(&f, 2, BLKIF_OP_FLUSH_DISKCACHE, 0);
	ck_assert_uint_eq(f.answers[3], 0);
	blk_front_free(&f);
}
END_TEST

/* A new backend on an old ring does again what was never answered. */
START_TEST(attach_takes_up_an_old_ring)
{
	struct blk_front f;

	init(&f, _i);
	blk_front_page(&f, BLKIF_OP_WRITE, 1, 0, 1);
	blk_front_run(&f);
	vbd_detach(f.vbd);
	blk_front_page(&f, BLKIF_OP_WRITE, 2, 8, 1);
	ck_assert_int_eq(vbd_attach(f.vbd, f.shared, f.ring_bytes, f.layout,
				    false), 0);
	blk_front_run(&f);
	expect(&f, 2, BLKIF_OP_WRITE, 0);
	vbd_detach(f.vbd);
	f.shared->req_prod += f.size + 1;
	ck_assert_int_eq(vbd_attach(f.vbd, f.shared, f.ring_bytes, f.layout,
				    false), RING_OVERFLOW);
	f.shared->req_prod = f.req_prod;
	ck_assert_int_eq(vbd_attach(f.vbd, f.shared, f.ring_bytes, f.layout,
				    false), 0);
	blk_front_free(&f);
}
END_TEST

static uint32_t pick(struct blk_front *f, uint32_t below)
{
	return fake_disk_random(f->disk, below);
}

/* Somewhere between a good request and noise. */
static struct blk_entry garbage(struct blk_front *f, uint64_t id)
{
	static const uint8_t operations[] = { 0, 0, 1, 1, 2, 3, 5, 6, 4, 99 };
	struct blk_entry e = blk_entry(f, operations[pick(f, 10)],
				       pick(f, 14), id,
				       pick(f, FAKE_DISK_SECTORS + 40));

	for (uint32_t i = 0; i < REQUEST_DIRECT_SEGMENTS; i++)
		blk_entry_segment(f, &e, i, pick(f, FAKE_GRANTS + 20),
				  pick(f, 3), pick(f, 12));
	if (e.bytes[0] == BLKIF_OP_INDIRECT)
		e = indirect(f, pick(f, 3), id, pick(f, 900),
			     pick(f, FAKE_GRANTS), pick(f, 280));
	if (pick(f, 16) == 0)
		for (uint32_t i = 0; i < f->layout->entry; i++)
			if (i < f->layout->id || i >= f->layout->id + 8)
				e.bytes[i] = pick(f, 256);
	return e;
}

static void scribble(struct blk_front *f)
{
	struct request_segment *s =
		(struct request_segment *)f->grants.pages[pick(f,
							       FAKE_GRANTS)];

	for (uint32_t i = 0; i < 280; i++)
		s[i] = (struct request_segment){
			.ref = pick(f, FAKE_GRANTS), .last = pick(f, 9),
		};
}

START_TEST(garbage_is_answered_exactly_once)
{
	struct blk_front f;
	uint64_t id = 0;

	init(&f, _i);
	f.disk->random += _i;
	f.disk->cut_short = true;
	while (id < 100000 / SHAPES) {
		for (uint32_t n = pick(&f, 40); n; n--) {
			struct blk_entry e = garbage(&f, id);

			if (!blk_front_push(&f, &e))
				break;
			id++;
		}
		if (!pick(&f, 4))
			scribble(&f);
		if (!pick(&f, 50))
			f.disk->fail_transfer = -EIO;
		f.grants.copy_fails = !pick(&f, 30);
		f.disk->hold = !pick(&f, 3);
		ck_assert_int_ge(blk_front_round(&f), 0);
	}
	f.disk->hold = false;
	f.grants.copy_fails = false;
	blk_front_run(&f);
	for (uint64_t i = 0; i < id; i++)
		ck_assert_uint_eq(f.answers[i], 1);
	ck_assert_uint_eq(f.rsp_cons, f.req_prod);
	blk_front_free(&f);
}
END_TEST

/* The frontend asked for an event only after two answers. */
START_TEST(events_follow_the_index)
{
	struct blk_front f;

	init(&f, _i);
	f.disk->in_order = true;
	f.shared->rsp_event = 2;
	blk_front_page(&f, BLKIF_OP_READ, 1, 0, 1);
	vbd_work(f.vbd);
	vbd_work(f.vbd);
	ck_assert(!vbd_publish(f.vbd));
	blk_front_page(&f, BLKIF_OP_READ, 2, 0, 1);
	vbd_work(f.vbd);
	vbd_work(f.vbd);
	ck_assert(vbd_publish(f.vbd));
	ck_assert(!vbd_publish(f.vbd));
	/* And the backend asks for one at the next request. */
	ck_assert_uint_eq(f.shared->req_event, f.req_prod + 1);
	blk_front_free(&f);
}
END_TEST

int main(void)
{
	const TTest *const every_shape[] = {
		write_then_read, parts_of_pages, indirect_moves_a_megabyte,
		short_transfers_are_continued,
		flush_follows_the_writes_before_it,
		flush_does_not_wait_for_later_writes,
		barrier_orders_both_sides, empty_barrier_is_a_flush,
		failed_sync_is_for_ever, transfer_errors_are_the_requests_own,
		submit_errors_pass_or_end_the_image,
		interrupted_operations_are_repeated,
		discards, readonly_refuses_changes, bad_requests_fail_alone,
		readonly_grant_cannot_be_read_into,
		too_high_a_producer_is_an_overflow,
		drain_answers_what_was_begun, attach_takes_up_an_old_ring,
		garbage_is_answered_exactly_once, events_follow_the_index,
	};
	Suite *s = suite_create("blk_vbd");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	for (size_t i = 0; i < sizeof(every_shape) / sizeof(*every_shape); i++)
		tcase_add_loop_test(t, every_shape[i], 0, SHAPES);
	tcase_add_test(t, persistent_grants_are_mapped_once);
	tcase_add_test(t, shortage_of_pages_stalls);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
