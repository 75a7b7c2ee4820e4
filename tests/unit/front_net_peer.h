/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network backend for the frontend's tests: netback's own rings behind a
 * handshake that this file plays, a wire in place of the TAP; or nothing but
 * the handshake, when the test writes the rings by itself.
 */
#ifndef FRONT_NET_PEER_H
#define FRONT_NET_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include "front_fake.h"
#include "netback/vif.h"

#define NET_FRONT	"device/vif/0"
#define NET_BACK	"/local/domain/0/backend/vif/7/0"

enum { NET_WIRE = 64, NET_PACKET = 70000 };

/* What the backend offers: nodes of the store. */
struct net_offer {
	bool rx_copy, sg, gso4, gso6, checksum6, split, multicast;
};
#define NET_PLAIN { .rx_copy = true }
#define NET_RICH { true, true, true, true, true, true, true }

struct net_packet {
	struct virtio_net_hdr header;
	size_t len;
	uint8_t *data;
};

/* A queue of packets. */
struct net_wire {
	struct net_packet packets[NET_WIRE];
	uint32_t head, tail;
};

struct net_peer {
	struct front_fake *fake;
	struct net_offer offer;
	bool connected;
	bool hostile;			/* the test has the rings */
	bool idle;			/* does not serve for now */
	bool refuses;			/* closes instead of connecting */
	bool mute;			/* does not even shake hands */
	bool keeps;			/* does not unmap when it should */
	struct vif vif;
	uint32_t tx_ref, rx_ref;
	struct ring_shared *tx, *rx;
	unsigned int tx_port, rx_port;
	struct net_wire sent;		/* by the frontend */
	struct net_wire coming;		/* for the frontend */
};

/* Becomes the fake's peer; the toolstack's nodes are there. */
void net_peer_init(struct net_peer *p, struct front_fake *f,
		   const struct net_offer *offer);
void net_peer_free(struct net_peer *p);
/* Elsewhere, after a resume: nothing is mapped, the nodes are new. */
void net_peer_restart(struct net_peer *p);
void net_peer_step(struct front_fake *f);

void net_wire_put(struct net_wire *w, const struct virtio_net_hdr *header,
		  const void *data, size_t len);
/* To be consumed before the next call; NULL: none. */
const struct net_packet *net_wire_get(struct net_wire *w);

#endif
