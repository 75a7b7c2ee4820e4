/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "net_front.h"
#include "netback/packet.h"

enum { TX_ENTRY = 12, RX_ENTRY = 8 };

/* The fake TAP has one owner at a time. */
static struct net_front *owner;

void wire_put(struct wire *w, const struct virtio_net_hdr *header,
	      const void *data, size_t len)
{
	struct wire_frame *f = &w->frames[w->tail % WIRE_FRAMES];

	ck_assert_uint_lt(w->tail - w->head, WIRE_FRAMES);
	free(f->data);
	f->data = malloc(len ? len : 1);
	memcpy(f->data, data, len);
	f->len = len;
	f->header = *header;
	w->tail++;
}

const struct wire_frame *wire_get(struct wire *w)
{
	return w->head == w->tail ? NULL :
	       &w->frames[w->head++ % WIRE_FRAMES];
}

static void wire_free(struct wire *w)
{
	for (int i = 0; i < WIRE_FRAMES; i++)
		free(w->frames[i].data);
}

ssize_t tap_read(int fd, struct virtio_net_hdr *header, void *data,
		 size_t size)
{
	const struct wire_frame *f = wire_get(&owner->coming);

	(void)fd;
	if (owner->tap_error)
		return owner->tap_error;
	if (!f)
		return -EAGAIN;
	ck_assert_uint_le(f->len, size);
	*header = f->header;
	memcpy(data, f->data, f->len);
	return f->len;
}

int tap_write(int fd, const struct virtio_net_hdr *header, const void *data,
	      size_t len)
{
	struct wire *w = &owner->sent;

	(void)fd;
	/* As a wire would: what nobody takes is lost. */
	if (w->tail - w->head == WIRE_FRAMES)
		w->head++;
	wire_put(w, header, data, len);
	return owner->tap_error;
}

static struct ring_shared *ring_page(void)
{
	struct ring_shared *ring = aligned_alloc(GRANTS_PAGE, GRANTS_PAGE);

	memset(ring, 0, GRANTS_PAGE);
	ring->req_event = ring->rsp_event = 1;
	return ring;
}

void net_front_init(struct net_front *f, const struct vif_features *features)
{
	memset(f, 0, sizeof(*f));
	fake_grants_init(&f->grants);
	f->tx = ring_page();
	f->rx = ring_page();
	owner = f;
	ck_assert(vif_init(&f->vif, &f->grants, -1));
	ck_assert_int_eq(vif_attach(&f->vif, f->tx, f->rx, features), 0);
}

void net_front_free(struct net_front *f)
{
	vif_free(&f->vif);
	wire_free(&f->sent);
	wire_free(&f->coming);
	fake_grants_free(&f->grants);
	free(f->tx);
	free(f->rx);
}

void net_front_slot(struct net_front *f, const void *slot)
{
	memcpy(f->tx->entries + (f->tx_prod++ % VIF_SLOTS) * TX_ENTRY, slot,
	       TX_ENTRY);
}

void net_front_tx(struct net_front *f, uint32_t ref, uint16_t offset,
		  uint16_t size, uint16_t flags, uint16_t id)
{
	struct netif_tx_request r = {
		.gref = ref, .offset = offset, .flags = flags, .id = id,
		.size = size,
	};

	net_front_slot(f, &r);
}

enum vif_result net_front_kick(struct net_front *f)
{
	enum vif_result result;
	bool notify;

	f->tx->req_prod = f->tx_prod;
	do
		result = vif_transmit(&f->vif, &notify);
	while (result == VIF_MORE);
	return result;
}

bool net_front_tx_response(struct net_front *f,
			   struct netif_tx_response *response)
{
	if (f->tx_cons == f->tx->rsp_prod)
		return false;
	memcpy(response, f->tx->entries + (f->tx_cons++ % VIF_SLOTS) *
	       TX_ENTRY, sizeof(*response));
	return true;
}

void net_front_post(struct net_front *f, uint32_t count)
{
	while (count--) {
		uint32_t slot = f->rx_prod++ % VIF_SLOTS;
		struct netif_rx_request r = {
			.id = slot, .gref = RX_BASE + slot,
		};

		memcpy(f->rx->entries + slot * RX_ENTRY, &r, sizeof(r));
	}
	f->rx->req_prod = f->rx_prod;
}

bool net_front_rx_response(struct net_front *f,
			   struct netif_rx_response *response)
{
	if (f->rx_cons == f->rx->rsp_prod)
		return false;
	memcpy(response, f->rx->entries + (f->rx_cons++ % VIF_SLOTS) *
	       RX_ENTRY, sizeof(*response));
	return true;
}

static void put16(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

size_t net_frame(uint8_t *frame, bool ipv6, uint8_t protocol, size_t payload)
{
	static const uint8_t ethernet[] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
	};
	size_t transport = protocol == PACKET_TCP ? 20 : 8;
	size_t at = PACKET_ETHERNET + (ipv6 ? 40 : 20);

	memset(frame, 0, at + transport);
	memcpy(frame, ethernet, sizeof(ethernet));
	if (ipv6) {
		put16(frame + 12, 0x86dd);
		frame[14] = 0x60;
		put16(frame + 18, transport + payload);
		frame[20] = protocol;
		frame[37] = 1;
		frame[53] = 2;
	} else {
		frame[14] = 0x45;
		put16(frame + 16, 20 + transport + payload);
		frame[23] = protocol;
		memcpy(frame + 26, "\x0a\0\0\1\x0a\0\0\2", 8);
	}
	put16(frame + at, 1000);
	put16(frame + at + 2, 2000);
	if (protocol == PACKET_TCP)
		frame[at + 12] = 5 << 4;
	else
		put16(frame + at + 4, transport + payload);
	at += transport;
	for (size_t i = 0; i < payload; i++)
		frame[at + i] = (uint8_t)(i * 31);
	return at + payload;
}
