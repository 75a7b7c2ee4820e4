/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces of requests as the ring has them, and the answers to them. An id is
 * the number of a slot and how often that has been used: an answer that is
 * made up or comes twice meets a free slot or another generation.
 */
#include <xen/io/blkif.h>
#include "blkfront_internal.h"

union blkfront_wire {
	struct blkif_request direct;
	struct blkif_request_discard discard;
	struct blkif_request_indirect indirect;
};

/* ---- Data --------------------------------------------------------------- */

/* A place in the buffers of a request. */
struct blkfront_cursor {
	const struct blkfront_buffer *buffer;
	size_t offset;
};

static struct blkfront_cursor
blkfront_seek(const struct blkfront_request *r, uint64_t sector)
{
	struct blkfront_cursor at = { r->buffers, 0 };
	uint64_t bytes = sector * BLKFRONT_SECTOR;

	while (bytes && bytes >= at.buffer->bytes) {
		bytes -= at.buffer->bytes;
		at.buffer++;
	}
	at.offset = (size_t)bytes;
	return at;
}

static void blkfront_move(struct blkfront_cursor *at, char *page,
			  size_t len, bool to_page)
{
	size_t step;
	char *data;

	while (len) {
		step = at->buffer->bytes - at->offset;
		if (!step) {
			at->buffer++;
			at->offset = 0;
			continue;
		}
		if (step > len)
			step = len;
		data = (char *)at->buffer->address + at->offset;
		if (to_page)
			memcpy(page, data, step);
		else
			memcpy(data, page, step);
		at->offset += step;
		page += step;
		len -= step;
	}
}

/* Between the request's buffers and the slot's pages. */
static void blkfront_copy(struct blkfront *b, const struct blkfront_slot *s,
			  bool to_pages)
{
	size_t len, left = (size_t)s->sectors * BLKFRONT_SECTOR;
	struct blkfront_cursor at = blkfront_seek(s->request, s->offset);
	uint32_t page = s->pages;

	for (; left; left -= len) {
		len = left < FRONTEND_PAGE ? left : FRONTEND_PAGE;
		blkfront_move(&at, b->pages[page].data, len, to_pages);
		page = b->pages[page].next;
	}
}

/* ---- Requests ----------------------------------------------------------- */

static uint32_t blkfront_segments(const struct blkfront_slot *s)
{
	return (s->sectors + BLKFRONT_PAGE_SECTORS - 1) /
	       BLKFRONT_PAGE_SECTORS;
}

/* Describes the slot's pages; all begin at their first sector. */
static void blkfront_describe(const struct blkfront *b,
			      const struct blkfront_slot *s,
			      struct blkif_request_segment *to)
{
	struct blkif_request_segment segment;
	uint32_t page = s->pages, left = s->sectors;
	uint32_t sectors;

	for (; left; left -= sectors) {
		sectors = left < BLKFRONT_PAGE_SECTORS ? left :
			  BLKFRONT_PAGE_SECTORS;
		memset(&segment, 0, sizeof(segment));
		segment.gref = b->pages[page].ref;
		segment.last_sect = (uint8_t)(sectors - 1);
		memcpy(to++, &segment, sizeof(segment));
		page = b->pages[page].next;
	}
}

static void blkfront_put_discard(struct blkfront *b,
				 const struct blkfront_request *r,
				 uint64_t id)
{
	union blkfront_wire wire;

	/* Not by initializers: the gaps are seen by the backend, too. */
	memset(&wire, 0, sizeof(wire));
	wire.discard.operation = BLKIF_OP_DISCARD;
	if (r->op == BLKFRONT_DISCARD_SECURE)
		wire.discard.flag = BLKIF_DISCARD_SECURE;
	wire.discard.handle = b->handle;
	wire.discard.id = id;
	wire.discard.sector_number = r->sector;
	wire.discard.nr_sectors = r->sectors;
	front_ring_put(&b->ring, &wire, sizeof(wire.discard));
}

static void blkfront_put_indirect(struct blkfront *b,
				  const struct blkfront_slot *s, uint64_t id)
{
	const struct blkfront_page *table = &b->pages[s->table];
	union blkfront_wire wire;

	blkfront_describe(b, s, table->data);
	memset(&wire, 0, sizeof(wire));
	wire.indirect.operation = BLKIF_OP_INDIRECT;
	wire.indirect.indirect_op = s->operation;
	wire.indirect.nr_segments = (uint16_t)blkfront_segments(s);
	wire.indirect.id = id;
	wire.indirect.sector_number = s->request->sector + s->offset;
	wire.indirect.handle = b->handle;
	wire.indirect.indirect_grefs[0] = table->ref;
	front_ring_put(&b->ring, &wire, sizeof(wire.indirect));
}

static void blkfront_put_direct(struct blkfront *b,
				const struct blkfront_slot *s, uint64_t id)
{
	union blkfront_wire wire;

	memset(&wire, 0, sizeof(wire));
	wire.direct.operation = s->operation;
	wire.direct.nr_segments = (uint8_t)blkfront_segments(s);
	wire.direct.handle = b->handle;
	wire.direct.id = id;
	wire.direct.sector_number = s->request->sector + s->offset;
	blkfront_describe(b, s, wire.direct.seg);
	front_ring_put(&b->ring, &wire, sizeof(wire.direct));
}

/* Gives the slot its pages; the list has them in their order. */
static void blkfront_take_pages(struct blkfront *b, struct blkfront_slot *s,
				uint32_t count, bool indirect)
{
	uint32_t page;

	s->table = indirect ? blkfront_page_get(b) : BLKFRONT_NONE;
	s->pages = BLKFRONT_NONE;
	while (count--) {
		page = blkfront_page_get(b);
		b->pages[page].next = s->pages;
		s->pages = page;
	}
}

static struct blkfront_slot *blkfront_take_slot(struct blkfront *b)
{
	struct blkfront_slot *s = &b->slots[b->free_slot];

	b->free_slot = s->next;
	s->generation++;
	return s;
}

bool blkfront_put(struct blkfront *b, struct blkfront_request *r,
		  uint8_t operation)
{
	bool discard = operation == BLKIF_OP_DISCARD;
	uint64_t id, left = discard ? 0 : r->sectors - r->issued;
	uint64_t most = (uint64_t)b->info.segments * BLKFRONT_PAGE_SECTORS;
	struct blkfront_slot *s;
	uint32_t sectors, count;
	bool indirect;

	sectors = (uint32_t)(left < most ? left : most);
	count = (sectors + BLKFRONT_PAGE_SECTORS - 1) / BLKFRONT_PAGE_SECTORS;
	indirect = count > BLKFRONT_DIRECT;
	if (!front_ring_free(&b->ring) || b->free_slot == BLKFRONT_NONE ||
	    count + indirect > b->nr_free_pages)
		return false;

	s = blkfront_take_slot(b);
	s->request = r;
	s->offset = r->issued;
	s->sectors = sectors;
	s->operation = operation;
	blkfront_take_pages(b, s, count, indirect);
	r->pieces++;
	r->issued += discard ? r->sectors : sectors;
	if (operation != BLKIF_OP_READ)
		blkfront_copy(b, s, true);
	id = (uint64_t)s->generation << 32 | (uint32_t)(s - b->slots);
	if (discard)
		blkfront_put_discard(b, r, id);
	else if (indirect)
		blkfront_put_indirect(b, s, id);
	else
		blkfront_put_direct(b, s, id);
	return true;
}

/* ---- Responses ---------------------------------------------------------- */

static void blkfront_free_slot(struct blkfront *b, struct blkfront_slot *s)
{
	uint32_t page, next;

	for (page = s->pages; page != BLKFRONT_NONE; page = next) {
		next = b->pages[page].next;
		blkfront_page_put(b, page);
	}
	if (s->table != BLKFRONT_NONE)
		blkfront_page_put(b, s->table);
	s->request = NULL;
	s->next = b->free_slot;
	b->free_slot = (uint32_t)(s - b->slots);
}

/* The slot that a response is about, if it is one that was asked for. */
static struct blkfront_slot *
blkfront_answered(struct blkfront *b, const struct blkif_response *response)
{
	uint32_t index = (uint32_t)response->id;
	struct blkfront_slot *s;

	if (index >= b->nr_slots)
		return NULL;
	s = &b->slots[index];
	if (!s->request || response->id >> 32 != s->generation)
		return NULL;
	if (response->operation == s->operation)
		return s;
	/* Some backends repeat the outer operation. */
	return response->operation == BLKIF_OP_INDIRECT &&
	       s->table != BLKFRONT_NONE ? s : NULL;
}

/* An operation that is refused will not be tried again. */
static int blkfront_status(struct blkfront *b, uint8_t operation,
			   int16_t status)
{
	if (status == BLKIF_RSP_OKAY)
		return 0;
	if (status != BLKIF_RSP_EOPNOTSUPP)
		return -XEN_EIO;
	switch (operation) {
	case BLKIF_OP_FLUSH_DISKCACHE:
		b->info.flush = false;
		return -XEN_EOPNOTSUPP;
	case BLKIF_OP_WRITE_BARRIER:
		b->info.barrier = false;
		return -XEN_EOPNOTSUPP;
	case BLKIF_OP_DISCARD:
		b->info.discard = false;
		b->info.discard_secure = false;
		return -XEN_EOPNOTSUPP;
	default:
		return -XEN_EIO;
	}
}

bool blkfront_take(struct blkfront *b)
{
	struct blkif_response response;
	struct blkfront_request *r;
	struct blkfront_slot *s;
	int status;

	front_ring_take(&b->ring, &response, sizeof(response));
	s = blkfront_answered(b, &response);
	if (!s)
		return false;
	r = s->request;
	status = blkfront_status(b, s->operation, response.status);
	if (!status && s->operation == BLKIF_OP_READ)
		blkfront_copy(b, s, false);
	blkfront_free_slot(b, s);
	r->pieces--;
	if (status) {
		/* What has not been issued need not be. */
		r->status = status;
		r->issued = r->sectors;
		if (b->queue == r)
			b->queue = r->next;
	}
	if (!r->pieces && r != b->queue)
		blkfront_complete(b, r, r->status);
	return true;
}
