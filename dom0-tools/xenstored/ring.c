/* SPDX-License-Identifier: BSD-2-Clause */
/* One end of a guest's page with two byte rings. */
#include "ring.h"

#include <string.h>

static uint32_t ring_load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void ring_store(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static bool ring_begin(struct ring *r, struct xenstore_domain_interface *page,
		       uint32_t in_pos)
{
	r->page = page;
	r->in_pos = r->in_told = in_pos;
	r->out_pos = r->out_told = ring_load(&page->rsp_prod);
	ring_store(&page->req_cons, in_pos);
	page->server_features = XENSTORE_SERVER_FEATURE_RECONNECTION |
		XENSTORE_SERVER_FEATURE_ERROR;
	return ring_unread(r) >= 0 && ring_space(r) >= 0;
}

bool ring_attach(struct ring *r, struct xenstore_domain_interface *page)
{
	return ring_begin(r, page, ring_load(&page->req_cons));
}

bool ring_resume(struct ring *r, struct xenstore_domain_interface *page,
		 uint32_t in_pos)
{
	return ring_begin(r, page, in_pos);
}

bool ring_wants_reset(const struct ring *r)
{
	return ring_load(&r->page->connection) == XENSTORE_RECONNECT;
}

void ring_reset(struct ring *r)
{
	struct xenstore_domain_interface *page = r->page;

	r->in_pos = r->in_told = r->out_pos = r->out_told = 0;
	page->req_cons = page->req_prod = 0;
	page->rsp_cons = page->rsp_prod = 0;
	page->error = XENSTORE_ERROR_NONE;
	ring_store(&page->connection, XENSTORE_CONNECTED);
}

void ring_set_error(struct ring *r, uint32_t error)
{
	ring_store(&r->page->error, error);
}

int ring_unread(const struct ring *r)
{
	uint32_t n = ring_load(&r->page->req_prod) - r->in_pos;

	return n <= XENSTORE_RING_SIZE ? (int)n : -1;
}

int ring_space(const struct ring *r)
{
	uint32_t used = r->out_pos - ring_load(&r->page->rsp_cons);

	return used <= XENSTORE_RING_SIZE ? (int)(XENSTORE_RING_SIZE - used) :
		-1;
}

/* The part of @len that lies before the end of the ring. */
static size_t ring_part(uint32_t pos, size_t len)
{
	size_t left = XENSTORE_RING_SIZE - MASK_XENSTORE_IDX(pos);

	return len < left ? len : left;
}

int ring_read(struct ring *r, void *to, size_t len)
{
	int unread = ring_unread(r);
	size_t part;

	if (unread < 0)
		return -1;
	if (len > (size_t)unread)
		len = unread;
	part = ring_part(r->in_pos, len);
	memcpy(to, r->page->req + MASK_XENSTORE_IDX(r->in_pos), part);
	memcpy((char *)to + part, r->page->req, len - part);
	r->in_pos += len;
	return len;
}

int ring_write(struct ring *r, const void *from, size_t len)
{
	int space = ring_space(r);
	size_t part;

	if (space < 0)
		return -1;
	if (len > (size_t)space)
		len = space;
	part = ring_part(r->out_pos, len);
	memcpy(r->page->rsp + MASK_XENSTORE_IDX(r->out_pos), from, part);
	memcpy(r->page->rsp, (const char *)from + part, len - part);
	r->out_pos += len;
	return len;
}

bool ring_tell(struct ring *r)
{
	bool moved = r->in_pos != r->in_told || r->out_pos != r->out_told;

	if (!moved)
		return false;
	ring_store(&r->page->req_cons, r->in_pos);
	ring_store(&r->page->rsp_prod, r->out_pos);
	r->in_told = r->in_pos;
	r->out_told = r->out_pos;
	/* The guest must see this before we look whether it did more. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return true;
}
