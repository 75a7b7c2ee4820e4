/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <string.h>
#include "front_net_rig.h"
#include "netback/packet.h"

struct front_fake fake;
struct net_peer peer;
struct netfront nic;
struct net_got got;

static void on_received(void *arg, void *data, size_t bytes,
			const struct netfront_offload *offload)
{
	ck_assert_ptr_eq(arg, &nic);
	ck_assert_uint_le(bytes, sizeof(got.data));
	memcpy(got.data, data, bytes);
	/* The buffer is ours: whatever we do to it is right. */
	memset(data, 0xee, bytes);
	got.len = bytes;
	got.offload = *offload;
	got.packets++;
}

static void on_room(void *arg)
{
	ck_assert_ptr_eq(arg, &nic);
	got.rooms++;
}

static void on_changed(void *arg)
{
	ck_assert_ptr_eq(arg, &nic);
	got.changes++;
}

struct netfront_config config_of(uint32_t pages)
{
	struct netfront_config c = NETFRONT_DEFAULT;

	c.tx_pages = c.rx_pages = pages;
	c.received = on_received;
	c.room = on_room;
	c.changed = on_changed;
	c.arg = &nic;
	return c;
}

void start_with(const struct net_offer *offer,
		const struct netfront_config *config)
{
	memset(&got, 0, sizeof(got));
	front_fake_init(&fake);
	net_peer_init(&peer, &fake, offer);
	memset(&nic, 0xa5, sizeof(nic));
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, config,
				       1000000000), 0);
	ck_assert(netfront_usable(&nic));
}

void start(void)
{
	static const struct net_offer rich = NET_RICH;
	struct netfront_config config = config_of(64);

	start_with(&rich, &config);
}

void run(void)
{
	for (int i = 0; i < 8; i++) {
		net_peer_step(&fake);
		fake_store_run(&fake);
		fake_deliver(&fake);
		xenbus_poll(&fake.xenbus);
	}
}

void end(void)
{
	ck_assert_int_eq(netfront_close(&nic, 1000000000), 0);
	ck_assert_int_eq(netfront_send(&nic, NULL, 0, NULL), -XEN_ENXIO);
	net_peer_free(&peer);
	front_fake_free(&fake);
}

size_t make_frame(uint8_t *f, uint8_t protocol, size_t len)
{
	static const uint8_t ethernet[] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
	};
	size_t headers = 14 + 20 + (protocol == PACKET_TCP ? 20 : 8);

	if (len < headers)
		len = headers;
	for (size_t i = headers; i < len; i++)
		f[i] = (uint8_t)fake_random();
	memset(f, 0, headers);
	memcpy(f, ethernet, sizeof(ethernet));
	f[14] = 0x45;
	f[16] = (uint8_t)((len - 14) >> 8);
	f[17] = (uint8_t)(len - 14);
	f[23] = protocol;
	if (protocol == PACKET_TCP)
		f[46] = 5 << 4;
	else
		f[38] = (uint8_t)((len - 34) >> 8), f[39] = (uint8_t)(len - 34);
	return len;
}

uint8_t frame[NET_PACKET];

int send_whole(size_t len, const struct netfront_offload *offload)
{
	struct netfront_buffer whole = { frame, len };

	return netfront_send(&nic, &whole, 1, offload);
}
