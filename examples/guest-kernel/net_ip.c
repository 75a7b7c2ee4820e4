/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 without options or fragments, ICMP echo both ways, UDP echo on port 7.
 * An answer is made of the packet that asked, in its place. To whom it goes
 * is read off the packet, too: no routes, no table of neighbours.
 */
#include "net.h"

enum {
	IP_HEADER = 20,
	IP_FRAGMENT = 0x3fff,		/* more of it, or not its start */
	ICMP = 1,
	UDP = 17,
	ICMP_HEADER = 8,
	ICMP_REPLY = 0,
	ICMP_REQUEST = 8,
	UDP_HEADER = 8,
	UDP_ECHO = 7,
	PING_ID = 0x4847,
	PING_BYTES = 56,
};

/* The sum of all 16-bit words, as IP, ICMP and UDP have it. */
static u16 checksum(const u8 *p, size_t bytes)
{
	u32 sum = 0;
	size_t i;

	for (i = 0; i + 1 < bytes; i += 2)
		sum += get16(p + i);
	if (bytes & 1)
		sum += p[bytes - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void swap(u8 *a, u8 *b, size_t bytes)
{
	u8 t;

	for (; bytes; bytes--, a++, b++) {
		t = *a;
		*a = *b;
		*b = t;
	}
}

/* Length, lifetime and sum; addresses and protocol stand already. */
static void ip_finish(u8 *ip, u16 bytes)
{
	put16(ip + 2, bytes);
	ip[8] = 64;
	put16(ip + 10, 0);
	put16(ip + 10, checksum(ip, IP_HEADER));
}

static void ip_answer(u8 *frame, size_t bytes,
		      const struct netfront_offload *offload)
{
	u8 *ip = frame + NET_ETHERNET;

	swap(ip + 12, ip + 16, 4);
	ip_finish(ip, bytes);
	net_send(frame, NET_ETHERNET + bytes, frame + 6, NET_IPV4, offload);
}

static void icmp_received(u8 *frame, size_t bytes)
{
	u8 *ip = frame + NET_ETHERNET, *icmp = ip + IP_HEADER;
	ipv4 from;

	if (bytes < IP_HEADER + ICMP_HEADER ||
	    checksum(icmp, bytes - IP_HEADER))
		return;
	if (icmp[0] == ICMP_REPLY && get16(icmp + 4) == PING_ID) {
		memcpy(&from, ip + 12, 4);
		ping_answer(from, get16(icmp + 6));
	}
	if (icmp[0] != ICMP_REQUEST)
		return;
	icmp[0] = ICMP_REPLY;
	put16(icmp + 2, 0);
	put16(icmp + 2, checksum(icmp, bytes - IP_HEADER));
	ip_answer(frame, bytes, NULL);
}

/*
 * Addresses and ports trade places: the sum stays as it was, also one that is
 * still blank, because the sender left it to its hardware. Then so do we.
 */
static void udp_received(u8 *frame, size_t bytes,
			 const struct netfront_offload *offload)
{
	struct netfront_offload same = {
		.checksum_blank = offload->checksum_blank,
	};
	u8 *udp = frame + NET_ETHERNET + IP_HEADER;

	if (bytes < IP_HEADER + UDP_HEADER || get16(udp + 2) != UDP_ECHO ||
	    get16(udp) == UDP_ECHO)
		return;
	swap(udp, udp + 2, 2);
	ip_answer(frame, bytes, &same);
}

void ip_received(u8 *frame, size_t bytes,
		 const struct netfront_offload *offload)
{
	u8 *ip = frame + NET_ETHERNET;
	u16 total;

	bytes -= NET_ETHERNET;
	if (bytes < IP_HEADER || ip[0] != 0x45 || checksum(ip, IP_HEADER) ||
	    get16(ip + 6) & IP_FRAGMENT || memcmp(ip + 16, &net.address, 4))
		return;
	/* Short frames have been filled up. */
	total = get16(ip + 2);
	if (total < IP_HEADER || total > bytes)
		return;
	if (ip[9] == ICMP)
		icmp_received(frame, total);
	if (ip[9] == UDP)
		udp_received(frame, total, offload);
}

void ip_send_ping(const u8 mac[6], ipv4 to, u16 sequence)
{
	u8 frame[NET_ETHERNET + IP_HEADER + ICMP_HEADER + PING_BYTES];
	u8 *ip = frame + NET_ETHERNET, *icmp = ip + IP_HEADER;

	memset(frame, 0, sizeof(frame));
	ip[0] = 0x45;
	ip[9] = ICMP;
	memcpy(ip + 12, &net.address, 4);
	memcpy(ip + 16, &to, 4);
	icmp[0] = ICMP_REQUEST;
	put16(icmp + 4, PING_ID);
	put16(icmp + 6, sequence);
	put16(icmp + 2, checksum(icmp, ICMP_HEADER + PING_BYTES));
	ip_finish(ip, sizeof(frame) - NET_ETHERNET);
	net_send(frame, sizeof(frame), mac, NET_IPV4, NULL);
}
