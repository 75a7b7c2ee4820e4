/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets from the backend. Answers come in the order of the requests, also
 * for information, which takes a slot without naming it: so the id, and the
 * page, is the place in the ring.
 */
#include "netfront_internal.h"

void netfront_rx_post(struct netfront *n)
{
	struct front_ring *r = &n->rx.ring;
	struct netif_rx_request slot;

	memset(&slot, 0, sizeof(slot));
	while (r->req_prod - r->rsp_cons < n->rx.count) {
		slot.id = (uint16_t)(r->req_prod & (n->rx.count - 1));
		slot.gref = n->rx.refs[slot.id];
		front_ring_put(r, &slot, sizeof(slot));
	}
	if (front_ring_push(r))
		n->os->event_send(n->os->context, n->rx.port);
}

static void rx_finish(struct netfront *n)
{
	struct netfront_chain *c = &n->chain;

	if (c->bad || c->bytes < NETFRONT_HEADER) {
		n->count.dropped++;
	} else {
		n->count.received++;
		if (n->config.received)
			n->config.received(n->config.arg, n->packet, c->bytes,
					   &c->offload);
	}
	memset(c, 0, sizeof(*c));
}

static bool rx_extra(struct netfront *n, const struct netif_extra_info *extra)
{
	struct netfront_chain *c = &n->chain;
	struct netfront_offload *o = &c->offload;

	if (extra->type == XEN_NETIF_EXTRA_TYPE_GSO) {
		o->gso = (enum netfront_gso)extra->u.gso.type;
		o->gso_size = extra->u.gso.size;
		if (!o->gso_size ||
		    !(o->gso == NETFRONT_GSO_TCPV4 ? n->config.gso4 :
		      o->gso == NETFRONT_GSO_TCPV6 && n->config.gso6))
			c->bad = true;
	} else {
		c->bad = true;
	}
	if (extra->flags & XEN_NETIF_EXTRA_FLAG_MORE)
		return true;
	c->next = NETFRONT_MORE;
	if (!c->more)
		rx_finish(n);
	return true;
}

static void rx_first(struct netfront *n, uint16_t flags)
{
	struct netfront_chain *c = &n->chain;

	c->offload.checksum_blank = flags & NETRXF_csum_blank;
	c->offload.checksum_good = flags & NETRXF_data_validated;
	/* Nobody asked for blank sums, or for the old form of GSO. */
	if ((c->offload.checksum_blank && !n->config.checksum) ||
	    flags & NETRXF_gso_prefix)
		c->bad = true;
}

/* Copies the data of a slot; what does not fit makes the packet a bad one. */
static bool rx_copy(struct netfront *n, uint32_t id,
		    const struct netif_rx_response *r)
{
	struct netfront_chain *c = &n->chain;
	uint32_t bytes = (uint32_t)r->status, end = r->offset + bytes;

	if (r->status < 0) {
		c->bad = true;
		return true;
	}
	if (end > FRONTEND_PAGE)
		return false;
	if (bytes > n->packet_pages * FRONTEND_PAGE - c->bytes)
		c->bad = true;
	if (c->bad)
		return true;
	memcpy(n->packet + c->bytes, n->rx.pages + id * FRONTEND_PAGE +
	       r->offset, bytes);
	c->bytes += bytes;
	return true;
}

static bool rx_data(struct netfront *n, uint32_t id,
		    const struct netif_rx_response *r)
{
	struct netfront_chain *c = &n->chain;
	bool first = c->next == NETFRONT_FIRST;

	if (r->id != id || !rx_copy(n, id, r))
		return false;
	if (first)
		rx_first(n, r->flags);
	else if (r->flags & NETRXF_extra_info)
		return false;
	c->more = r->flags & NETRXF_more_data;
	c->next = first && r->flags & NETRXF_extra_info ? NETFRONT_EXTRA :
		  NETFRONT_MORE;
	if (c->next == NETFRONT_MORE && !c->more)
		rx_finish(n);
	return true;
}

/* False: the backend has broken the protocol. */
static bool rx_answered(struct netfront *n)
{
	uint32_t id = n->rx.ring.rsp_cons & (n->rx.count - 1);
	union {
		struct netif_rx_response data;
		struct netif_extra_info extra;
	} u;

	front_ring_take(&n->rx.ring, &u, sizeof(u));
	/* A packet that never ends. */
	if (n->chain.slots++ > NETFRONT_SLOTS)
		return false;
	if (n->chain.next == NETFRONT_EXTRA)
		return rx_extra(n, &u.extra);
	return rx_data(n, id, &u.data);
}

void netfront_rx_poll(struct netfront *n)
{
	int pending = front_ring_pending(&n->rx.ring);

	if (pending < 0)
		netfront_break(n, "too many packets received");
	for (; pending > 0; pending--)
		if (!rx_answered(n)) {
			netfront_break(n, "nonsense received");
			return;
		}
	if (n->state == NETFRONT_CONNECTED)
		netfront_rx_post(n);
}
