/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <xen/io/blkif.h>
#include "front_blk_peer.h"

/* ---- Store -------------------------------------------------------------- */

static void peer_node(struct blk_peer *p, const char *name, long value)
{
	char text[XENBUS_DIGITS];

	if (value < 0)
		return;
	xenbus_format(text, (uint64_t)value);
	fake_set(p->fake, text, PEER_BACK "/%s", name);
}

/* As Linux does: some nodes early, most with Connected. */
static void peer_announce(struct blk_peer *p)
{
	peer_node(p, "max-ring-page-order", p->features.ring_order);
	peer_node(p, "state", XenbusStateInitWait);
}

static void peer_describe(struct blk_peer *p)
{
	const struct peer_features *f = &p->features;

	peer_node(p, "sectors", f->sectors);
	peer_node(p, "sector-size", f->sector_size);
	peer_node(p, "info", f->info);
	peer_node(p, "feature-flush-cache", f->flush);
	peer_node(p, "feature-barrier", f->barrier);
	peer_node(p, "feature-discard", f->discard);
	peer_node(p, "discard-secure", f->secure);
	peer_node(p, "feature-persistent", f->persistent);
	peer_node(p, "feature-max-indirect-segments", f->indirect);
}

static void peer_nodes(struct blk_peer *p)
{
	fake_set(p->fake, NULL, PEER_BACK);
	fake_set(p->fake, PEER_BACK, PEER_FRONT "/backend");
	fake_set(p->fake, "0", PEER_FRONT "/backend-id");
	fake_set(p->fake, "51712", PEER_FRONT "/virtual-device");
	fake_set(p->fake, "1", PEER_FRONT "/state");
	peer_announce(p);
}

/* ---- Connecting --------------------------------------------------------- */

static void peer_map_ring(struct blk_peer *p)
{
	long order = fake_number(p->fake, PEER_FRONT "/ring-page-order");

	p->nr_refs = order < 0 ? 1 : 1U << order;
	fake_check(order <= p->features.ring_order);
	for (uint32_t i = 0; i < p->nr_refs; i++) {
		long ref = order < 0 ?
			fake_number(p->fake, PEER_FRONT "/ring-ref") :
			fake_number(p->fake, PEER_FRONT "/ring-ref%u", i);
		unsigned char *page = fake_granted(p->fake, (uint32_t)ref);

		if (!i)
			p->ring = page;
		/* The test's backend has no address space of its own. */
		fake_check(page == p->ring + i * FRONTEND_PAGE);
		p->refs[i] = (uint32_t)ref;
		fake_map(p->fake, p->refs[i], true);
	}
}

static void peer_connect(struct blk_peer *p)
{
	uint32_t fit;

	ck_assert_str_eq(fake_get(p->fake, PEER_FRONT "/protocol"),
			 "x86_64-abi");
	peer_map_ring(p);
	p->stride = sizeof(union blkif_sring_entry);
	fit = (p->nr_refs * FRONTEND_PAGE - 64) / p->stride;
	p->slots = 1U << (31 - __builtin_clz(fit));
	p->req_cons = p->rsp_prod = 0;
	p->nr_held = 0;
	p->port = (unsigned int)fake_number(p->fake,
					    PEER_FRONT "/event-channel");
	p->sent = p->fake->ports[p->port].sent;
	p->more = false;
	p->connected = true;
	peer_describe(p);
	peer_node(p, "state", XenbusStateConnected);
}

static void peer_forget(struct blk_peer *p)
{
	p->connected = false;
	p->nr_held = 0;
	memset(p->mapped, 0, FAKE_REFS * sizeof(*p->mapped));
}

static void peer_disconnect(struct blk_peer *p)
{
	if (!p->connected)
		return;
	for (uint32_t i = 0; i < p->nr_refs; i++)
		fake_map(p->fake, p->refs[i], false);
	for (uint32_t ref = 0; ref < FAKE_REFS; ref++)
		if (p->mapped[ref])
			fake_map(p->fake, ref, false);
	peer_forget(p);
}

static void peer_handshake(struct blk_peer *p)
{
	long own = fake_number(p->fake, PEER_BACK "/state");
	long front = fake_number(p->fake, PEER_FRONT "/state");

	switch (front) {
	case XenbusStateInitialising:
		if (own == XenbusStateClosed)
			peer_node(p, "state", XenbusStateInitWait);
		return;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		if (!p->connected && own == XenbusStateInitWait)
			peer_connect(p);
		return;
	case XenbusStateClosing:
		if (own != XenbusStateClosing && own != XenbusStateClosed)
			peer_node(p, "state", XenbusStateClosing);
		return;
	case XenbusStateClosed:
		peer_disconnect(p);
		if (own != XenbusStateClosed)
			peer_node(p, "state", XenbusStateClosed);
		return;
	default:
		return;
	}
}

/* ---- Requests ----------------------------------------------------------- */

static struct blkif_sring *peer_shared(const struct blk_peer *p)
{
	return (void *)p->ring;
}

static char *peer_page(struct blk_peer *p, uint32_t ref)
{
	char *page = fake_granted(p->fake, ref);

	fake_check(!(p->fake->entries[ref].flags & GTF_readonly));
	if (p->features.persistent == 1 &&
	    fake_number(p->fake, PEER_FRONT "/feature-persistent") == 1) {
		p->mapped[ref] = true;
		fake_map(p->fake, ref, true);
	}
	return page;
}

static void peer_segment(struct blk_peer *p, bool write, uint64_t sector,
			 const struct blkif_request_segment *s)
{
	char *page = peer_page(p, s->gref) + s->first_sect * 512;
	size_t len = (s->last_sect - s->first_sect + 1u) * 512;

	fake_check(s->first_sect <= s->last_sect);
	fake_check(s->last_sect < 8);
	fake_check(sector * 512 + len <= sizeof(p->disk));
	if (write)
		memcpy(p->disk + sector * 512, page, len);
	else
		memcpy(page, p->disk + sector * 512, len);
}

static void peer_data(struct blk_peer *p, uint8_t operation, uint64_t sector,
		      const struct blkif_request_segment *segments,
		      unsigned int count)
{
	uint64_t start = sector;

	for (unsigned int i = 0; i < count; i++) {
		peer_segment(p, operation != BLKIF_OP_READ, sector,
			     &segments[i]);
		sector += segments[i].last_sect - segments[i].first_sect + 1u;
	}
	if (p->features.sector_size > 512) {
		uint64_t unit = (uint64_t)p->features.sector_size / 512;

		fake_check(start % unit == 0);
		fake_check(sector % unit == 0);
	}
	if (count > p->most_segments)
		p->most_segments = count;
}

static uint8_t peer_indirect(struct blk_peer *p,
			     const struct blkif_request_indirect *r)
{
	fake_check(p->features.indirect > 0);
	fake_check(r->nr_segments <= p->features.indirect);
	fake_check(r->handle == 51712);
	p->indirects++;
	if (!p->status[r->indirect_op])
		peer_data(p, r->indirect_op, r->sector_number,
			  (void *)peer_page(p, r->indirect_grefs[0]),
			  r->nr_segments);
	return r->indirect_op;
}

static uint8_t peer_serve(struct blk_peer *p, const struct blkif_request *r)
{
	if (r->operation == BLKIF_OP_INDIRECT)
		return peer_indirect(p, (const void *)r);
	fake_check(r->handle == 51712);
	fake_check(r->operation < 8);
	if (r->operation == BLKIF_OP_DISCARD) {
		const struct blkif_request_discard *d = (const void *)r;

		p->discarded += d->nr_sectors;
		return r->operation;
	}
	fake_check(r->nr_segments <= 11);
	if (!p->status[r->operation])
		peer_data(p, r->operation, r->sector_number, r->seg,
			  r->nr_segments);
	return r->operation;
}

static void peer_hold(struct blk_peer *p, uint64_t id, uint8_t operation,
		      int16_t status)
{
	fake_check(p->nr_held < PEER_HELD);
	p->held[p->nr_held].id = id;
	p->held[p->nr_held].operation = operation;
	p->held[p->nr_held++].status = status;
}

static void peer_requests(struct blk_peer *p)
{
	struct blkif_sring *shared = peer_shared(p);
	unsigned int left = p->per_round ? p->per_round : UINT32_MAX;
	unsigned int sent = p->fake->ports[p->port].sent;

	/* Asleep until the frontend sends an event. */
	if (sent == p->sent && !p->more)
		return;
	p->sent = sent;
	/* A mute one may be in the hands of a test that lies. */
	if (p->mute && shared->req_prod - p->rsp_prod > p->slots)
		return;
	fake_check(shared->req_prod - p->rsp_prod <= p->slots);
	while (p->req_cons != shared->req_prod && left--) {
		const void *slot = p->ring + 64 + p->stride *
				   (p->req_cons++ & (p->slots - 1));
		struct blkif_request r;
		uint8_t operation;

		memcpy(&r, slot, sizeof(r));
		operation = peer_serve(p, &r);
		p->count[operation]++;
		peer_hold(p, r.operation == BLKIF_OP_INDIRECT ?
			  ((struct blkif_request_indirect *)&r)->id : r.id,
			  p->outer ? r.operation : operation,
			  p->status[operation]);
	}
	shared->req_event = p->req_cons + 1;
	p->more = p->req_cons != shared->req_prod;
}

void blk_peer_answer(struct blk_peer *p, uint64_t id, uint8_t operation,
		     int16_t status)
{
	struct blkif_response rsp = { .id = id, .operation = operation,
				      .status = status };

	memcpy(p->ring + 64 + p->stride * (p->rsp_prod++ & (p->slots - 1)),
	       &rsp, sizeof(rsp));
}

void blk_peer_publish(struct blk_peer *p)
{
	struct blkif_sring *shared = peer_shared(p);
	uint32_t old = shared->rsp_prod;

	shared->rsp_prod = p->rsp_prod;
	/* Only if asked: this tests the frontend's asking. */
	if (p->rsp_prod - shared->rsp_event < p->rsp_prod - old)
		fake_event(p->fake, p->port);
}

void blk_peer_release(struct blk_peer *p)
{
	for (unsigned int i = 0; i < p->nr_held; i++) {
		unsigned int n = p->lifo ? p->nr_held - 1 - i : i;

		blk_peer_answer(p, p->held[n].id, p->held[n].operation,
				p->held[n].status);
	}
	p->nr_held = 0;
	blk_peer_publish(p);
}

/* ---- Life --------------------------------------------------------------- */

void blk_peer_step(struct front_fake *f)
{
	struct blk_peer *p = f->peer_data;

	peer_handshake(p);
	if (!p->connected)
		return;
	peer_requests(p);
	if (!p->mute)
		blk_peer_release(p);
}

void blk_peer_init(struct blk_peer *p, struct front_fake *f,
		   const struct peer_features *features)
{
	/* Its disk stays: what is on it does not matter. */
	memset(p, 0, offsetof(struct blk_peer, disk));
	p->fake = f;
	p->features = *features;
	p->mapped = calloc(FAKE_REFS, sizeof(*p->mapped));
	f->peer = blk_peer_step;
	f->peer_data = p;
	peer_nodes(p);
}

void blk_peer_free(struct blk_peer *p)
{
	free(p->mapped);
}

void blk_peer_restart(struct blk_peer *p)
{
	peer_forget(p);
	peer_nodes(p);
}
