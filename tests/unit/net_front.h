/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scripted network frontend and the far side of the TAP: the other ends of
 * netback.
 */
#ifndef NET_FRONT_H
#define NET_FRONT_H

#include <stdbool.h>
#include <stdint.h>
#include <xen/xen.h>
#include <xen/io/netif.h>
#include "fake_grants.h"
#include "netback/vif.h"

enum { WIRE_FRAMES = 512, TX_BASE = 0, RX_BASE = 512 };

/* Frames on their way through the fake TAP. */
struct wire_frame {
	struct virtio_net_hdr header;
	size_t len;
	uint8_t *data;
};

struct wire {
	struct wire_frame frames[WIRE_FRAMES];
	uint32_t head;
	uint32_t tail;
};

struct net_front {
	struct grants grants;
	struct vif vif;
	struct wire sent;	/* by the guest */
	struct wire coming;	/* for the guest */
	int tap_error;		/* -errno of every read and write */
	struct ring_shared *tx;
	struct ring_shared *rx;
	uint32_t tx_prod;
	uint32_t tx_cons;
	uint32_t rx_prod;
	uint32_t rx_cons;
};

void net_front_init(struct net_front *f, const struct vif_features *features);
void net_front_free(struct net_front *f);

/* Raw slots of the tx ring; visible to the backend after net_front_kick. */
void net_front_slot(struct net_front *f, const void *slot);
void net_front_tx(struct net_front *f, uint32_t ref, uint16_t offset,
		  uint16_t size, uint16_t flags, uint16_t id);
enum vif_result net_front_kick(struct net_front *f);
bool net_front_tx_response(struct net_front *f,
			   struct netif_tx_response *response);

/* Posts `count` receive buffers; page RX_BASE + slot, id = slot. */
void net_front_post(struct net_front *f, uint32_t count);
/* One response slot, raw. */
bool net_front_rx_response(struct net_front *f,
			   struct netif_rx_response *response);

void wire_put(struct wire *w, const struct virtio_net_hdr *header,
	      const void *data, size_t len);
/* The next frame, to be consumed before the following call; NULL if none. */
const struct wire_frame *wire_get(struct wire *w);

/* Ethernet with IPv4 or IPv6 and TCP or UDP; returns the length. */
size_t net_frame(uint8_t *frame, bool ipv6, uint8_t protocol, size_t payload);

#endif
