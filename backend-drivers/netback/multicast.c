/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "multicast.h"

static int multicast_find(const struct multicast *m, const uint8_t *address)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (!memcmp(m->addresses[i], address, PACKET_ADDRESS))
			return i;
	return -1;
}

bool multicast_add(struct multicast *m, const uint8_t *address)
{
	if (multicast_find(m, address) >= 0)
		return true;
	if (m->count == MULTICAST_MAX)
		return false;
	memcpy(m->addresses[m->count++], address, PACKET_ADDRESS);
	return true;
}

void multicast_del(struct multicast *m, const uint8_t *address)
{
	int i = multicast_find(m, address);

	if (i >= 0)
		memmove(m->addresses[i], m->addresses[--m->count],
			PACKET_ADDRESS);
}

bool multicast_wants(const struct multicast *m, const uint8_t *address)
{
	return !m->enabled || !packet_is_group(address) ||
	       packet_is_broadcast(address) ||
	       multicast_find(m, address) >= 0;
}
