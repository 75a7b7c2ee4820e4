/* SPDX-License-Identifier: BSD-2-Clause */
/* The multicast addresses that a guest asked for. */
#ifndef NETBACK_MULTICAST_H
#define NETBACK_MULTICAST_H

#include <stdbool.h>
#include <stdint.h>
#include "packet.h"

enum { MULTICAST_MAX = 64 };

struct multicast {
	bool enabled;		/* else everything passes */
	uint32_t count;
	uint8_t addresses[MULTICAST_MAX][PACKET_ADDRESS];
};

/* False if the list is full. */
bool multicast_add(struct multicast *m, const uint8_t *address);
void multicast_del(struct multicast *m, const uint8_t *address);
/* Is a frame to this address for the guest? */
bool multicast_wants(const struct multicast *m, const uint8_t *address);

#endif
