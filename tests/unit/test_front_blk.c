/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of the disk: every combination of features, and hostile answers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <xen/io/blkif.h>
#include "blkfront.h"
#include "front_blk_peer.h"

static struct front_fake fake;
static struct blk_peer peer;
static struct blkfront disk;

static void begin(const struct peer_features *features,
		  const struct blkfront_config *config)
{
	front_fake_init(&fake);
	blk_peer_init(&peer, &fake, features);
	ck_assert_int_eq(blkfront_open(&disk, &fake.os, PEER_FRONT, config, 0),
			 0);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/state"),
			 XenbusStateConnected);
}

static void end(void)
{
	ck_assert_int_eq(blkfront_close(&disk, 0), 0);
	blk_peer_free(&peer);
	front_fake_free(&fake);
}

static void fill(void *to, size_t len)
{
	for (size_t i = 0; i + 4 <= len; i += 4) {
		uint32_t word = fake_random();

		memcpy((char *)to + i, &word, sizeof(word));
	}
}

static void rounds(unsigned int n)
{
	while (n--) {
		blk_peer_step(&fake);
		fake_deliver(&fake);
	}
}

/* ---- One at a time ------------------------------------------------------ */

static void write_and_read(uint64_t sector, uint64_t sectors)
{
	size_t len = (size_t)sectors * 512;
	unsigned char *data = malloc(len), *back = malloc(len);

	fill(data, len);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_WRITE, sector,
					   sectors, data), 0);
	ck_assert_mem_eq(peer.disk + sector * 512, data, len);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, sector,
					   sectors, back), 0);
	ck_assert_mem_eq(data, back, len);
	free(data);
	free(back);
}

static void one_combination(const struct peer_features *features,
			    const struct blkfront_config *config)
{
	uint32_t indirect, segments;

	begin(features, config);
	indirect = features->indirect < 11 ? 11 :
		   (uint32_t)(features->indirect > 256 ? 256 :
			      features->indirect);
	segments = indirect < config->segments ? indirect : config->segments;
	if (segments > 11 && segments > config->pages - 1)
		segments = config->pages - 1;
	if (segments > config->pages)
		segments = config->pages;
	ck_assert_uint_eq(disk.info.segments, segments);
	ck_assert_int_eq(disk.info.persistent,
			 config->persistent && features->persistent == 1);
	write_and_read(0, 8);
	write_and_read(1, 1);
	write_and_read(5, 3);
	write_and_read(16, 11 * 8);
	write_and_read(16, 12 * 8);
	write_and_read(9, 700);
	write_and_read(PEER_SECTORS - 3000, 3000);
	ck_assert_uint_eq(peer.most_segments, segments);
	ck_assert_int_eq(peer.indirects != 0, segments > 11);
	end();
}

START_TEST(combinations)
{
	static const long persistent[] = { -1, 0, 1 };
	static const long indirect[] = { -1, 0, 11, 12, 32, 256, 1L << 40 };
	static const long order[] = { -1, 0, 1, 4, 99 };
	static const struct blkfront_config configs[] = {
		BLKFRONT_DEFAULT,
		{ 0, 1, 2, false, NULL, NULL },
		{ 0, 11, 11, true, NULL, NULL },
		{ 4, 256, 300, true, NULL, NULL },
		{ 1, 256, 20, false, NULL, NULL },
	};
	struct peer_features features = PEER_RICH;

	for (int p = 0; p < 3; p++)
		for (int i = 0; i < 7; i++)
			for (int o = 0; o < 5; o++) {
				features.persistent = persistent[p];
				features.indirect = indirect[i];
				features.ring_order = order[o];
				one_combination(&features, &configs[_i]);
			}
}
END_TEST

START_TEST(rings_of_several_pages)
{
	struct peer_features features = PEER_RICH;
	struct blkfront_config config = { 4, 11, 64, true, NULL, NULL };

	begin(&features, &config);
	ck_assert_uint_eq(disk.info.ring_slots, 512);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/ring-page-order"), 4);
	end();
	features.ring_order = 2;
	begin(&features, &config);
	ck_assert_uint_eq(disk.info.ring_slots, 128);
	end();
	features.ring_order = -1;
	begin(&features, &config);
	ck_assert_uint_eq(disk.info.ring_slots, 32);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/ring-page-order"),
			 -1);
	end();
}
END_TEST

START_TEST(large_sectors)
{
	struct peer_features features = PEER_RICH;

	features.sector_size = 4096;
	begin(&features, NULL);
	ck_assert_uint_eq(disk.info.sector_size, 4096);
	write_and_read(8, 3000);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 4, 8,
					   peer.disk), -XEN_EINVAL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 8, 4,
					   peer.disk), -XEN_EINVAL);
	end();
}
END_TEST

START_TEST(flush_and_barrier)
{
	struct peer_features features = PEER_PLAIN;
	unsigned char data[11 * 4096];

	begin(&features, NULL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 0);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_BARRIER, 0, 0,
					   NULL), -XEN_EOPNOTSUPP);
	end();

	features.barrier = 1;
	begin(&features, NULL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 0);
	ck_assert_uint_eq(peer.count[BLKIF_OP_WRITE_BARRIER], 1);
	fill(data, sizeof(data));
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_BARRIER, 8, 88,
					   data), 0);
	ck_assert_mem_eq(peer.disk + 4096, data, sizeof(data));
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_BARRIER, 8, 89,
					   data), -XEN_E2BIG);
	end();

	features.flush = 1;
	begin(&features, NULL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 0);
	ck_assert_uint_eq(peer.count[BLKIF_OP_FLUSH_DISKCACHE], 1);
	/* It cannot after all: reported once, then left alone. */
	peer.status[BLKIF_OP_FLUSH_DISKCACHE] = BLKIF_RSP_EOPNOTSUPP;
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 -XEN_EOPNOTSUPP);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 0);
	ck_assert_uint_eq(peer.count[BLKIF_OP_FLUSH_DISKCACHE], 2);
	ck_assert_uint_eq(peer.count[BLKIF_OP_WRITE_BARRIER], 1);
	end();
}
END_TEST

START_TEST(discarding)
{
	struct peer_features features = PEER_RICH;

	begin(&features, NULL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD, 0,
					   PEER_SECTORS, NULL), 0);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD_SECURE, 1,
					   1, NULL), 0);
	ck_assert_uint_eq(peer.discarded, PEER_SECTORS + 1);
	peer.status[BLKIF_OP_DISCARD] = BLKIF_RSP_EOPNOTSUPP;
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD, 0, 1,
					   NULL), -XEN_EOPNOTSUPP);
	ck_assert(!disk.info.discard);
	end();
	features.discard = 0;
	begin(&features, NULL);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD, 0, 1,
					   NULL), -XEN_EOPNOTSUPP);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD_SECURE, 0,
					   1, NULL), -XEN_EOPNOTSUPP);
	end();
}
END_TEST

START_TEST(readonly)
{
	struct peer_features features = PEER_RICH;
	char data[512];

	features.info = VDISK_READONLY | VDISK_CDROM;
	begin(&features, NULL);
	ck_assert(disk.info.readonly && disk.info.cdrom);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_WRITE, 0, 1, data),
			 -XEN_EROFS);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_DISCARD, 0, 1,
					   NULL), -XEN_EROFS);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0, 1, data),
			 0);
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_FLUSH, 0, 0, NULL),
			 0);
	end();
}
END_TEST

static void never(struct blkfront_request *r, int status)
{
	(void)r;
	(void)status;
	ck_abort_msg("a refused request has ended");
}

START_TEST(refusals)
{
	struct peer_features features = PEER_RICH;
	static char data[1024];
	struct blkfront_buffer buffers[2] = { { data, 512 }, { data, 512 } };
	static const struct { uint64_t sector, sectors; unsigned int n;
		enum blkfront_op op; } rows[] = {
		{ 0, 0, 0, BLKFRONT_READ }, { 0, 0, 0, BLKFRONT_WRITE },
		{ 0, 0, 0, BLKFRONT_DISCARD }, { 0, 1, 1, BLKFRONT_FLUSH },
		{ PEER_SECTORS, 1, 1, BLKFRONT_READ },
		{ PEER_SECTORS - 1, 2, 2, BLKFRONT_READ },
		{ UINT64_MAX, 1, 1, BLKFRONT_READ },
		{ UINT64_MAX, 2, 2, BLKFRONT_READ },
		{ 1, UINT64_MAX, 2, BLKFRONT_READ },
		{ 0, UINT64_MAX, 2, BLKFRONT_DISCARD },
		{ 0, 1, 2, BLKFRONT_READ }, { 0, 2, 1, BLKFRONT_READ },
		{ 0, 1, 0, BLKFRONT_READ }, { 0, 1, 1, (enum blkfront_op)9 },
	};

	begin(&features, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct blkfront_request r = {
			.op = rows[i].op, .sector = rows[i].sector,
			.sectors = rows[i].sectors, .buffers = buffers,
			.nr_buffers = rows[i].n, .done = never,
		};

		ck_assert_msg(blkfront_submit(&disk, &r) == -XEN_EINVAL,
			      "row %zu", i);
	}
	rounds(3);
	end();
}
END_TEST

START_TEST(errors)
{
	struct peer_features features = PEER_RICH;
	static const int16_t statuses[] = { -1, -2, 1, 255, -32768, 32767 };
	static char data[4096 * 40];

	begin(&features, NULL);
	for (int i = 0; i < 6; i++) {
		peer.status[BLKIF_OP_READ] = statuses[i];
		ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0, 1,
						   data), -XEN_EIO);
		/* In many pieces. */
		ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0,
						   320, data), -XEN_EIO);
	}
	peer.status[BLKIF_OP_READ] = 0;
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0, 320,
					   data), 0);
	end();
}
END_TEST

/* ---- Many at once ------------------------------------------------------- */

enum { MANY = 400, MOST = 120 };

struct io {
	struct blkfront_request request;
	struct blkfront_buffer buffers[5];
	unsigned char *data;
	int status;
	bool busy;
};

static struct io ios[MANY];
static unsigned int ended;

static void io_done(struct blkfront_request *r, int status)
{
	struct io *io = r->arg;

	fake_check(io->busy);
	io->busy = false;
	io->status = status;
	ended++;
}

/* Cuts the data into up to five buffers at any byte. */
static void io_cut(struct io *io, size_t len)
{
	unsigned char *at = io->data;
	unsigned int n = 0;

	while (len) {
		size_t part = n == 4 ? len : fake_random() % (len + 1);

		io->buffers[n++] = (struct blkfront_buffer){ at, part };
		at += part;
		len -= part;
	}
	io->request.buffers = io->buffers;
	io->request.nr_buffers = n;
}

static void io_begin(struct io *io, enum blkfront_op op, uint64_t sector,
		     uint64_t sectors)
{
	size_t len = (size_t)sectors * 512;

	memset(io, 0, sizeof(*io));
	io->data = malloc(len);
	fill(io->data, len);
	io->request.op = op;
	io->request.sector = sector;
	io->request.sectors = sectors;
	io->request.done = io_done;
	io->request.arg = io;
	io_cut(io, len);
	io->busy = true;
	fake_check(!blkfront_submit(&disk, &io->request));
}

/* Writes side by side, then reads of the same places, out of order. */
static void many(void)
{
	uint64_t sectors[MANY], place[MANY], next = 0;
	int count;

	for (count = 0; count < MANY; count++) {
		sectors[count] = 1 + fake_random() % MOST;
		if (next + sectors[count] > PEER_SECTORS)
			break;
		place[count] = next;
		io_begin(&ios[count], BLKFRONT_WRITE, next, sectors[count]);
		next += sectors[count];
	}
	for (int i = 0; disk.first && i < 5000; i++)
		rounds(1);
	for (int i = 0; i < count; i++) {
		fake_check(!ios[i].busy && !ios[i].status);
		ck_assert_mem_eq(peer.disk + place[i] * 512, ios[i].data,
				 sectors[i] * 512);
		free(ios[i].data);
		io_begin(&ios[i], BLKFRONT_READ, place[i], sectors[i]);
	}
	for (int i = 0; disk.first && i < 5000; i++)
		rounds(1);
	for (int i = 0; i < count; i++) {
		fake_check(!ios[i].busy && !ios[i].status);
		ck_assert_mem_eq(peer.disk + place[i] * 512, ios[i].data,
				 sectors[i] * 512);
		free(ios[i].data);
	}
}

START_TEST(queues)
{
	static const struct blkfront_config configs[] = {
		BLKFRONT_DEFAULT,
		{ 0, 2, 3, true, NULL, NULL },
		{ 0, 256, 1000, true, NULL, NULL },
		{ 4, 32, 40, false, NULL, NULL },
	};
	struct peer_features features = PEER_RICH;

	begin(&features, &configs[_i]);
	many();
	peer.lifo = true;
	many();
	peer.per_round = 3;
	peer.outer = true;
	many();
	end();
}
END_TEST

static unsigned int chain, chain_length;

static void chain_done(struct blkfront_request *r, int status)
{
	fake_check(!status);
	if (++chain < chain_length)
		fake_check(!blkfront_submit(&disk, r));
}

START_TEST(callbacks_submit)
{
	static const enum blkfront_op ops[] = { BLKFRONT_FLUSH,
						BLKFRONT_READ };
	struct peer_features features = PEER_PLAIN;
	char data[512];
	struct blkfront_buffer buffer = { data, sizeof(data) };
	struct blkfront_request r = { .done = chain_done, .buffers = &buffer };

	begin(&features, NULL);
	chain = 0;
	/*
	 * A flush that needs nothing ends within its submission: that must
	 * not nest.
	 */
	r.op = ops[_i];
	chain_length = r.op == BLKFRONT_READ ? 1000 : 200000;
	r.sectors = r.nr_buffers = r.op == BLKFRONT_READ;
	ck_assert_int_eq(blkfront_submit(&disk, &r), 0);
	rounds(1010);
	ck_assert_uint_eq(chain, chain_length);
	end();
}
END_TEST

/* ---- Hostile answers ---------------------------------------------------- */

static void check_broken(void)
{
	char data[512];

	ck_assert(!blkfront_usable(&disk));
	ck_assert_int_eq(blkfront_transfer(&disk, BLKFRONT_READ, 0, 1, data),
			 -XEN_EIO);
	ck_assert(xenbus_pending(&fake.xenbus));
	xenbus_poll(&fake.xenbus);
	ck_assert_int_eq(fake_number(&fake, PEER_FRONT "/state"),
			 XenbusStateClosed);
	for (int i = 0; i < 4; i++)
		free(ios[i].data);
	end();
}

static void begin_hostile(void)
{
	struct peer_features features = PEER_RICH;

	ended = 0;
	begin(&features, NULL);
	peer.mute = true;
	for (unsigned int i = 0; i < 4; i++)
		io_begin(&ios[i], BLKFRONT_READ, i * 8, 8);
	rounds(1);
	ck_assert_uint_eq(peer.nr_held, 4);
}

START_TEST(bad_answers)
{
	uint64_t id;

	begin_hostile();
	id = peer.held[1].id;
	switch (_i) {
	case 0: /* no such slot */
		blk_peer_answer(&peer, 1000000, BLKIF_OP_READ, 0);
		break;
	case 1: /* a free slot */
		blk_peer_answer(&peer, 17, BLKIF_OP_READ, 0);
		break;
	case 2: /* another generation */
		blk_peer_answer(&peer, id + (1ULL << 32), BLKIF_OP_READ, 0);
		break;
	case 3: /* twice */
		blk_peer_answer(&peer, id, BLKIF_OP_READ, 0);
		blk_peer_answer(&peer, id, BLKIF_OP_READ, 0);
		break;
	case 4: /* another operation */
		blk_peer_answer(&peer, id, BLKIF_OP_WRITE, 0);
		break;
	case 5: /* indirect, which it was not */
		blk_peer_answer(&peer, id, BLKIF_OP_INDIRECT, 0);
		break;
	case 6: /* more than there were requests */
		peer.rsp_prod += 5;
		break;
	case 7: /* backwards */
		peer.rsp_prod--;
		break;
	case 8: /* right ones, and one more: none of them counts */
		for (int i = 0; i < 4; i++)
			blk_peer_answer(&peer, peer.held[i].id, BLKIF_OP_READ,
					0);
		peer.rsp_prod++;
		break;
	default:
		ck_abort();
	}
	blk_peer_publish(&peer);
	fake_event(&fake, peer.port);
	fake_deliver(&fake);
	ck_assert_uint_eq(ended, 4);
	for (int i = 0; i < 4; i++)
		if (_i != 3 || i != 1)
			ck_assert_int_eq(ios[i].status, -XEN_EIO);
	ck_assert_uint_ge(fake.logged, 1);
	check_broken();
}
END_TEST

static unsigned int slots_tried;

/* Bytes of any kind in a slot, or answers that are nearly right. */
static void garbage_slot(void)
{
	uint64_t id = peer.nr_held ?
		      peer.held[fake_random() % peer.nr_held].id : 0;
	uint32_t slot = peer.rsp_prod & (peer.slots - 1);

	slots_tried++;
	switch (fake_random() % 64) {
	case 0:
		blk_peer_answer(&peer, fake_random(), 0, 0);
		return;
	case 1:
		for (uint32_t i = 0; i < peer.stride; i++)
			peer.ring[64 + slot * peer.stride + i] =
				(unsigned char)fake_random();
		peer.rsp_prod++;
		return;
	case 2:
		blk_peer_answer(&peer, id ^ 1U << fake_random() % 31,
				(uint8_t)(fake_random() % 8), 0);
		return;
	case 3:
		peer.rsp_prod += fake_random() % 3;
		return;
	default:
		if (!peer.nr_held)
			return;
		id = peer.held[--peer.nr_held].id;
		blk_peer_answer(&peer, id, peer.held[peer.nr_held].operation,
				(int16_t)(fake_random() % 4 ? 0 :
					  fake_random()));
	}
}

START_TEST(garbage)
{
	struct peer_features features = PEER_RICH;
	unsigned int broken = 0;

	memset(ios, 0, sizeof(ios));
	slots_tried = 0;
	ended = 0;
	begin(&features, NULL);
	peer.mute = true;
	while (slots_tried < 100000) {
		for (int i = 0; i < 40; i++) {
			struct io *io = &ios[i];

			if (io->busy || !blkfront_usable(&disk))
				continue;
			free(io->data);
			io_begin(io, i % 2 ? BLKFRONT_WRITE : BLKFRONT_READ,
				 fake_random() % 8000,
				 1 + fake_random() % 120);
		}
		rounds(1);
		for (int i = 0; i < 20; i++)
			garbage_slot();
		blk_peer_publish(&peer);
		fake_event(&fake, peer.port);
		fake_deliver(&fake);
		if (blkfront_usable(&disk))
			continue;
		broken++;
		for (int i = 0; i < 40; i++)
			fake_check(!ios[i].busy);
		front_fake_resume(&fake);
		blk_peer_restart(&peer);
		ck_assert_int_eq(blkfront_resume(&disk, 0), 0);
	}
	ck_assert_uint_gt(broken, 1000);
	ck_assert_uint_gt(ended, 30000);
	peer.mute = false;
	end();
	for (int i = 0; i < 40; i++)
		free(ios[i].data);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_blk");
	TCase *tc = tcase_create("blkfront");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, combinations, 0, 5);
	tcase_add_test(tc, rings_of_several_pages);
	tcase_add_test(tc, large_sectors);
	tcase_add_test(tc, flush_and_barrier);
	tcase_add_test(tc, discarding);
	tcase_add_test(tc, readonly);
	tcase_add_test(tc, refusals);
	tcase_add_test(tc, errors);
	tcase_add_loop_test(tc, queues, 0, 4);
	tcase_add_loop_test(tc, callbacks_submit, 0, 2);
	tcase_add_loop_test(tc, bad_answers, 0, 9);
	tcase_add_test(tc, garbage);
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
