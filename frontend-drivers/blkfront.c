/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of a disk from submission to their end: see blkfront.h.
 *
 * All that have not ended are one list in the order of submission. `queue` is
 * the first of them that has not been given to the backend as a whole; it and
 * those behind it wait for slots of the ring or for pages. So after a resume
 * the whole list becomes the queue again, and nothing else need be known.
 */
#include <xen/io/blkif.h>
#include "blkfront_internal.h"

void blkfront_log(const struct blkfront *b, const char *text)
{
	b->os->log(b->os->context, b->device.path, text);
}

/* ---- The list ----------------------------------------------------------- */

static void blkfront_append(struct blkfront *b, struct blkfront_request *r)
{
	r->next = NULL;
	r->prev = b->last;
	r->issued = 0;
	r->pieces = 0;
	r->status = 0;
	if (b->last)
		b->last->next = r;
	else
		b->first = r;
	b->last = r;
	if (!b->queue)
		b->queue = r;
}

void blkfront_complete(struct blkfront *b, struct blkfront_request *r,
		       int status)
{
	if (b->queue == r)
		b->queue = r->next;
	if (r->prev)
		r->prev->next = r->next;
	else
		b->first = r->next;
	if (r->next)
		r->next->prev = r->prev;
	else
		b->last = r->prev;
	r->done(r, status);
}

void blkfront_lose(struct blkfront *b)
{
	b->state = BLKFRONT_GONE;
	blkfront_reset(b);
	while (b->first)
		blkfront_complete(b, b->first, -XEN_EIO);
}

/* The backend is not to be talked to any more. */
static void blkfront_break(struct blkfront *b, const char *why)
{
	blkfront_log(b, why);
	blkfront_lose(b);
	/* The store hears of it in thread context: blkfront_changed(). */
	b->watch.fired = true;
}

/* ---- Checks ------------------------------------------------------------- */

static int blkfront_permitted(const struct blkfront *b, enum blkfront_op op)
{
	switch (op) {
	case BLKFRONT_READ:
	case BLKFRONT_FLUSH:
		return 0;
	case BLKFRONT_WRITE:
		return b->info.readonly ? -XEN_EROFS : 0;
	case BLKFRONT_BARRIER:
		if (!b->info.barrier)
			return -XEN_EOPNOTSUPP;
		return b->info.readonly ? -XEN_EROFS : 0;
	case BLKFRONT_DISCARD:
		if (!b->info.discard)
			return -XEN_EOPNOTSUPP;
		return b->info.readonly ? -XEN_EROFS : 0;
	case BLKFRONT_DISCARD_SECURE:
		if (!b->info.discard_secure)
			return -XEN_EOPNOTSUPP;
		return b->info.readonly ? -XEN_EROFS : 0;
	}
	return -XEN_EINVAL;
}

int blkfront_allowed(const struct blkfront *b,
		     const struct blkfront_request *r)
{
	uint32_t unit = b->info.sector_size / BLKFRONT_SECTOR;
	bool empty = r->op == BLKFRONT_FLUSH || r->op == BLKFRONT_BARRIER;

	if (r->op == BLKFRONT_FLUSH ? r->sectors != 0 : !r->sectors && !empty)
		return -XEN_EINVAL;
	if (r->sectors > b->info.sectors ||
	    r->sector > b->info.sectors - r->sectors ||
	    ((r->sector | r->sectors) & (unit - 1)))
		return -XEN_EINVAL;
	if (r->op == BLKFRONT_BARRIER &&
	    r->sectors > (b->info.segments < BLKFRONT_DIRECT ?
			  b->info.segments : BLKFRONT_DIRECT) *
			 (uint64_t)BLKFRONT_PAGE_SECTORS)
		return -XEN_E2BIG;
	return blkfront_permitted(b, r->op);
}

static int blkfront_check_buffers(const struct blkfront_request *r)
{
	uint64_t left = r->sectors * BLKFRONT_SECTOR;
	unsigned int i;

	if (r->op == BLKFRONT_DISCARD || r->op == BLKFRONT_DISCARD_SECURE)
		return 0;
	for (i = 0; i < r->nr_buffers; i++) {
		if (r->buffers[i].bytes > left)
			return -XEN_EINVAL;
		left -= r->buffers[i].bytes;
	}
	return left ? -XEN_EINVAL : 0;
}

int blkfront_operation(const struct blkfront *b,
		       const struct blkfront_request *r)
{
	switch (r->op) {
	case BLKFRONT_READ:
		return BLKIF_OP_READ;
	case BLKFRONT_WRITE:
		return BLKIF_OP_WRITE;
	case BLKFRONT_BARRIER:
		return BLKIF_OP_WRITE_BARRIER;
	case BLKFRONT_DISCARD:
	case BLKFRONT_DISCARD_SECURE:
		return BLKIF_OP_DISCARD;
	case BLKFRONT_FLUSH:
		break;
	}
	if (b->info.flush)
		return BLKIF_OP_FLUSH_DISKCACHE;
	return b->info.barrier && !b->info.readonly ? BLKIF_OP_WRITE_BARRIER :
	       -1;
}

/* ---- Going on ----------------------------------------------------------- */

/* The request at the head of the queue; false: it must wait. */
static bool blkfront_issue_next(struct blkfront *b)
{
	struct blkfront_request *r = b->queue;
	int operation, rc = 0;

	/* The device may have changed since the submission. */
	if (!r->issued)
		rc = blkfront_allowed(b, r);
	operation = blkfront_operation(b, r);
	if (rc || operation < 0) {
		blkfront_complete(b, r, rc ? -XEN_EIO : 0);
		return true;
	}
	if (!blkfront_put(b, r, (uint8_t)operation))
		return false;
	if (r->issued == r->sectors)
		b->queue = r->next;
	return true;
}

void blkfront_issue(struct blkfront *b)
{
	/* A callback may submit the next request: that one only queues. */
	if (b->issuing)
		return;
	b->issuing = true;
	while (b->queue && (b->state == BLKFRONT_CONNECTED ||
			    b->state == BLKFRONT_CLOSING))
		if (!blkfront_issue_next(b))
			break;
	b->issuing = false;
	if (b->state != BLKFRONT_GONE && b->ring.shared &&
	    front_ring_push(&b->ring))
		b->os->event_send(b->os->context, b->port);
}

int blkfront_submit(struct blkfront *b, struct blkfront_request *r)
{
	int rc;

	switch (b->state) {
	case BLKFRONT_CONNECTING:
	case BLKFRONT_CONNECTED:
		break;
	case BLKFRONT_GONE:
		return -XEN_EIO;
	default:
		return -XEN_ENXIO;
	}
	rc = blkfront_allowed(b, r);
	if (!rc)
		rc = blkfront_check_buffers(r);
	if (rc)
		return rc;
	blkfront_append(b, r);
	blkfront_issue(b);
	return 0;
}

void blkfront_poll(struct blkfront *b)
{
	int pending;

	if (b->state != BLKFRONT_CONNECTED && b->state != BLKFRONT_CLOSING)
		return;
	do {
		while ((pending = front_ring_pending(&b->ring)) > 0) {
			if (!blkfront_take(b)) {
				blkfront_break(b, "answer to no request");
				return;
			}
		}
		if (!pending)
			pending = front_ring_rearm(&b->ring);
		if (pending < 0) {
			blkfront_break(b, "more answers than requests");
			return;
		}
	} while (pending);
	blkfront_issue(b);
}

bool blkfront_usable(const struct blkfront *b)
{
	return b->state == BLKFRONT_CONNECTED ||
	       b->state == BLKFRONT_CONNECTING;
}

/* ---- One at a time ------------------------------------------------------ */

struct blkfront_single {
	struct blkfront *b;
	bool ended;
	int status;
};

static void blkfront_single_done(struct blkfront_request *r, int status)
{
	struct blkfront_single *single = r->arg;

	single->status = status;
	single->ended = true;
}

static bool blkfront_single_ready(void *arg)
{
	struct blkfront_single *single = arg;

	blkfront_poll(single->b);
	xenbus_pending(single->b->os->xenbus);
	return single->ended || single->b->watch.fired;
}

int blkfront_transfer(struct blkfront *b, enum blkfront_op op,
		      uint64_t sector, uint64_t sectors, void *buffer)
{
	struct blkfront_single single = { b, false, 0 };
	struct blkfront_buffer whole = { buffer,
		(size_t)sectors * BLKFRONT_SECTOR };
	struct blkfront_request request = {
		.op = op, .sector = sector, .sectors = sectors,
		.buffers = &whole, .nr_buffers = 1,
		.done = blkfront_single_done, .arg = &single,
	};
	int rc = blkfront_submit(b, &request);

	if (rc)
		return rc;
	while (!single.ended) {
		b->os->wait(b->os->context, blkfront_single_ready, &single,
			    FRONTEND_FOREVER);
		if (!single.ended && b->watch.fired) {
			b->watch.fired = false;
			b->watch.changed(b->watch.arg);
		}
	}
	return single.status;
}
