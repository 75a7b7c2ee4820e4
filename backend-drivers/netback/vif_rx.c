/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP to guest. A frame takes one slot for each page of data, and one more
 * for an extra info if the guest shall see it as one large segment to be cut.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "packet.h"
#include "vif_internal.h"

enum {
	ROUNDS = 8,
	/* Up to this, several frames share a page. */
	SMALL = 2048,
};

static uint32_t rx_pages(size_t len)
{
	return (len + GRANTS_PAGE - 1) / GRANTS_PAGE;
}

static uint8_t rx_gso_type(const struct virtio_net_hdr *header)
{
	switch (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return XEN_NETIF_GSO_TYPE_TCPV4;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return XEN_NETIF_GSO_TYPE_TCPV6;
	default:
		return XEN_NETIF_GSO_TYPE_NONE;
	}
}

static uint32_t rx_slots(const struct virtio_net_hdr *header, size_t len)
{
	return rx_pages(len) +
	       (rx_gso_type(header) != XEN_NETIF_GSO_TYPE_NONE);
}

/* Is a frame something this guest wants and can take? */
static bool rx_wanted(const struct vif *v, const struct virtio_net_hdr *header,
		      const uint8_t *data, size_t len)
{
	uint8_t gso = rx_gso_type(header);

	if (len < PACKET_ETHERNET || !multicast_wants(&v->multicast, data))
		return false;
	if (!v->features.sg && rx_pages(len) > 1)
		return false;
	/* The TAP was told, but may hold frames from before. */
	if (gso == XEN_NETIF_GSO_TYPE_TCPV4)
		return v->features.gso4;
	if (gso == XEN_NETIF_GSO_TYPE_TCPV6)
		return v->features.gso6;
	return header->gso_type == VIRTIO_NET_HDR_GSO_NONE;
}

/* Flags of the first slot; sums what the guest cannot sum itself. */
static bool rx_flags(const struct vif *v, const struct virtio_net_hdr *header,
		     struct vif_packet *p)
{
	struct packet_info info;

	if (header->flags & VIRTIO_NET_HDR_F_DATA_VALID)
		p->flags |= NETRXF_data_validated;
	if (!(header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return true;
	if (packet_parse(p->data, p->len, &info) &&
	    info.transport == header->csum_start &&
	    (info.ipv6 ? v->features.checksum6 : v->features.checksum4)) {
		p->flags |= NETRXF_csum_blank | NETRXF_data_validated;
		return true;
	}
	if (header->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return false;
	return packet_fill_checksum(p->data, p->len, header->csum_start,
				    header->csum_offset);
}

static void rx_gso(const struct virtio_net_hdr *header, struct vif_packet *p)
{
	uint8_t type = rx_gso_type(header);

	if (type == XEN_NETIF_GSO_TYPE_NONE)
		return;
	p->flags |= NETRXF_extra_info;
	p->gso.type = XEN_NETIF_EXTRA_TYPE_GSO;
	p->gso.u.gso.type = type;
	p->gso.u.gso.size = header->gso_size;
}

static struct vif_answer *rx_answer(struct vif *v, uint32_t *ref)
{
	struct netif_rx_request request;
	struct vif_batch *b = v->batch;
	struct vif_answer *a = &b->answers[b->answers_used++];

	ring_take(&v->rx, &request, sizeof(request));
	*ref = request.gref;
	*a = (struct vif_answer){ .id = request.id, .copy = -1 };
	return a;
}

static void rx_plan_page(struct vif *v, const struct vif_packet *p,
			 uint32_t at)
{
	struct vif_batch *b = v->batch;
	uint32_t left = p->len - at;
	uint32_t ref;
	struct vif_answer *a = rx_answer(v, &ref);
	struct grant_copy *copy = &b->copies[b->copies_used];

	*copy = (struct grant_copy){
		.local = p->data + at,
		.ref = ref,
		.len = left < GRANTS_PAGE ? left : GRANTS_PAGE,
		.to_guest = true,
	};
	a->copy = b->copies_used++;
	a->status = copy->len;
	a->flags = at ? 0 : p->flags;
	if (left > GRANTS_PAGE)
		a->flags |= NETRXF_more_data;
}

/* The guest has slots for it all: that was checked. */
static void rx_plan(struct vif *v, const struct vif_packet *p)
{
	uint32_t ref;

	for (uint32_t at = 0; at < p->len; at += GRANTS_PAGE) {
		rx_plan_page(v, p, at);
		if (!at && p->gso.type) {
			struct vif_answer *a = rx_answer(v, &ref);

			a->is_extra = true;
			a->extra = p->gso;
		}
	}
}

/* `p->data` holds a frame that fits; makes it part of the batch. */
static void rx_add(struct vif *v, const struct virtio_net_hdr *header,
		   uint8_t *data, size_t len)
{
	struct vif_packet p = { .data = data, .len = len };

	if (!rx_flags(v, header, &p))
		return;
	rx_gso(header, &p);
	rx_plan(v, &p);
	v->batch->packets_used++;
	v->batch->used += len;
	v->batch->last = len;
}

/*
 * Where a frame begins whose length is not known yet: if it is like the one
 * before, at a page's start when it is large, within a page when it is not.
 */
static void rx_place(struct vif_batch *b)
{
	uint32_t need = b->last > SMALL ? GRANTS_PAGE : SMALL;

	if (vif_batch_left(b) < need)
		b->used += vif_batch_left(b);
}

static void rx_hold(struct vif *v, const struct virtio_net_hdr *header,
		    const uint8_t *data, size_t len)
{
	v->held_header = *header;
	memcpy(v->held, data, len);
	v->held_len = len;
}

/*
 * The slots the guest has left, after asking to be told when there are
 * `need`; or RING_OVERFLOW.
 */
static int rx_available(struct vif *v, uint32_t need)
{
	int pending = ring_pending(&v->rx);

	if (pending < 0 || (uint32_t)pending >= need)
		return pending;
	return ring_rearm(&v->rx, need);
}

enum rx_next { RX_ADDED, RX_EMPTY, RX_STARVED, RX_OVERFLOW, RX_LOST };

/* Adds the frame at `data` if there are slots, holds it if not. */
static enum rx_next rx_offer(struct vif *v,
			     const struct virtio_net_hdr *header,
			     uint8_t *data, size_t len)
{
	uint32_t need = rx_slots(header, len);
	int have = rx_available(v, need);

	if (have >= 0 && (uint32_t)have >= need) {
		rx_add(v, header, data, len);
		return RX_ADDED;
	}
	rx_hold(v, header, data, len);
	return have < 0 ? RX_OVERFLOW : RX_STARVED;
}

static enum rx_next rx_next(struct vif *v)
{
	struct virtio_net_hdr header;
	uint8_t *data;
	ssize_t len;
	int have;

	rx_place(v->batch);
	data = v->batch->data + v->batch->used;
	if (v->held_len) {
		len = v->held_len;
		v->held_len = 0;
		memcpy(data, v->held, len);
		return rx_offer(v, &v->held_header, data, len);
	}
	/* Do not even read for a guest that takes nothing. */
	have = rx_available(v, 1);
	if (have <= 0)
		return have < 0 ? RX_OVERFLOW : RX_STARVED;
	len = tap_read(v->tap, &header, data, VIF_FRAME_MAX);
	if (len == -EAGAIN)
		return RX_EMPTY;
	if (len < 0) {
		v->lost = len;
		return RX_LOST;
	}
	if (!rx_wanted(v, &header, data, len))
		return RX_ADDED;
	return rx_offer(v, &header, data, len);
}

static bool rx_room(const struct vif_batch *b)
{
	uint32_t slots = VIF_FRAME_MAX / GRANTS_PAGE + 2;

	return b->packets_used < VIF_PACKETS &&
	       b->answers_used + slots <= VIF_SLOTS &&
	       b->used + GRANTS_PAGE + VIF_FRAME_MAX <= VIF_BUFFER;
}

static void rx_finish(struct vif *v)
{
	const struct vif_batch *b = v->batch;

	vif_batch_copy(v, v->batch);
	for (uint32_t i = 0; i < b->answers_used; i++) {
		const struct vif_answer *a = &b->answers[i];
		struct netif_rx_response response = {
			.id = a->id, .flags = a->flags, .status = a->status,
		};

		if (a->is_extra) {
			ring_put(&v->rx, &a->extra, sizeof(a->extra));
			continue;
		}
		if (b->copies[a->copy].status)
			response.status = NETIF_RSP_ERROR;
		ring_put(&v->rx, &response, sizeof(response));
	}
}

enum vif_result vif_receive(struct vif *v, bool *notify, bool *starved)
{
	*notify = *starved = false;
	for (int i = 0; i < ROUNDS; i++) {
		enum rx_next next = RX_ADDED;

		vif_batch_reset(v->batch);
		/* Unwanted frames count too, or a flood would hold us here. */
		for (int n = 0; n < VIF_PACKETS && next == RX_ADDED &&
		     rx_room(v->batch); n++)
			next = rx_next(v);
		rx_finish(v);
		*notify |= ring_push(&v->rx);
		*starved = next == RX_STARVED;
		if (next == RX_OVERFLOW) {
			v->why = "the rx ring's indices are wrong";
			return VIF_FATAL;
		}
		if (next == RX_LOST)
			return VIF_TAP_LOST;
		if (next != RX_ADDED)
			return VIF_IDLE;
	}
	return VIF_MORE;
}
