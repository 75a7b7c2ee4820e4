/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of netfront have in common: a device and its backend. */
#ifndef FRONT_NET_RIG_H
#define FRONT_NET_RIG_H

#include "front_net_peer.h"
#include "netfront_internal.h"

/* What came last, and how many; what else the driver told. */
struct net_got {
	uint8_t data[NET_PACKET];
	size_t len;
	struct netfront_offload offload;
	unsigned int packets, rooms, changes, events;
};

extern struct front_fake fake;
extern struct net_peer peer;
extern struct netfront nic;
extern struct net_got got;
extern uint8_t frame[NET_PACKET];

/* Everything asked for, `got` is filled; so many pages for each ring. */
struct netfront_config config_of(uint32_t pages);

/* From nothing to Connected; and back, checking that nothing is left. */
void start_with(const struct net_offer *offer,
		const struct netfront_config *config);
void start(void);
void end(void);

/* Some rounds of both sides; nobody waits for anything. */
void run(void);

/* A frame of Ethernet, IPv4 and TCP or UDP; the payload is random. */
size_t make_frame(uint8_t *f, uint8_t protocol, size_t len);
/* Sends so many bytes of `frame`. */
int send_whole(size_t len, const struct netfront_offload *offload);

#endif
