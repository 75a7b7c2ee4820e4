/* SPDX-License-Identifier: BSD-2-Clause */
/* netback's rings against a scripted frontend, guest memory and TAP. */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "net_front.h"
#include "netback/packet.h"

static const struct vif_features everything = {
	.sg = true, .gso4 = true, .gso6 = true, .checksum4 = true,
	.checksum6 = true,
};
static const struct vif_features nothing;
static uint8_t frame[70000];
static struct net_front f;

static void expect_tx(uint16_t id, int16_t status)
{
	struct netif_tx_response r;

	ck_assert(net_front_tx_response(&f, &r));
	ck_assert_int_eq(r.status, status);
	if (status != NETIF_RSP_NULL)
		ck_assert_uint_eq(r.id, id);
}

static void extra(uint8_t type, uint8_t flags, uint16_t size, uint8_t gso)
{
	uint8_t slot[12] = { type, flags };

	memcpy(slot + 2, &size, 2);
	slot[4] = gso;
	net_front_slot(&f, slot);
}

START_TEST(tx_one_slot)
{
	const struct wire_frame *w;
	size_t len = net_frame(frame, false, PACKET_UDP, 100);

	net_front_init(&f, &everything);
	memcpy(f.grants.pages[7] + 300, frame, len);
	net_front_tx(&f, 7, 300, len, 0, 42);
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	expect_tx(42, NETIF_RSP_OKAY);
	w = wire_get(&f.sent);
	ck_assert_uint_eq(w->len, len);
	ck_assert_mem_eq(w->data, frame, len);
	ck_assert_uint_eq(w->header.flags, 0);
	ck_assert_uint_eq(w->header.gso_type, 0);
	ck_assert_uint_eq(f.tx->req_event, f.tx_prod + 1);
	net_front_free(&f);
}
END_TEST

START_TEST(tx_chain_is_put_together)
{
	const struct wire_frame *w;
	size_t len = net_frame(frame, false, PACKET_UDP, 6000);

	net_front_init(&f, &everything);
	memcpy(f.grants.pages[1] + 10, frame, 1000);
	memcpy(f.grants.pages[2], frame + 1000, 4096);
	memcpy(f.grants.pages[3] + 4000, frame + 5096, 90);
	memcpy(f.grants.pages[4] + 1, frame + 5186, len - 5186);
	net_front_tx(&f, 1, 10, len, NETTXF_more_data, 1);
	net_front_tx(&f, 2, 0, 4096, NETTXF_more_data, 2);
	net_front_tx(&f, 3, 4000, 90, NETTXF_more_data, 3);
	net_front_tx(&f, 4, 1, len - 5186, 0, 4);
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	for (uint16_t id = 1; id <= 4; id++)
		expect_tx(id, NETIF_RSP_OKAY);
	w = wire_get(&f.sent);
	ck_assert_uint_eq(w->len, len);
	ck_assert_mem_eq(w->data, frame, len);
	net_front_free(&f);
}
END_TEST

/* Whole pages of a guest come to lie in whole pages of ours: one copy each. */
START_TEST(tx_pages_stay_whole)
{
	size_t len = net_frame(frame, false, PACKET_UDP, 30000);
	uint16_t head = 66, first = 1000 + 3096 * _i, at = head + first;

	net_front_init(&f, &everything);
	net_front_tx(&f, 1, 0, len, NETTXF_more_data, 1);
	net_front_tx(&f, 2, 4096 - first, first, NETTXF_more_data, 2);
	for (; at + 4096u < len; at += 4096)
		net_front_tx(&f, 3, 0, 4096, NETTXF_more_data, 3);
	net_front_tx(&f, 4, 0, len - at, 0, 4);
	memcpy(f.grants.pages[1], frame, head);
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	ck_assert_uint_gt(f.grants.copies, 8);
	ck_assert_uint_eq(f.grants.pieces, f.grants.copies);
	ck_assert_uint_eq(wire_get(&f.sent)->len, len);
	net_front_free(&f);
}
END_TEST

START_TEST(tx_blank_checksum)
{
	const struct wire_frame *w;
	bool ipv6 = _i & 1;
	uint8_t protocol = _i & 2 ? PACKET_TCP : PACKET_UDP;
	size_t len = net_frame(frame, ipv6, protocol, 50);

	net_front_init(&f, &everything);
	memcpy(f.grants.pages[1], frame, len);
	net_front_tx(&f, 1, 0, len, NETTXF_csum_blank | NETTXF_data_validated,
		     1);
	net_front_kick(&f);
	expect_tx(1, NETIF_RSP_OKAY);
	w = wire_get(&f.sent);
	ck_assert_uint_eq(w->header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert_uint_eq(w->header.csum_start, ipv6 ? 54 : 34);
	ck_assert_uint_eq(w->header.csum_offset,
			  protocol == PACKET_TCP ? 16 : 6);
	net_front_free(&f);
}
END_TEST

START_TEST(tx_segmentation)
{
	const struct wire_frame *w;
	bool ipv6 = _i & 1;
	size_t len = net_frame(frame, ipv6, PACKET_TCP, 8000);

	net_front_init(&f, &everything);
	memcpy(f.grants.pages[1], frame, 4096);
	memcpy(f.grants.pages[2], frame + 4096, len - 4096);
	net_front_tx(&f, 1, 0, len, NETTXF_csum_blank | NETTXF_extra_info |
		     NETTXF_more_data, 1);
	extra(XEN_NETIF_EXTRA_TYPE_GSO, 0, 1448,
	      ipv6 ? XEN_NETIF_GSO_TYPE_TCPV6 : XEN_NETIF_GSO_TYPE_TCPV4);
	net_front_tx(&f, 2, 0, len - 4096, 0, 2);
	net_front_kick(&f);
	expect_tx(1, NETIF_RSP_OKAY);
	expect_tx(0, NETIF_RSP_NULL);
	expect_tx(2, NETIF_RSP_OKAY);
	w = wire_get(&f.sent);
	ck_assert_uint_eq(w->len, len);
	ck_assert_mem_eq(w->data, frame, len);
	ck_assert_uint_eq(w->header.gso_type, ipv6 ?
			  VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(w->header.gso_size, 1448);
	ck_assert_uint_eq(w->header.hdr_len, ipv6 ? 74 : 54);
	ck_assert_uint_eq(w->header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	net_front_free(&f);
}
END_TEST

/* Asks for IPv6 segments of an IPv4 packet, or of UDP: an error, no more. */
START_TEST(tx_segmentation_must_fit)
{
	size_t len = net_frame(frame, false, _i ? PACKET_UDP : PACKET_TCP,
			       3000);

	net_front_init(&f, &everything);
	memcpy(f.grants.pages[1], frame, len);
	net_front_tx(&f, 1, 0, len, NETTXF_extra_info, 1);
	extra(XEN_NETIF_EXTRA_TYPE_GSO, 0, 1448, _i ?
	      XEN_NETIF_GSO_TYPE_TCPV4 : XEN_NETIF_GSO_TYPE_TCPV6);
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	expect_tx(1, NETIF_RSP_ERROR);
	expect_tx(0, NETIF_RSP_NULL);
	ck_assert_ptr_null(wire_get(&f.sent));
	net_front_free(&f);
}
END_TEST

START_TEST(tx_what_cannot_be_carried)
{
	net_front_init(&f, &everything);
	net_front_tx(&f, 1, 0, 13, 0, 1);		/* no Ethernet */
	net_front_tx(&f, 5000, 0, 60, 0, 2);		/* not granted */
	net_front_tx(&f, 1, 0, 100, NETTXF_csum_blank, 3); /* not IP */
	net_front_tx(&f, 1, 0, 60, NETTXF_more_data, 4); /* parts > whole */
	net_front_tx(&f, 1, 0, 100, 0, 5);
	for (uint16_t i = 0; i < 19; i++)		/* too long a chain */
		net_front_tx(&f, 1, 0, i ? 100 : 4000,
			     i < 18 ? NETTXF_more_data : 0, 6 + i);
	net_front_tx(&f, 1, 0, 60, 0, 100);		/* and a good one */
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	for (uint16_t id = 1; id <= 24; id++)
		expect_tx(id, NETIF_RSP_ERROR);
	expect_tx(100, NETIF_RSP_OKAY);
	ck_assert_ptr_nonnull(wire_get(&f.sent));
	ck_assert_ptr_null(wire_get(&f.sent));
	net_front_free(&f);
}
END_TEST

static void hostile_chain(int which)
{
	switch (which) {
	case 0:
		net_front_tx(&f, 1, 0, 200, NETTXF_more_data, 1);
		return;
	case 1:
		net_front_tx(&f, 1, 0, 200, NETTXF_extra_info, 1);
		return;
	case 2:
		net_front_tx(&f, 1, 4000, 200, 0, 1);
		return;
	case 3:
		net_front_tx(&f, 1, 0, 200, NETTXF_extra_info, 1);
		extra(99, 0, 0, 0);
		return;
	case 4:
		net_front_tx(&f, 1, 0, 200, NETTXF_extra_info, 1);
		extra(XEN_NETIF_EXTRA_TYPE_GSO, 0, 0,
		      XEN_NETIF_GSO_TYPE_TCPV4);
		return;
	case 5:
		net_front_tx(&f, 1, 0, 200, NETTXF_extra_info, 1);
		extra(XEN_NETIF_EXTRA_TYPE_GSO, 0, 1448, 77);
		return;
	case 6:
		net_front_tx(&f, 1, 0, 200, NETTXF_extra_info, 1);
		for (int i = 0; i < 9; i++)
			extra(XEN_NETIF_EXTRA_TYPE_GSO,
			      XEN_NETIF_EXTRA_FLAG_MORE, 1448, 1);
		return;
	default:
		for (int i = 0; i < 30; i++)
			net_front_tx(&f, 1, 0, 2000, NETTXF_more_data, 1);
	}
}

START_TEST(tx_hostile_ends_the_device)
{
	struct netif_tx_response r;
	uint32_t answers = 0;

	net_front_init(&f, &everything);
	hostile_chain(_i);
	ck_assert_int_eq(net_front_kick(&f), VIF_FATAL);
	ck_assert_ptr_nonnull(f.vif.why);
	ck_assert_ptr_null(wire_get(&f.sent));
	while (net_front_tx_response(&f, &r))
		answers++;
	ck_assert_uint_eq(answers, f.vif.tx.req_cons);
	net_front_free(&f);
}
END_TEST

START_TEST(tx_overflow)
{
	net_front_init(&f, &everything);
	f.tx_prod = VIF_SLOTS + 1;
	ck_assert_int_eq(net_front_kick(&f), VIF_FATAL);
	net_front_free(&f);
}
END_TEST

static void multicast_order(uint8_t type, uint8_t last, uint16_t id)
{
	uint8_t slot[12] = { type, 0, 1, 0, 0x5e, 0, 0, last };

	net_front_tx(&f, 1, 0, 0, NETTXF_extra_info, id);
	net_front_slot(&f, slot);
	ck_assert_int_eq(net_front_kick(&f), VIF_IDLE);
	expect_tx(id, NETIF_RSP_OKAY);
	expect_tx(0, NETIF_RSP_NULL);
}

static void come(const uint8_t *data, size_t len)
{
	static const struct virtio_net_hdr plain;

	wire_put(&f.coming, &plain, data, len);
}

static enum vif_result receive(bool *starved)
{
	enum vif_result result;
	bool notify;

	do
		result = vif_receive(&f.vif, &notify, starved);
	while (result == VIF_MORE);
	return result;
}

START_TEST(multicast_is_filtered)
{
	struct vif_features features = everything;
	struct netif_rx_response r;
	bool starved;

	features.multicast_control = true;
	net_front_init(&f, &features);
	net_front_post(&f, 10);
	memset(frame, 0, 60);
	memcpy(frame, "\1\0\x5e\0\0\5", 6);
	come(frame, 60);
	receive(&starved);
	ck_assert(!net_front_rx_response(&f, &r));
	multicast_order(XEN_NETIF_EXTRA_TYPE_MCAST_ADD, 5, 1);
	come(frame, 60);
	receive(&starved);
	ck_assert(net_front_rx_response(&f, &r));
	multicast_order(XEN_NETIF_EXTRA_TYPE_MCAST_DEL, 5, 2);
	come(frame, 60);
	memset(frame, 255, 6);
	come(frame, 61);
	receive(&starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_int_eq(r.status, 61);
	ck_assert(!net_front_rx_response(&f, &r));
	net_front_free(&f);
}
END_TEST

START_TEST(rx_one_page)
{
	struct netif_rx_response r;
	size_t len = net_frame(frame, false, PACKET_UDP, 1000);
	bool starved;

	net_front_init(&f, &everything);
	net_front_post(&f, 4);
	come(frame, len);
	ck_assert_int_eq(receive(&starved), VIF_IDLE);
	ck_assert(!starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_uint_eq(r.id, 0);
	ck_assert_uint_eq(r.offset, 0);
	ck_assert_uint_eq(r.flags, 0);
	ck_assert_int_eq(r.status, (int)len);
	ck_assert_mem_eq(f.grants.pages[RX_BASE], frame, len);
	ck_assert(!net_front_rx_response(&f, &r));
	net_front_free(&f);
}
END_TEST

START_TEST(rx_segmented_over_pages)
{
	bool ipv6 = _i;
	size_t len = net_frame(frame, ipv6, PACKET_TCP, 60000), at = 0;
	struct virtio_net_hdr header = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = (ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
			     VIRTIO_NET_HDR_GSO_TCPV4) |
			    VIRTIO_NET_HDR_GSO_ECN,
		.gso_size = 1440, .csum_start = ipv6 ? 54 : 34,
		.csum_offset = 16,
	};
	struct netif_rx_response r;
	struct netif_extra_info e;
	bool starved;

	net_front_init(&f, &everything);
	net_front_post(&f, 16);
	wire_put(&f.coming, &header, frame, len);
	ck_assert_int_eq(receive(&starved), VIF_IDLE);
	/* 15 pages and an extra: 16 slots are just enough, and now gone. */
	ck_assert(starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_uint_eq(r.flags, NETRXF_csum_blank | NETRXF_data_validated |
			  NETRXF_extra_info | NETRXF_more_data);
	ck_assert_mem_eq(f.grants.pages[RX_BASE], frame, 4096);
	at += r.status;
	ck_assert(net_front_rx_response(&f, &r));
	memcpy(&e, &r, sizeof(e));
	ck_assert_uint_eq(e.type, XEN_NETIF_EXTRA_TYPE_GSO);
	ck_assert_uint_eq(e.flags, 0);
	ck_assert_uint_eq(e.u.gso.size, 1440);
	ck_assert_uint_eq(e.u.gso.type, ipv6 ? XEN_NETIF_GSO_TYPE_TCPV6 :
			  XEN_NETIF_GSO_TYPE_TCPV4);
	while (net_front_rx_response(&f, &r)) {
		ck_assert_mem_eq(f.grants.pages[RX_BASE + r.id], frame + at,
				 (size_t)r.status);
		at += r.status;
		ck_assert_uint_eq(r.flags, at < len ? NETRXF_more_data : 0);
	}
	ck_assert_uint_eq(at, len);
	net_front_free(&f);
}
END_TEST

/* From the second of its kind on, a frame is copied page by page, or at once. */
START_TEST(rx_pages_stay_whole)
{
	static const size_t payloads[] = { 20000, 22, 1472 };
	size_t len = net_frame(frame, false, PACKET_UDP, payloads[_i]);
	struct virtio_net_hdr header = { .flags = 0 };
	bool starved;

	net_front_init(&f, &everything);
	net_front_post(&f, 60);
	for (int i = 0; i < 10; i++) {
		wire_put(&f.coming, &header, frame, len);
		if (i == 0)
			ck_assert_int_eq(receive(&starved), VIF_IDLE);
		if (i == 0)
			f.grants.copies = f.grants.pieces = 0;
	}
	ck_assert_int_eq(receive(&starved), VIF_IDLE);
	ck_assert_uint_eq(f.grants.copies, 9 * ((len + 4095) / 4096));
	ck_assert_uint_eq(f.grants.pieces, f.grants.copies);
	net_front_free(&f);
}
END_TEST

START_TEST(rx_waits_for_enough_slots)
{
	struct netif_rx_response r;
	size_t len = net_frame(frame, false, PACKET_UDP, 9000);
	bool starved;

	net_front_init(&f, &everything);
	come(frame, len);
	come(frame, len);
	ck_assert_int_eq(receive(&starved), VIF_IDLE);
	ck_assert(starved);
	/* Not even taken from the TAP. */
	ck_assert_uint_eq(f.coming.tail - f.coming.head, 2);
	net_front_post(&f, 2);
	receive(&starved);
	ck_assert(starved);
	ck_assert(!net_front_rx_response(&f, &r));
	/* An event is asked for when the third slot comes. */
	ck_assert_uint_eq(f.rx->req_event, 3);
	net_front_post(&f, 1);
	receive(&starved);
	ck_assert(starved);
	for (int i = 0; i < 3; i++)
		ck_assert(net_front_rx_response(&f, &r));
	net_front_post(&f, 9);
	receive(&starved);
	ck_assert(!starved);
	for (int i = 0; i < 3; i++)
		ck_assert(net_front_rx_response(&f, &r));
	ck_assert_mem_eq(f.grants.pages[RX_BASE + 3], frame, 4096);
	net_front_free(&f);
}
END_TEST

/* A guest that takes no blank checksums gets them filled. */
START_TEST(rx_fills_checksums)
{
	struct virtio_net_hdr header = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34,
		.csum_offset = 6,
	};
	struct netif_rx_response r;
	struct packet_info info;
	size_t len = net_frame(frame, false, PACKET_UDP, 333);
	bool starved;

	net_front_init(&f, &nothing);
	net_front_post(&f, 4);
	packet_parse(frame, len, &info);
	packet_pseudo_checksum(frame, len, &info);
	wire_put(&f.coming, &header, frame, len);
	receive(&starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_uint_eq(r.flags, 0);
	packet_fill_checksum(frame, len, 34, 6);
	ck_assert_mem_eq(f.grants.pages[RX_BASE], frame, len);
	net_front_free(&f);
}
END_TEST

START_TEST(rx_without_scatter_gather)
{
	struct virtio_net_hdr header = {
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 1448,
	};
	struct netif_rx_response r;
	bool starved;

	net_front_init(&f, &nothing);
	net_front_post(&f, 20);
	come(frame, 5000);
	wire_put(&f.coming, &header, frame, 3000);
	come(frame, 13);
	come(frame, 4096);
	receive(&starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_int_eq(r.status, 4096);
	ck_assert_uint_eq(r.flags, 0);
	ck_assert(!net_front_rx_response(&f, &r));
	net_front_free(&f);
}
END_TEST

START_TEST(rx_bad_buffer_is_an_error)
{
	struct netif_rx_response r;
	bool starved;

	net_front_init(&f, &everything);
	f.grants.granted[RX_BASE] = false;
	net_front_post(&f, 2);
	come(frame, 100);
	come(frame, 101);
	receive(&starved);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_int_eq(r.status, NETIF_RSP_ERROR);
	ck_assert(net_front_rx_response(&f, &r));
	ck_assert_int_eq(r.status, 101);
	net_front_free(&f);
}
END_TEST

START_TEST(rx_overflow)
{
	bool starved;

	net_front_init(&f, &everything);
	f.rx->req_prod = VIF_SLOTS + 1;
	come(frame, 100);
	ck_assert_int_eq(receive(&starved), VIF_FATAL);
	net_front_free(&f);
}
END_TEST

static uint32_t noise_state = 12345;

static uint32_t noise(uint32_t below)
{
	noise_state = noise_state * 1664525 + 1013904223;
	return (noise_state >> 8) % below;
}

static void noise_slot(void)
{
	uint8_t slot[12];

	if (noise(4)) {
		net_front_tx(&f, noise(FAKE_GRANTS + 9), noise(500),
			     noise(3000), noise(8) ? noise(4) : noise(16),
			     noise(65536));
		return;
	}
	for (int i = 0; i < 12; i++)
		slot[i] = noise(256);
	net_front_slot(&f, slot);
}

/* After VIF_FATAL a new device takes over, as a new process would. */
START_TEST(tx_garbage_is_answered_exactly_once)
{
	uint32_t taken = 0;

	net_front_init(&f, &everything);
	for (int i = 0; i < FAKE_GRANTS; i++)
		net_frame(f.grants.pages[i] + (i % 7) * 2, i & 1,
			  i & 2 ? PACKET_TCP : PACKET_UDP, 200);
	while (taken < 100000) {
		struct netif_tx_response r;
		uint32_t before = f.vif.tx.req_cons, answers = 0;

		for (uint32_t n = noise(60); n; n--)
			noise_slot();
		if (net_front_kick(&f) == VIF_FATAL)
			f.tx_prod = f.vif.tx.req_cons;
		taken += f.vif.tx.req_cons - before;
		while (net_front_tx_response(&f, &r))
			answers++;
		ck_assert_uint_eq(answers, f.vif.tx.req_cons - before);
		ck_assert_uint_eq(f.tx_cons, f.tx_prod);
		f.grants.copy_fails = !noise(50);
	}
	net_front_free(&f);
}
END_TEST

START_TEST(rx_noise_is_delivered_in_order)
{
	uint32_t slots = 0;

	net_front_init(&f, &everything);
	while (slots < 100000) {
		struct netif_rx_response r;
		bool starved;

		for (uint32_t n = noise(20); n; n--) {
			struct virtio_net_hdr header = {
				.flags = noise(4), .gso_type = noise(8) ? 0 :
					noise(256),
				.gso_size = noise(2000),
				.csum_start = noise(100),
				.csum_offset = noise(20),
			};

			if (f.coming.tail - f.coming.head < WIRE_FRAMES)
				wire_put(&f.coming, &header, frame,
					 noise(4) ? noise(1600) :
					 noise(VIF_FRAME_MAX));
		}
		if (VIF_SLOTS - (f.rx_prod - f.rx_cons) > 60)
			net_front_post(&f, noise(60));
		ck_assert_int_eq(receive(&starved), VIF_IDLE);
		while (net_front_rx_response(&f, &r))
			slots++;
		ck_assert_uint_eq(f.rx_cons, f.vif.rx.req_cons);
	}
	net_front_free(&f);
}
END_TEST

/* The wire ends: said once, not taken for silence; all is answered. */
START_TEST(tap_lost_is_told)
{
	struct netif_rx_response r;
	bool starved;

	net_front_init(&f, &everything);
	net_front_post(&f, 4);
	ck_assert_int_eq(receive(&starved), VIF_IDLE);
	f.tap_error = -EBADFD;
	ck_assert_int_eq(receive(&starved), VIF_TAP_LOST);
	ck_assert_int_eq(f.vif.lost, -EBADFD);
	ck_assert(!net_front_rx_response(&f, &r));
	f.vif.lost = 0;
	memset(f.grants.pages[1], 0, 200);
	net_front_tx(&f, 1, 0, 100, 0, 1);
	net_front_tx(&f, 1, 0, 100, 0, 2);
	ck_assert_int_eq(net_front_kick(&f), VIF_TAP_LOST);
	ck_assert_int_eq(f.vif.lost, -EBADFD);
	expect_tx(1, NETIF_RSP_ERROR);
	expect_tx(2, NETIF_RSP_ERROR);
	net_front_free(&f);
}
END_TEST

static void add(TCase *t, const TTest *test, int cases)
{
	tcase_add_loop_test(t, test, 0, cases);
}

int main(void)
{
	Suite *s = suite_create("net_vif");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 120);
	add(t, tx_one_slot, 1);
	add(t, tx_chain_is_put_together, 1);
	add(t, tx_pages_stay_whole, 2);
	add(t, tx_blank_checksum, 4);
	add(t, tx_segmentation, 2);
	add(t, tx_segmentation_must_fit, 2);
	add(t, tx_what_cannot_be_carried, 1);
	add(t, tx_hostile_ends_the_device, 8);
	add(t, tx_overflow, 1);
	add(t, multicast_is_filtered, 1);
	add(t, rx_one_page, 1);
	add(t, rx_segmented_over_pages, 2);
	add(t, rx_pages_stay_whole, 3);
	add(t, rx_waits_for_enough_slots, 1);
	add(t, rx_fills_checksums, 1);
	add(t, rx_without_scatter_gather, 1);
	add(t, rx_bad_buffer_is_an_error, 1);
	add(t, rx_overflow, 1);
	add(t, tap_lost_is_told, 1);
	add(t, tx_garbage_is_answered_exactly_once, 1);
	add(t, rx_noise_is_delivered_in_order, 1);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
