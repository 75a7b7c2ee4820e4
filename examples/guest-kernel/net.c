/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface, Ethernet and ARP. */
#include "net.h"

enum {
	ARP_BYTES = 28,
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
	PAGES = 64,
	TIMEOUT_S = 20,
};

struct net net;

static const u8 broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

void net_send(u8 *frame, size_t bytes, const u8 destination[6], u16 protocol,
	      const struct netfront_offload *offload)
{
	memmove(frame, destination, 6);
	memcpy(frame + 6, net.nic.info.mac, 6);
	put16(frame + 12, protocol);
	net_queue_send(frame, bytes, offload);
}

/* ---- ARP: hardware and protocol type, sizes, operation, two pairs. -------- */

static void arp_send(u16 operation, const u8 mac[6], ipv4 to)
{
	static const u8 header[6] = { 0, 1, 8, 0, 6, 4 };
	u8 frame[NET_ETHERNET + ARP_BYTES], *p = frame + NET_ETHERNET;

	memcpy(p, header, sizeof(header));
	put16(p + 6, operation);
	memcpy(p + 8, net.nic.info.mac, 6);
	memcpy(p + 14, &net.address, 4);
	memcpy(p + 18, mac, 6);
	memcpy(p + 24, &to, 4);
	net_send(frame, sizeof(frame), mac, NET_ARP, NULL);
}

void net_arp_ask(ipv4 to)
{
	arp_send(ARP_REQUEST, broadcast, to);
}

static void arp_received(const u8 *p, size_t bytes)
{
	ipv4 from;

	if (bytes < ARP_BYTES || memcmp(p + 24, &net.address, 4))
		return;
	memcpy(&from, p + 14, 4);
	if (get16(p + 6) == ARP_REQUEST)
		arp_send(ARP_REPLY, p + 8, from);
	else
		ping_arp_answer(from, p + 8);
}

/* From the driver. The frame is ours until we return. */
static void net_received(void *arg, void *data, size_t bytes,
			 const struct netfront_offload *offload)
{
	u8 *frame = data;

	(void)arg;
	switch (get16(frame + 12)) {
	case NET_ARP:
		arp_received(frame + NET_ETHERNET, bytes - NET_ETHERNET);
		break;
	case NET_IPV4:
		ip_received(frame, bytes, offload);
		break;
	}
}

/* ---- Start ------------------------------------------------------------------ */

/* Moves *text behind the address. */
bool net_parse_address(const char **text, ipv4 *address)
{
	unsigned int i, n;
	const char *p = *text;

	for (i = 0; i < 4; i++) {
		if (i && *p++ != '.')
			return false;
		if (*p < '0' || *p > '9')
			return false;
		for (n = 0; *p >= '0' && *p <= '9' && n < 256; p++)
			n = n * 10 + *p - '0';
		if (n > 255)
			return false;
		address->byte[i] = n;
	}
	*text = p;
	return true;
}

bool net_init(void)
{
	struct netfront_config config = {
		.tx_pages = option_number("tx-pages", PAGES),
		.rx_pages = PAGES,
		.large = true, .checksum = true,
		.received = net_received, .room = net_queue_room,
	};
	const char *ip = option("ip");
	const u8 *mac = net.nic.info.mac;
	int rc;

	if (!ip)
		return false;
	if (!net_parse_address(&ip, &net.address))
		panic("ip= is no address");
	rc = netfront_open(&net.nic, &hooks, "device/vif/0", &config,
			   TIMEOUT_S * 1000ULL * MS);
	if (rc)
		panic("the interface cannot be opened: error %d", rc);
	print("net: address %u.%u.%u.%u, "
	      "MAC %02x:%02x:%02x:%02x:%02x:%02x, MTU %u\n",
	      net.address.byte[0], net.address.byte[1], net.address.byte[2],
	      net.address.byte[3], mac[0], mac[1], mac[2], mac[3], mac[4],
	      mac[5], net.nic.info.mtu);
	net.up = true;
	ping_init();
	return true;
}
