/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest to TAP.
 *
 * A chain: the first request, its extra infos if it announces some, then the
 * rest of the data while "more data" is set. The size of the first request is
 * that of the whole packet. What no correct frontend can produce ends the
 * device (VIF_FATAL); what is merely not to be carried is answered with an
 * error. Every slot taken is answered, also on the way to VIF_FATAL.
 */
#include <stdint.h>
#include <string.h>
#include "packet.h"
#include "vif_internal.h"

enum {
	/* Chains above this are refused, and far above it they are hostile. */
	CHAIN_SLOTS = XEN_NETIF_NR_SLOTS_MIN,
	CHAIN_FATAL = XEN_NETIF_NR_SLOTS_MIN + 2,
	CHAIN_EXTRAS = 4,
	ROUNDS = 8,
};

struct tx_chain {
	struct vif *vif;
	struct vif_packet *packet;
	struct netif_extra_info extras[XEN_NETIF_EXTRA_TYPE_MAX];
	struct netif_tx_request slots[CHAIN_FATAL];
	uint32_t nr_slots;
	int pending;		/* requests published and not taken */
};

static bool tx_fatal(struct tx_chain *c, const char *why)
{
	c->vif->why = why;
	return false;
}

/* Room for its answer was made sure of before the chain was begun. */
static struct vif_answer *tx_answer(struct tx_chain *c, uint16_t id,
				    bool is_extra)
{
	struct vif_batch *b = c->vif->batch;
	struct vif_answer *a = &b->answers[b->answers_used++];

	a->id = id;
	a->is_extra = is_extra;
	c->packet->answers++;
	return a;
}

static bool tx_take(struct tx_chain *c, void *to)
{
	if (!c->pending)
		return tx_fatal(c, "a packet ends in the middle");
	c->pending--;
	ring_take(&c->vif->tx, to, sizeof(struct netif_tx_request));
	return true;
}

static bool tx_extras(struct tx_chain *c)
{
	union {
		struct netif_tx_request slot;
		struct netif_extra_info extra;
	} u;
	uint32_t count = 0;

	do {
		if (count++ == CHAIN_EXTRAS)
			return tx_fatal(c, "a packet has too many extras");
		if (!tx_take(c, &u.slot))
			return false;
		tx_answer(c, 0, true);
		if (u.extra.type == XEN_NETIF_EXTRA_TYPE_NONE ||
		    u.extra.type >= XEN_NETIF_EXTRA_TYPE_MAX)
			return tx_fatal(c, "an extra info of unknown type");
		c->extras[u.extra.type] = u.extra;
	} while (u.extra.flags & XEN_NETIF_EXTRA_FLAG_MORE);
	return true;
}

/* Takes the slots after the first, which says how large the whole is. */
static bool tx_rest(struct tx_chain *c)
{
	struct netif_tx_request *first = &c->slots[0];
	uint16_t flags = first->flags;

	while (flags & NETTXF_more_data) {
		struct netif_tx_request *slot = &c->slots[c->nr_slots];

		if (c->nr_slots == CHAIN_FATAL)
			return tx_fatal(c, "a packet has too many slots");
		if (!tx_take(c, slot))
			return false;
		c->nr_slots++;
		tx_answer(c, slot->id, false);
		if (slot->size > first->size)
			c->packet->drop = true;
		else
			first->size -= slot->size;
		flags = slot->flags;
	}
	if (c->nr_slots > CHAIN_SLOTS)
		c->packet->drop = true;
	return true;
}

/* From here on the first slot's size is that of its own data. */
static bool tx_bounds(struct tx_chain *c)
{
	for (uint32_t i = 0; i < c->nr_slots; i++)
		if (!c->packet->drop &&
		    (uint32_t)c->slots[i].offset + c->slots[i].size >
		    GRANTS_PAGE)
			return tx_fatal(c, "a slot crosses the end of its page");
	return true;
}

static bool tx_gso(struct tx_chain *c)
{
	const struct netif_extra_info *gso =
		&c->extras[XEN_NETIF_EXTRA_TYPE_GSO];

	if (!gso->type)
		return true;
	if (!gso->u.gso.size)
		return tx_fatal(c, "segments of size 0");
	if (gso->u.gso.type != XEN_NETIF_GSO_TYPE_TCPV4 &&
	    gso->u.gso.type != XEN_NETIF_GSO_TYPE_TCPV6)
		return tx_fatal(c, "segmentation of unknown type");
	c->packet->gso = *gso;
	return true;
}

/* Some chains are no packet, but an order for us. True if this is one. */
static bool tx_order(struct tx_chain *c)
{
	const struct netif_extra_info *add =
		&c->extras[XEN_NETIF_EXTRA_TYPE_MCAST_ADD];
	const struct netif_extra_info *del =
		&c->extras[XEN_NETIF_EXTRA_TYPE_MCAST_DEL];

	if (!add->type && !del->type)
		return false;
	c->packet->is_order = true;
	c->packet->drop = add->type && !multicast_add(&c->vif->multicast,
						      add->u.mcast.addr);
	if (del->type)
		multicast_del(&c->vif->multicast, del->u.mcast.addr);
	return true;
}

/*
 * Where a packet begins. After the headers and the first piece of data, the
 * others are mostly whole pages: these shall lie in whole pages of ours.
 */
static void tx_place(const struct tx_chain *c)
{
	struct vif_batch *b = c->vif->batch;
	uint32_t head = c->slots[0].size;

	if (c->nr_slots > 1)
		b->used += -(b->used + head + c->slots[1].size) % GRANTS_PAGE;
	else if (vif_batch_left(b) < head)
		b->used += vif_batch_left(b);
}

static void tx_plan_copies(struct tx_chain *c)
{
	struct vif_batch *b = c->vif->batch;
	struct vif_packet *p = c->packet;

	tx_place(c);
	p->data = b->data + b->used;
	p->first_copy = b->copies_used;
	for (uint32_t i = 0; i < c->nr_slots; i++) {
		const struct netif_tx_request *slot = &c->slots[i];

		if (!slot->size)
			continue;
		b->copies[b->copies_used++] = (struct grant_copy){
			.local = b->data + b->used,
			.ref = slot->gref,
			.offset = slot->offset,
			.len = slot->size,
		};
		b->used += slot->size;
	}
	p->copies = b->copies_used - p->first_copy;
}

/* Takes what belongs to one packet and checks it; false: fatal. */
static bool tx_take_chain(struct tx_chain *c)
{
	struct netif_tx_request *first = &c->slots[0];
	uint16_t flags;

	if (!tx_take(c, first))
		return false;
	c->nr_slots = 1;
	flags = first->flags;
	tx_answer(c, first->id, false);
	c->packet->flags = flags;
	c->packet->len = first->size;
	if (flags & NETTXF_extra_info && !tx_extras(c))
		return false;
	if (tx_order(c))
		return !(flags & NETTXF_more_data) ||
		       tx_fatal(c, "a multicast order with data");
	c->packet->drop = first->size < PACKET_ETHERNET;
	return tx_rest(c) && tx_bounds(c) && tx_gso(c);
}

static bool tx_chain(struct vif *v, int pending)
{
	struct vif_batch *b = v->batch;
	struct tx_chain c = {
		.vif = v,
		.packet = &b->packets[b->packets_used++],
		.pending = pending,
	};

	*c.packet = (struct vif_packet){ .first_answer = b->answers_used };
	if (!tx_take_chain(&c)) {
		c.packet->drop = true;
		return false;
	}
	if (!c.packet->drop && !c.packet->is_order)
		tx_plan_copies(&c);
	return true;
}

/* Says what is left to do for a packet; false: it makes no sense. */
static bool tx_header(struct vif_packet *p, struct virtio_net_hdr *header)
{
	struct packet_info info;
	bool segment = p->gso.type != 0;

	memset(header, 0, sizeof(*header));
	if (!segment && !(p->flags & NETTXF_csum_blank))
		return true;
	if (!packet_parse(p->data, p->len, &info))
		return false;
	header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	header->csum_start = info.transport;
	header->csum_offset = info.checksum;
	if (!segment)
		return true;
	if (info.protocol != PACKET_TCP ||
	    info.ipv6 != (p->gso.u.gso.type == XEN_NETIF_GSO_TYPE_TCPV6))
		return false;
	header->gso_type = info.ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
			   VIRTIO_NET_HDR_GSO_TCPV4;
	header->gso_size = p->gso.u.gso.size;
	header->hdr_len = info.payload;
	/* Some frontends leave a full sum where segments need a partial. */
	if (!(p->flags & NETTXF_csum_blank))
		packet_pseudo_checksum(p->data, p->len, &info);
	return true;
}

static int16_t tx_send(struct vif *v, struct vif_packet *p)
{
	struct virtio_net_hdr header;

	if (p->drop || v->lost)
		return NETIF_RSP_ERROR;
	if (p->is_order)
		return NETIF_RSP_OKAY;
	for (uint32_t i = 0; i < p->copies; i++)
		if (v->batch->copies[p->first_copy + i].status)
			return NETIF_RSP_ERROR;
	if (!tx_header(p, &header))
		return NETIF_RSP_ERROR;
	v->lost = tap_write(v->tap, &header, p->data, p->len);
	return v->lost ? NETIF_RSP_ERROR : NETIF_RSP_OKAY;
}

static void tx_answer_packet(struct vif *v, const struct vif_packet *p,
			     int16_t status)
{
	const struct vif_answer *a = &v->batch->answers[p->first_answer];

	for (uint32_t i = 0; i < p->answers; i++, a++) {
		struct netif_tx_response response = {
			.id = a->id,
			.status = a->is_extra ? NETIF_RSP_NULL : status,
		};

		ring_put(&v->tx, &response, sizeof(response));
	}
}

static bool tx_room(const struct vif_batch *b)
{
	return b->packets_used < VIF_PACKETS &&
	       b->answers_used + CHAIN_FATAL + CHAIN_EXTRAS <= VIF_SLOTS &&
	       b->used + CHAIN_FATAL * GRANTS_PAGE <= VIF_BUFFER;
}

/* One batch; false: fatal, but what was taken is answered. */
static bool tx_batch(struct vif *v, int pending)
{
	struct vif_batch *b = v->batch;
	uint32_t end = v->tx.req_cons + pending;
	bool good = true;

	vif_batch_reset(b);
	while (good && tx_room(b) && v->tx.req_cons != end)
		good = tx_chain(v, end - v->tx.req_cons);
	vif_batch_copy(v, b);
	for (uint32_t i = 0; i < b->packets_used; i++)
		tx_answer_packet(v, &b->packets[i],
				 tx_send(v, &b->packets[i]));
	return good;
}

enum vif_result vif_transmit(struct vif *v, bool *notify)
{
	*notify = false;
	for (int i = 0; i < ROUNDS; i++) {
		int pending = ring_pending(&v->tx);
		bool good;

		if (pending == 0)
			pending = ring_rearm(&v->tx, 1);
		if (pending == 0)
			return VIF_IDLE;
		if (pending == RING_OVERFLOW) {
			v->why = "the tx ring's indices are wrong";
			return VIF_FATAL;
		}
		good = tx_batch(v, pending);
		*notify |= ring_push(&v->tx);
		if (!good)
			return VIF_FATAL;
		if (v->lost)
			return VIF_TAP_LOST;
	}
	return VIF_MORE;
}
