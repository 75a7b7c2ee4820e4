/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets to the backend. Slot ids are those of our pages and come back in any
 * order; an id that is free cannot be answered. Slots of information have no
 * id of their own: their answers (NETIF_RSP_NULL) are only counted.
 *
 * Nobody waits for what was sent to be answered, unless there is no room: so
 * only then are events asked for, else answers are taken on occasion.
 */
#include "netfront_internal.h"

static uint16_t tx_take(struct netfront *n)
{
	uint16_t id = n->tx_free;

	n->tx_free = n->tx_next[id];
	n->tx_next[id] = NETFRONT_TX_BUSY;
	n->tx_nr_free--;
	return id;
}

void netfront_tx_give(struct netfront *n, uint16_t id)
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
	netfront_tx_give(n, r->id);
	return true;
}

/* Takes the answers that there are. False: none, or the device is broken. */
static bool tx_reap(struct netfront *n)
{
	int pending = front_ring_pending(&n->tx.ring), left;
	struct netif_tx_response r;

	if (pending < 0)
		netfront_break(n, "too many answers to sent packets");
	for (left = pending; left > 0; left--) {
		front_ring_take(&n->tx.ring, &r, sizeof(r));
		if (tx_answered(n, &r))
			continue;
		netfront_break(n, "answer to what was not sent");
		return false;
	}
	return pending > 0;
}

/* Asks for an event at the next answer if one is waited for. As rearm. */
int netfront_tx_rearm(struct netfront *n)
{
	if (n->tx_waiting)
		return front_ring_rearm(&n->tx.ring);
	__atomic_store_n(&n->tx.ring.shared->rsp_event,
			 n->tx.ring.rsp_cons + 2 * NETFRONT_SLOTS,
			 __ATOMIC_RELAXED);
	return 0;
}

static bool tx_fits(const struct netfront *n, uint32_t pages, uint32_t extras)
{
	return n->tx_nr_free >= pages &&
	       front_ring_free(&n->tx.ring) >= pages + extras;
}

/* -XEN_EAGAIN: there is no room, room() will be called. */
static int tx_room(struct netfront *n, uint32_t pages, uint32_t extras)
{
	bool fits, waiting = n->tx_waiting;

	if (tx_fits(n, pages, extras))
		return 0;
	do {
		tx_reap(n);
		if (n->state != NETFRONT_CONNECTED)
			return -XEN_EIO;
		fits = tx_fits(n, pages, extras);
		n->tx_waiting = waiting || !fits;
	} while (netfront_tx_rearm(n));
	return fits ? 0 : -XEN_EAGAIN;
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
	rc = tx_room(n, pages, offload->gso != NETFRONT_GSO_NONE);
	if (rc)
		return rc;
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
	rc = tx_room(n, 1, 1);
	if (rc)
		return rc;
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

void netfront_tx_poll(struct netfront *n)
{
	if (!tx_reap(n) || !n->tx_waiting)
		return;
	n->tx_waiting = false;
	if (n->config.room)
		n->config.room(n->config.arg);
}
