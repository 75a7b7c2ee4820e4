/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "blk_front.h"

void blk_front_init(struct blk_front *f, const char *protocol, uint32_t pages,
		    bool persistent, uint32_t fixed)
{
	memset(f, 0, sizeof(*f));
	fake_grants_init(&f->grants);
	f->disk = malloc(sizeof(*f->disk));
	f->answers = calloc(FRONT_IDS, 1);
	f->operation = calloc(FRONT_IDS, 1);
	f->status = calloc(FRONT_IDS, sizeof(*f->status));
	fake_disk_init(f->disk);
	f->disk->fixed_bytes = fixed * GRANTS_PAGE;
	f->vbd = vbd_new(&f->grants, f->disk);
	ck_assert_ptr_nonnull(f->vbd);
	f->layout = request_layout(protocol);
	f->ring_bytes = (size_t)pages * GRANTS_PAGE;
	f->size = ring_entries(f->ring_bytes, f->layout->entry);
	f->shared = aligned_alloc(GRANTS_PAGE, f->ring_bytes);
	memset(f->shared, 0, f->ring_bytes);
	f->shared->req_event = f->shared->rsp_event = 1;
	ck_assert_int_eq(vbd_attach(f->vbd, f->shared, f->ring_bytes,
				    f->layout, persistent), 0);
}

void blk_front_free(struct blk_front *f)
{
	vbd_drain(f->vbd);
	blk_front_run(f);
	ck_assert(vbd_idle(f->vbd));
	vbd_detach(f->vbd);
	vbd_free(f->vbd);
	fake_grants_free(&f->grants);
	free(f->disk);
	free(f->answers);
	free(f->operation);
	free(f->status);
	free(f->shared);
}

struct blk_entry blk_entry(const struct blk_front *f, uint8_t operation,
			   uint8_t nr_segments, uint64_t id, uint64_t sector)
{
	struct blk_entry e;

	memset(&e, 0, sizeof(e));
	e.bytes[0] = operation;
	e.bytes[1] = nr_segments;
	memcpy(e.bytes + f->layout->id, &id, sizeof(id));
	memcpy(e.bytes + f->layout->sector, &sector, sizeof(sector));
	return e;
}

void blk_entry_segment(const struct blk_front *f, struct blk_entry *e,
		       uint32_t n, uint32_t ref, uint8_t first, uint8_t last)
{
	struct request_segment s = { .ref = ref, .first = first,
				     .last = last };

	memcpy(e->bytes + f->layout->body + n * sizeof(s), &s, sizeof(s));
}

bool blk_front_push(struct blk_front *f, const struct blk_entry *e)
{
	if (f->req_prod - f->rsp_cons >= f->size)
		return false;
	memcpy(f->shared->entries +
	       (f->req_prod & (f->size - 1)) * f->layout->entry,
	       e->bytes, f->layout->entry);
	f->shared->req_prod = ++f->req_prod;
	return true;
}

static void blk_front_answers(struct blk_front *f)
{
	while (f->rsp_cons != f->shared->rsp_prod) {
		const uint8_t *r = f->shared->entries +
			(f->rsp_cons++ & (f->size - 1)) * f->layout->entry;
		uint64_t id;

		memcpy(&id, r, sizeof(id));
		ck_assert_uint_lt(id, FRONT_IDS);
		ck_assert_uint_eq(f->answers[id], 0);
		f->answers[id]++;
		f->operation[id] = r[8];
		memcpy(&f->status[id], r + 10, sizeof(int16_t));
	}
	f->shared->rsp_event = f->rsp_cons + 1;
}

int blk_front_round(struct blk_front *f)
{
	int rc = vbd_work(f->vbd);

	f->events += vbd_publish(f->vbd);
	blk_front_answers(f);
	return rc;
}

void blk_front_run(struct blk_front *f)
{
	for (int i = 0; i < 10000; i++) {
		int rc = blk_front_round(f);

		ck_assert_int_ge(rc, 0);
		if (!rc && vbd_idle(f->vbd))
			return;
	}
	ck_abort_msg("requests never end");
}

void blk_front_page(struct blk_front *f, uint8_t operation, uint64_t id,
		    uint64_t sector, uint32_t ref)
{
	struct blk_entry e = blk_entry(f, operation, 1, id, sector);

	blk_entry_segment(f, &e, 0, ref, 0, 7);
	ck_assert(blk_front_push(f, &e));
}

void blk_front_plain(struct blk_front *f, uint8_t operation, uint64_t id)
{
	struct blk_entry e = blk_entry(f, operation, 0, id, 0);

	ck_assert(blk_front_push(f, &e));
}
