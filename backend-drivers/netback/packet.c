/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames come from guests and from the network: every length is checked. */
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>
#include "packet.h"

enum {
	VLAN_TAG = 4,
	VLAN_TAGS = 2,
	IPV4_HEADER = 20,
	IPV4_FRAGMENT = 0x3fff,		/* more fragments, or an offset */
	IPV6_HEADER = 40,
	IPV6_EXTENSIONS = 8,		/* more is not ordinary */
	TCP_HEADER = 20,
	TCP_CHECKSUM = 16,
	UDP_HEADER = 8,
	UDP_CHECKSUM = 6,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

static bool packet_ipv4(const uint8_t *data, size_t len,
			struct packet_info *info)
{
	const uint8_t *ip = data + info->network;
	size_t header;

	if (len < info->network + (size_t)IPV4_HEADER || ip[0] >> 4 != 4)
		return false;
	header = (ip[0] & 0xf) * 4u;
	if (header < IPV4_HEADER || len < info->network + header ||
	    get16(ip + 6) & IPV4_FRAGMENT)
		return false;
	info->protocol = ip[9];
	info->transport = info->network + header;
	return true;
}

static bool packet_ipv6(const uint8_t *data, size_t len,
			struct packet_info *info)
{
	size_t at = info->network + (size_t)IPV6_HEADER;
	uint8_t next;

	if (len < at || data[info->network] >> 4 != 6)
		return false;
	next = data[info->network + 6];
	for (int i = 0; i < IPV6_EXTENSIONS; i++) {
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
		    next != IPPROTO_DSTOPTS)
			break;
		if (len < at + 8)
			return false;
		next = data[at];
		at += (data[at + 1] + 1u) * 8;
	}
	if (at > len)
		return false;
	info->protocol = next;
	info->transport = at;
	info->ipv6 = true;
	return true;
}

static bool packet_transport(const uint8_t *data, size_t len,
			     struct packet_info *info)
{
	size_t at = info->transport;

	if (info->protocol == PACKET_UDP) {
		info->checksum = UDP_CHECKSUM;
		info->payload = at + UDP_HEADER;
		return len >= at + UDP_HEADER;
	}
	if (info->protocol != PACKET_TCP || len < at + TCP_HEADER)
		return false;
	info->checksum = TCP_CHECKSUM;
	info->payload = at + (data[at + 12] >> 4) * 4u;
	return info->payload >= at + TCP_HEADER && info->payload <= len;
}

bool packet_parse(const uint8_t *data, size_t len, struct packet_info *info)
{
	size_t at = 2 * PACKET_ADDRESS;
	uint16_t type;

	memset(info, 0, sizeof(*info));
	if (len < PACKET_ETHERNET || len > UINT16_MAX + PACKET_ETHERNET)
		return false;
	type = get16(data + at);
	for (int i = 0; i < VLAN_TAGS; i++) {
		if (type != ETH_P_8021Q && type != ETH_P_8021AD)
			break;
		at += VLAN_TAG;
		if (len < at + 2)
			return false;
		type = get16(data + at);
	}
	info->network = at + 2;
	if (type == ETH_P_IP ? !packet_ipv4(data, len, info) :
	    type != ETH_P_IPV6 || !packet_ipv6(data, len, info))
		return false;
	return packet_transport(data, len, info);
}

static uint32_t packet_sum(const uint8_t *data, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(data + i);
	if (i < len)
		sum += data[i] << 8;
	return sum;
}

/* Frames are below 128 KiB, so the 32-bit sum cannot overflow. */
static uint16_t packet_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

bool packet_fill_checksum(uint8_t *data, size_t len, size_t start,
			  size_t offset)
{
	uint16_t sum;

	if (start > len || offset + 2 > len - start)
		return false;
	sum = (uint16_t)~packet_fold(packet_sum(data + start, len - start, 0));
	/* For UDP 0 says that there is none; both forms are right. */
	put16(data + start + offset, sum ? sum : 0xffff);
	return true;
}

void packet_pseudo_checksum(uint8_t *data, size_t len,
			    const struct packet_info *info)
{
	const uint8_t *ip = data + info->network;
	uint32_t length = len - info->transport;
	uint32_t sum = (length >> 16) + (length & 0xffff) + info->protocol;

	if (info->ipv6)
		sum = packet_sum(ip + 8, 32, sum);
	else
		sum = packet_sum(ip + 12, 8, sum);
	put16(data + info->transport + info->checksum, packet_fold(sum));
}

bool packet_is_broadcast(const uint8_t *data)
{
	static const uint8_t all[PACKET_ADDRESS] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};

	return !memcmp(data, all, sizeof(all));
}
