/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the headers of an Ethernet frame are, and its checksums. Pure.
 */
#ifndef NETBACK_PACKET_H
#define NETBACK_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PACKET_ETHERNET = 14,
	PACKET_ADDRESS = 6,
	PACKET_TCP = 6,
	PACKET_UDP = 17,
};

/* Offsets are from the start of the frame. */
struct packet_info {
	uint16_t network;	/* IP header */
	uint16_t transport;	/* TCP or UDP header */
	uint16_t payload;	/* end of all headers */
	uint16_t checksum;	/* of the field, from the transport header */
	uint8_t protocol;	/* PACKET_TCP or PACKET_UDP */
	bool ipv6;
};

/* False: not whole TCP or UDP over IP, or its headers are cut short. */
bool packet_parse(const uint8_t *data, size_t len, struct packet_info *info);

/* Sums from `start` to the end and stores the result at start + offset. */
bool packet_fill_checksum(uint8_t *data, size_t len, size_t start,
			  size_t offset);
/* Puts the sum of the pseudo header where the checksum goes. */
void packet_pseudo_checksum(uint8_t *data, size_t len,
			    const struct packet_info *info);

static inline bool packet_is_group(const uint8_t *data)
{
	return data[0] & 1;
}

bool packet_is_broadcast(const uint8_t *data);

#endif
