/* SPDX-License-Identifier: BSD-2-Clause */
/* Just enough of a network: Ethernet, ARP, IPv4, ICMP echo, UDP echo. */
#ifndef GUEST_KERNEL_NET_H
#define GUEST_KERNEL_NET_H

#include "devices.h"
#include "netfront.h"

enum {
	NET_ETHERNET = 14,
	NET_ARP = 0x0806,
	NET_IPV4 = 0x0800,
};

/* An address of IPv4 as the wire has it. */
typedef struct {
	u8 byte[4];
} ipv4;

struct net {
	struct netfront nic;
	ipv4 address;
	bool up;
};
extern struct net net;

/* Big-endian numbers at any address. */
static inline u16 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static inline void put16(u8 *p, u16 n)
{
	p[0] = n >> 8;
	p[1] = n;
}

/* net.c: the header is filled in but for the destination. */
void net_send(u8 *frame, size_t bytes, const u8 destination[6], u16 protocol,
	      const struct netfront_offload *offload);
void net_arp_ask(ipv4 to);
bool net_parse_address(const char **text, ipv4 *address);

/* net_queue.c: sent at once, or when there is room; the frame is copied. */
void net_queue_send(const u8 *frame, size_t bytes,
		    const struct netfront_offload *offload);
void net_queue_room(void *arg);

/* net_ip.c: an IPv4 packet for us; the frame may be changed. */
void ip_received(u8 *frame, size_t bytes,
		 const struct netfront_offload *offload);
void ip_send_ping(const u8 mac[6], ipv4 to, u16 sequence);

/* net_ping.c: those whom ping= names. */
void ping_init(void);
void ping_arp_answer(ipv4 from, const u8 mac[6]);
void ping_answer(ipv4 from, u16 sequence);

#endif
