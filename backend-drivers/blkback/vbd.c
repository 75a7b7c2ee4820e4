/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring of a block device and the order of its requests. Every request
 * that is taken off the ring ends in vbd_answer(), once.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "vbd_internal.h"

enum {
	PERSIST_CAP = 2048,	/* pages that stay mapped */
	OWN_PAGES = 2048,	/* pages to copy through */
	/* Requests begun in one round, before other events get their turn. */
	ROUND = 1024,
	/* When so much of the image's memory is left, it is low. */
	LOW_PART = 16,
};

_Static_assert((int)OWN_PAGES >= (int)REQUEST_SEGMENTS,
	       "one request must always fit");

struct vbd *vbd_new(struct grants *grants, struct image *image)
{
	struct vbd *v = calloc(1, sizeof(*v));
	size_t bytes;
	void *fixed = image_fixed(image, &bytes);

	if (!v)
		return NULL;
	v->grants = grants;
	v->image = image;
	v->info = image_info(image);
	v->limits.sectors = v->info->sectors;
	v->limits.sector_size = v->info->sector_size;
	TAILQ_INIT(&v->waiting);
	v->pages = pages_new(OWN_PAGES);
	v->runs = runs_new(fixed, bytes);
	v->low = bytes / LOW_PART;
	v->copies = calloc(REQUEST_SEGMENTS, sizeof(*v->copies));
	if (v->pages && v->runs && v->copies)
		return v;
	vbd_free(v);
	return NULL;
}

void vbd_free(struct vbd *v)
{
	if (!v)
		return;
	if (v->attached)
		vbd_detach(v);
	pages_free(v->pages);
	runs_free(v->runs);
	free(v->copies);
	free(v);
}

int vbd_attach(struct vbd *v, void *memory, size_t bytes,
	       const struct request_layout *layout, bool persistent)
{
	if (ring_attach(&v->ring, memory, bytes, layout->entry))
		return RING_OVERFLOW;
	v->requests = calloc(v->ring.size, sizeof(*v->requests));
	if (!v->requests)
		return -ENOMEM;
	if (persistent) {
		v->persist = persist_new(v->grants, PERSIST_CAP);
		if (!v->persist) {
			free(v->requests);
			return -ENOMEM;
		}
	}
	v->free = NULL;
	for (uint32_t i = 0; i < v->ring.size; i++) {
		v->requests[i].next_free = v->free;
		v->free = &v->requests[i];
	}
	v->layout = layout;
	v->draining = false;
	v->attached = true;
	return 0;
}

void vbd_detach(struct vbd *v)
{
	persist_free(v->persist);
	v->persist = NULL;
	free(v->requests);
	v->requests = v->free = NULL;
	v->attached = false;
}

void vbd_drain(struct vbd *v)
{
	v->draining = true;
}

bool vbd_idle(const struct vbd *v)
{
	return !v->in_flight && !v->stalled;
}

int vbd_lost(const struct vbd *v)
{
	return v->lost;
}

bool vbd_failed(struct vbd *v, struct vbd_failure *failure)
{
	*failure = v->failure;
	v->failure.count = 0;
	return failure->count != 0;
}

static const char *vbd_what(const struct vbd_request *r)
{
	if (r->step != VBD_DATA)
		return "flush";
	switch (r->info.operation) {
	case BLKIF_OP_READ:
		return "read";
	case BLKIF_OP_DISCARD:
		return "discard";
	default:
		return "write";
	}
}

static void vbd_note_failure(struct vbd *v, const struct vbd_request *r,
			     int error)
{
	/* A file system without holes is no fault of the disk. */
	if (error == -EOPNOTSUPP || v->failure.count++)
		return;
	v->failure.what = vbd_what(r);
	v->failure.sector = r->info.sector;
	v->failure.bytes = r->step == VBD_DATA ?
			   r->info.nr_sectors * REQUEST_SECTOR : 0;
	v->failure.error = error;
}

static void vbd_answer(struct vbd *v, struct vbd_request *r, int16_t status)
{
	uint8_t response[REQUEST_RESPONSE_MAX];

	request_response(v->layout, &r->info, status, response);
	ring_put(&v->ring, response, v->layout->response);
	r->next_free = v->free;
	v->free = r;
}

static void vbd_step(struct vbd *v, struct vbd_request *r);

/* `r` changes the image no more: those that came after it wait for one less. */
static void vbd_modified(struct vbd *v, const struct vbd_request *r)
{
	struct vbd_request *w = TAILQ_FIRST(&v->waiting);

	v->modifying--;
	while (w) {
		struct vbd_request *next = TAILQ_NEXT(w, link);

		if (w->sequence > r->sequence && !--w->waits) {
			TAILQ_REMOVE(&v->waiting, w, link);
			vbd_step(v, w);
		}
		w = next;
	}
}

static void vbd_finish(struct vbd *v, struct vbd_request *r, int16_t status)
{
	if (v->broken)
		status = BLKIF_RSP_ERROR;
	if (r->moves_data && !vbd_release(v, r, status == BLKIF_RSP_OKAY))
		status = BLKIF_RSP_ERROR;
	v->in_flight--;
	if (v->barrier == r)
		v->barrier = NULL;
	if (r->modifies)
		vbd_modified(v, r);
	vbd_answer(v, r, status);
}

/* Begins the next step of a request; it has at least one. */
static void vbd_step(struct vbd *v, struct vbd_request *r)
{
	r->step = r->steps & -r->steps;
	r->steps &= ~r->step;
	if (r->step != VBD_DATA)
		image_sync(v->image, r);
	else if (r->info.operation == BLKIF_OP_DISCARD)
		image_discard(v->image, r->info.sector * REQUEST_SECTOR,
			      r->info.nr_sectors * REQUEST_SECTOR, r);
	else
		vbd_transfer(v, r);
}

/* An operation of the image came back. */
static void vbd_completed(struct vbd *v, struct vbd_request *r, int result)
{
	bool transfer = r->step == VBD_DATA && r->moves_data;

	if (result == -EINTR) {
		r->steps |= r->step;
		vbd_step(v, r);
		return;
	}
	if (r->step != VBD_DATA && result < 0)
		v->broken = true;
	if (result < 0 || (transfer && !result)) {
		vbd_note_failure(v, r, result);
		vbd_finish(v, r, result == -EOPNOTSUPP ?
			   BLKIF_RSP_EOPNOTSUPP : BLKIF_RSP_ERROR);
		return;
	}
	if (transfer && !vbd_advance(r, result)) {
		vbd_transfer(v, r);	/* it was cut short */
		return;
	}
	if (r->steps)
		vbd_step(v, r);
	else
		vbd_finish(v, r, BLKIF_RSP_OKAY);
}

/* From here on the request is in flight. */
static void vbd_start(struct vbd *v, struct vbd_request *r)
{
	r->sequence = ++v->sequence;
	r->waits = r->steps & VBD_SYNC_BEFORE ? v->modifying : 0;
	v->in_flight++;
	v->begun++;
	if (r->modifies)
		v->modifying++;
	if (r->info.operation == BLKIF_OP_WRITE_BARRIER)
		v->barrier = r;
	if (r->waits)
		TAILQ_INSERT_TAIL(&v->waiting, r, link);
	else
		vbd_step(v, r);
}

static void vbd_start_data(struct vbd *v, struct vbd_request *r)
{
	switch (vbd_prepare(v, r)) {
	case VBD_READY:
		vbd_start(v, r);
		return;
	case VBD_NO_PAGES:
		v->stalled = r;
		return;
	case VBD_BAD:
		vbd_answer(v, r, BLKIF_RSP_ERROR);
		return;
	}
}

static void vbd_begin_data(struct vbd *v, struct vbd_request *r)
{
	r->modifies = r->info.operation != BLKIF_OP_READ;
	if ((r->modifies && v->info->readonly) ||
	    !request_check_data(&r->info, r->segments, &v->limits)) {
		vbd_answer(v, r, BLKIF_RSP_ERROR);
		return;
	}
	r->moves_data = true;
	r->steps |= VBD_DATA;
	vbd_start_data(v, r);
}

/* With data, what came before is on the disk first, then the data is too. */
static void vbd_begin_flush(struct vbd *v, struct vbd_request *r)
{
	r->steps = VBD_SYNC_BEFORE;
	if (!r->info.nr_segments) {
		vbd_start(v, r);
		return;
	}
	r->steps |= VBD_SYNC_AFTER;
	vbd_begin_data(v, r);
}

static void vbd_begin_discard(struct vbd *v, struct vbd_request *r)
{
	if (!v->info->discard_granularity) {
		vbd_answer(v, r, BLKIF_RSP_EOPNOTSUPP);
		return;
	}
	if (v->info->readonly ||
	    !request_check_discard(&r->info, &v->limits)) {
		vbd_answer(v, r, BLKIF_RSP_ERROR);
		return;
	}
	r->modifies = true;
	r->steps = VBD_DATA;
	vbd_start(v, r);
}

static void vbd_begin(struct vbd *v, struct vbd_request *r)
{
	switch (r->info.operation) {
	case BLKIF_OP_WRITE_BARRIER:
	case BLKIF_OP_FLUSH_DISKCACHE:
		vbd_begin_flush(v, r);
		return;
	case BLKIF_OP_DISCARD:
		vbd_begin_discard(v, r);
		return;
	default:
		vbd_begin_data(v, r);
	}
}

static bool vbd_known(uint8_t operation)
{
	return operation == BLKIF_OP_READ || operation == BLKIF_OP_WRITE ||
	       operation == BLKIF_OP_WRITE_BARRIER ||
	       operation == BLKIF_OP_FLUSH_DISKCACHE ||
	       operation == BLKIF_OP_DISCARD;
}

/* Takes one request; there is one, and a free struct for it. */
static void vbd_take(struct vbd *v)
{
	uint8_t entry[REQUEST_ENTRY_MAX] __attribute__((aligned(8)));
	struct vbd_request *r = v->free;
	bool good;

	v->free = r->next_free;
	r->steps = 0;
	r->modifies = r->moves_data = false;
	ring_take(&v->ring, entry, v->layout->entry);
	good = request_decode(v->layout, entry, &r->info, r->segments);
	if (!vbd_known(r->info.operation))
		vbd_answer(v, r, BLKIF_RSP_EOPNOTSUPP);
	else if (!good || v->broken)
		vbd_answer(v, r, BLKIF_RSP_ERROR);
	else if (r->info.is_indirect &&
		 !vbd_read_guest(v, r->info.indirect, r->segments,
				 r->info.nr_segments *
				 sizeof(*r->segments)))
		vbd_answer(v, r, BLKIF_RSP_ERROR);
	else
		vbd_begin(v, r);
}

static bool vbd_may_take(const struct vbd *v)
{
	return v->free && !v->stalled && !v->barrier && !v->draining;
}

static void vbd_retry_stalled(struct vbd *v)
{
	struct vbd_request *r = v->stalled;

	if (!r)
		return;
	v->stalled = NULL;
	vbd_start_data(v, r);
}

/*
 * The image's memory is nearly used up: what completes as soon as the image is
 * told of it gives some back. Of no use if nothing came back the last time.
 */
static bool vbd_wait_for_runs(struct vbd *v, bool helps)
{
	v->waited = helps && v->begun && v->low &&
		    !runs_enough(v->runs, v->low);
	return v->waited;
}

/* What is not taken for now is looked at again when something completes. */
static int vbd_consume(struct vbd *v, bool helps)
{
	for (int left = ROUND; left; left--) {
		int pending;

		if (!vbd_may_take(v))
			return 0;
		if (vbd_wait_for_runs(v, helps))
			return 1;
		pending = ring_pending(&v->ring);
		if (pending == 0)
			pending = ring_rearm(&v->ring, 1);
		if (pending <= 0)
			return pending;
		vbd_take(v);
	}
	return 1;
}

int vbd_work(struct vbd *v)
{
	bool helps = !v->waited;
	void *token;
	int result, rc;

	if (!v->attached)
		return 0;
	while (image_next(v->image, &token, &result)) {
		vbd_completed(v, token, result);
		helps = true;
	}
	vbd_retry_stalled(v);
	rc = vbd_consume(v, helps);
	v->begun = 0;
	/* Steps begun above; a kernel short of memory is asked again. */
	v->lost = image_submit(v->image);
	if (v->lost == -EAGAIN)
		return rc ? rc : 1;
	return v->lost ? VBD_IMAGE_LOST : rc;
}

bool vbd_publish(struct vbd *v)
{
	return v->attached && ring_push(&v->ring);
}
