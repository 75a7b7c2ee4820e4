/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data path of a network interface; see netfront.h.
 *
 * tx: slot ids are those of our pages and come back in any order; an id that
 * is free cannot be answered. Slots of information have no id of their own:
 * their answers (NETIF_RSP_NULL) are only counted.
 * rx: answers come in the order of the requests, also for information, which
 * takes a slot without naming it: so the id, and the page, is the place in
 * the ring.
 */
#include "grant.h"
#include "netfront.h"

enum { ROUNDS = 16 };

union netfront_answer {
	struct netif_tx_response tx;
	struct netif_rx_response rx;
	struct netif_extra_info extra;
};

void netfront_break(struct netfront *n, const char *why)
{
	n->state = NETFRONT_GONE;
	n->os->log(n->os->context, n->device.path, why);
	/* The store hears of it in thread context: netfront_changed(). */
	n->watch.fired = true;
}

bool netfront_usable(const struct netfront *n)
{
	return n->state == NETFRONT_CONNECTED;
}

/* ---- To the backend ------------------------------------------------------- */

static uint16_t tx_take(struct netfront *n)
{
	uint16_t id = n->tx_free;

	n->tx_free = n->tx_next[id];
	n->tx_next[id] = NETFRONT_TX_BUSY;
	n->tx_nr_free--;
	return id;
}

static void tx_give(struct netfront *n, uint16_t id)
{
	n->tx_next[id] = n->tx_free;
	n->tx_free = id;
	n->tx_nr_free++;
}

static void tx_push(struct netfront *n)
{
	if (front_ring_push(&n->tx.ring))
		n->os->event_send(n->os->context, n->tx.port);
}

static int tx_usable(const struct netfront *n)
{
	if (n->state == NETFRONT_CONNECTED)
		return 0;
	return n->state == NETFRONT_GONE ? -XEN_EIO : -XEN_ENXIO;
}

static bool tx_room(struct netfront *n, uint32_t pages, uint32_t extras)
{
	if (n->tx_nr_free >= pages &&
	    front_ring_free(&n->tx.ring) >= pages + extras)
		return true;
	n->tx_waiting = true;
	return false;
}

static int tx_check_offload(const struct netfront *n,
			    const struct netfront_offload *offload)
{
	switch (offload->gso) {
	case NETFRONT_GSO_NONE:
		return 0;
	case NETFRONT_GSO_TCPV4:
		if (!n->info.gso4)
			return -XEN_EOPNOTSUPP;
		break;
	case NETFRONT_GSO_TCPV6:
		if (!n->info.gso6)
			return -XEN_EOPNOTSUPP;
		break;
	default:
		return -XEN_EINVAL;
	}
	return offload->gso_size ? 0 : -XEN_EINVAL;
}

/* The size of all pieces, or an error. */
static int tx_size(const struct netfront *n,
		   const struct netfront_buffer *buffers, unsigned int count)
{
	size_t bytes = 0;

	for (; count; count--, buffers++) {
		if (buffers->bytes > n->info.largest - bytes)
			return -XEN_E2BIG;
		bytes += buffers->bytes;
	}
	return bytes < NETFRONT_HEADER ? -XEN_EINVAL : (int)bytes;
}

/* A place in the caller's pieces. */
struct tx_cursor {
	const struct netfront_buffer *buffer;
	size_t offset;
};

static void tx_copy(uint8_t *to, size_t bytes, struct tx_cursor *from)
{
	size_t part;

	while (bytes) {
		part = from->buffer->bytes - from->offset;
		if (part > bytes)
			part = bytes;
		memcpy(to, (const uint8_t *)from->buffer->address +
		       from->offset, part);
		to += part;
		bytes -= part;
		from->offset += part;
		if (from->offset == from->buffer->bytes) {
			from->buffer++;
			from->offset = 0;
		}
	}
}

static void tx_put_gso(struct netfront *n,
		       const struct netfront_offload *offload)
{
	struct netif_extra_info extra;

	memset(&extra, 0, sizeof(extra));
	extra.type = XEN_NETIF_EXTRA_TYPE_GSO;
	extra.u.gso.type = (uint8_t)offload->gso;
	extra.u.gso.size = offload->gso_size;
	front_ring_put(&n->tx.ring, &extra, sizeof(extra));
	n->tx_extras++;
}

static uint16_t tx_flags(const struct netfront_offload *offload)
{
	uint16_t flags = 0;

	if (offload->checksum_blank || offload->gso)
		flags |= NETTXF_csum_blank | NETTXF_data_validated;
	if (offload->checksum_good)
		flags |= NETTXF_data_validated;
	if (offload->gso)
		flags |= NETTXF_extra_info;
	return flags;
}

/* There is room for it all. */
static void tx_put(struct netfront *n, struct tx_cursor *from, size_t bytes,
		   const struct netfront_offload *offload)
{
	uint16_t flags = tx_flags(offload);
	struct netif_tx_request slot;
	size_t left = bytes, part;
	uint16_t id;

	while (left) {
		part = left > FRONTEND_PAGE ? FRONTEND_PAGE : left;
		id = tx_take(n);
		tx_copy(n->tx.pages + (size_t)id * FRONTEND_PAGE, part, from);
		memset(&slot, 0, sizeof(slot));
		slot.gref = n->tx.refs[id];
		slot.id = id;
		slot.flags = left > part ? NETTXF_more_data : 0;
		/* The first slot tells the size of the whole packet. */
		slot.size = (uint16_t)(left == bytes ? bytes : part);
		if (left == bytes)
			slot.flags |= flags;
		front_ring_put(&n->tx.ring, &slot, sizeof(slot));
		if (slot.flags & NETTXF_extra_info)
			tx_put_gso(n, offload);
		left -= part;
	}
}

int netfront_send(struct netfront *n, const struct netfront_buffer *buffers,
		  unsigned int nr_buffers,
		  const struct netfront_offload *offload)
{
	static const struct netfront_offload none;
	struct tx_cursor from = { buffers, 0 };
	int rc = tx_usable(n), bytes;
	uint32_t pages;

	if (!offload)
		offload = &none;
	if (!rc)
		rc = tx_check_offload(n, offload);
	if (rc)
		return rc;
	bytes = tx_size(n, buffers, nr_buffers);
	if (bytes < 0)
		return bytes;
	pages = ((uint32_t)bytes + FRONTEND_PAGE - 1) / FRONTEND_PAGE;
	if (!tx_room(n, pages, offload->gso != NETFRONT_GSO_NONE))
		return -XEN_EAGAIN;
	tx_put(n, &from, (size_t)bytes, offload);
	tx_push(n);
	n->count.sent++;
	return 0;
}

/* An order to the backend: a slot that carries nothing but information. */
int netfront_multicast(struct netfront *n, const uint8_t address[6],
		       bool join)
{
	struct netif_tx_request slot;
	struct netif_extra_info extra;
	int rc = tx_usable(n);

	if (rc)
		return rc;
	if (!n->info.multicast)
		return -XEN_EOPNOTSUPP;
	if (!tx_room(n, 1, 1))
		return -XEN_EAGAIN;
	memset(&slot, 0, sizeof(slot));
	slot.id = tx_take(n);
	slot.gref = n->tx.refs[slot.id];
	slot.flags = NETTXF_extra_info;
	front_ring_put(&n->tx.ring, &slot, sizeof(slot));
	memset(&extra, 0, sizeof(extra));
	extra.type = join ? XEN_NETIF_EXTRA_TYPE_MCAST_ADD :
		     XEN_NETIF_EXTRA_TYPE_MCAST_DEL;
	memcpy(extra.u.mcast.addr, address, sizeof(extra.u.mcast.addr));
	front_ring_put(&n->tx.ring, &extra, sizeof(extra));
	n->tx_extras++;
	tx_push(n);
	return 0;
}

static bool tx_answered(struct netfront *n, const struct netif_tx_response *r)
{
	if (r->status == NETIF_RSP_NULL) {
		if (!n->tx_extras)
			return false;
		n->tx_extras--;
		return true;
	}
	if (r->id >= n->tx.count || n->tx_next[r->id] != NETFRONT_TX_BUSY)
		return false;
	if (r->status != NETIF_RSP_OKAY)
		n->count.send_errors++;
	tx_give(n, r->id);
	return true;
}

static void tx_poll(struct netfront *n)
{
	int pending = front_ring_pending(&n->tx.ring);
	union netfront_answer u;

	if (pending < 0)
		netfront_break(n, "too many answers to sent packets");
	for (; pending > 0; pending--) {
		front_ring_take(&n->tx.ring, &u, sizeof(u.tx));
		if (!tx_answered(n, &u.tx)) {
			netfront_break(n, "answer to what was not sent");
			return;
		}
	}
	if (n->tx_waiting && n->state == NETFRONT_CONNECTED) {
		n->tx_waiting = false;
		if (n->config.room)
			n->config.room(n->config.arg);
	}
}

/* ---- From the backend ------------------------------------------------------ */

static void rx_post(struct netfront *n)
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
	union netfront_answer u;

	front_ring_take(&n->rx.ring, &u, sizeof(u.rx));
	/* A packet that never ends. */
	if (n->chain.slots++ > NETFRONT_SLOTS)
		return false;
	if (n->chain.next == NETFRONT_EXTRA)
		return rx_extra(n, &u.extra);
	return rx_data(n, id, &u.rx);
}

static void rx_poll(struct netfront *n)
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
		rx_post(n);
}

/* ---- Both -------------------------------------------------------------------- */

bool netfront_poll(struct netfront *n)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		if (n->state == NETFRONT_CONNECTED)
			tx_poll(n);
		if (n->state == NETFRONT_CONNECTED)
			rx_poll(n);
		if (n->state != NETFRONT_CONNECTED)
			return false;
		/* Both must be asked: no short cut. */
		if (!(front_ring_rearm(&n->tx.ring) |
		      front_ring_rearm(&n->rx.ring)))
			return false;
	}
	return true;
}

/* Empty rings, all of our pages to be had, and those of rx posted. */
void netfront_rings_start(struct netfront *n)
{
	uint32_t id;

	front_ring_init(&n->tx.ring, n->tx.ring_page, FRONTEND_PAGE,
			sizeof(union netif_tx_sring_entry));
	front_ring_init(&n->rx.ring, n->rx.ring_page, FRONTEND_PAGE,
			sizeof(union netif_rx_sring_entry));
	n->tx_free = NETFRONT_TX_END;
	n->tx_nr_free = 0;
	n->tx_extras = 0;
	n->tx_waiting = false;
	for (id = n->tx.count; id-- > 0;)
		tx_give(n, (uint16_t)id);
	memset(&n->chain, 0, sizeof(n->chain));
	/* The event goes to a port that nobody has bound yet: no matter. */
	rx_post(n);
}
