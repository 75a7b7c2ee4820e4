/* SPDX-License-Identifier: BSD-2-Clause */
/* netfront against netback's rings. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "front_net_rig.h"
#include "netback/packet.h"

static void on_event(void *arg)
{
	ck_assert_ptr_eq(arg, &nic);
	got.events++;
}

static void expect_sent(size_t len)
{
	const struct net_packet *p;

	run();
	p = net_wire_get(&peer.sent);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->len, len);
	ck_assert_mem_eq(p->data, frame, len);
}

static void expect_received(size_t len)
{
	unsigned int before = got.packets;

	run();
	ck_assert_uint_eq(got.packets, before + 1);
	ck_assert_uint_eq(got.len, len);
	ck_assert_mem_eq(got.data, frame, len);
}

/* ---- Connecting --------------------------------------------------------------- */

START_TEST(each_combination_of_offers)
{
	struct net_offer o = {
		.rx_copy = true, .sg = _i & 1, .gso4 = _i & 2, .gso6 = _i & 4,
		.checksum6 = _i & 8, .split = _i & 16, .multicast = _i & 32,
	};
	struct netfront_config c = config_of(32);

	c.split = _i & 64;
	c.multicast = _i & 64;
	start_with(&o, &c);
	ck_assert_uint_eq(nic.info.largest, o.sg ? 65535 : 4096);
	ck_assert_int_eq(nic.info.gso4, o.sg && o.gso4);
	ck_assert_int_eq(nic.info.gso6, o.sg && o.gso6 && o.checksum6);
	ck_assert_int_eq(nic.info.checksum6, o.checksum6);
	ck_assert_int_eq(nic.info.split, o.split && c.split);
	ck_assert_int_eq(nic.info.multicast, o.multicast && c.multicast);
	ck_assert_int_eq(peer.tx_port != peer.rx_port, nic.info.split);
	ck_assert_uint_eq(nic.info.mtu, 9000);
	ck_assert_mem_eq(nic.info.mac, "\x00\x16\x3e\x01\x02\xaf", 6);
	ck_assert_int_eq(send_whole(make_frame(frame, PACKET_UDP, 100), NULL),
			 0);
	expect_sent(100);
	end();
}
END_TEST

START_TEST(configurations_that_cannot_be)
{
	static const struct net_offer rich = NET_RICH;
	struct netfront_config c[6];

	for (int i = 0; i < 6; i++)
		c[i] = config_of(64);
	c[0].tx_pages = 0;
	c[1].rx_pages = 512;
	c[2].rx_pages = 48;
	c[3].rx_pages = 16;
	c[4].checksum = false;
	c[5].large = false;
	front_fake_init(&fake);
	net_peer_init(&peer, &fake, &rich);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, &c[i],
					       1000), -XEN_EINVAL);
	net_peer_free(&peer);
	front_fake_free(&fake);
}
END_TEST

/* Nodes that are missing or nonsense, and what comes of it. */
static const struct {
	const char *path, *value;
	int error;
} bad_nodes[] = {
	{ NET_FRONT "/backend", NULL, -XEN_ENOENT },
	{ NET_FRONT "/backend-id", "65536", -XEN_EINVAL },
	{ NET_FRONT "/mac", NULL, -XEN_ENOENT },
	{ NET_FRONT "/mac", "", -XEN_EINVAL },
	{ NET_FRONT "/mac", "00:16:3e:01:02", -XEN_EINVAL },
	{ NET_FRONT "/mac", "00:16:3e:01:02:0g", -XEN_EINVAL },
	{ NET_FRONT "/mac", "00:16:3e:01:02:03:", -XEN_EINVAL },
	{ NET_FRONT "/mac", "00-16-3e-01-02-03", -XEN_EINVAL },
	{ NET_FRONT "/mac", "01:16:3e:01:02:03", -XEN_EINVAL },
	{ NET_FRONT "/mac", "00:00:00:00:00:00", -XEN_EINVAL },
	{ NET_BACK "/feature-rx-copy", NULL, -XEN_EINVAL },
	{ NET_BACK "/feature-rx-copy", "2", -XEN_EINVAL },
};

START_TEST(nodes_that_make_no_sense)
{
	static const struct net_offer rich = NET_RICH;

	front_fake_init(&fake);
	net_peer_init(&peer, &fake, &rich);
	fake_set(&fake, bad_nodes[_i].value, "%s", bad_nodes[_i].path);
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL, 100000),
			 bad_nodes[_i].error);
	net_peer_free(&peer);
	front_fake_free(&fake);
}
END_TEST

START_TEST(a_backend_that_refuses_or_sleeps)
{
	static const struct net_offer rich = NET_RICH;

	front_fake_init(&fake);
	net_peer_init(&peer, &fake, &rich);
	peer.refuses = true;
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL, 0),
			 -XEN_ENXIO);
	ck_assert_int_eq(fake_number(&fake, NET_FRONT "/state"),
			 XenbusStateClosed);
	peer.refuses = false;
	peer.mute = true;
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL, 100000),
			 -XEN_ENXIO);
	fake_set(&fake, "1", NET_BACK "/state");
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL, 100000),
			 -XEN_ETIMEDOUT);
	fake_set(&fake, "6", NET_BACK "/state");
	/* It wakes up: from Closed back to work. */
	peer.mute = false;
	ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL, 0), 0);
	end();
}
END_TEST

START_TEST(memory_or_grants_run_out)
{
	static const struct net_offer rich = NET_RICH;
	struct netfront_config c = config_of(32);
	unsigned int pages, refs = 0;
	uint32_t taken[FAKE_REFS];
	int rc;

	front_fake_init(&fake);
	net_peer_init(&peer, &fake, &rich);
	for (pages = 0;; pages++) {
		fake.pages_left = pages;
		rc = netfront_open(&nic, &fake.os, NET_FRONT, &c, 1000000);
		if (!rc)
			break;
		ck_assert_int_eq(rc, -XEN_ENOMEM);
		ck_assert_uint_eq(fake.nr_pages, 0);
	}
	ck_assert_uint_eq(pages, 17 + 2 * 33);
	ck_assert_int_eq(netfront_close(&nic, 0), 0);
	while (fake.grants.nr_free)
		taken[refs++] = grant_take(&fake.grants);
	for (rc = -1; rc; grant_put(&fake.grants, taken[--refs])) {
		rc = netfront_open(&nic, &fake.os, NET_FRONT, &c, 1000000);
		ck_assert(!rc || rc == -XEN_ENOSPC);
	}
	ck_assert_int_eq(netfront_close(&nic, 0), 0);
	while (refs)
		grant_put(&fake.grants, taken[--refs]);
	net_peer_free(&peer);
	front_fake_free(&fake);
}
END_TEST

/* ---- Sending --------------------------------------------------------------------- */

START_TEST(sizes_sent)
{
	static const size_t sizes[] = {
		42, 60, 1514, 4095, 4096, 4097, 8192, 8193, 40000, 65535,
	};
	size_t len;

	start();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		len = make_frame(frame, PACKET_UDP, sizes[i]);
		ck_assert_int_eq(send_whole(len, NULL), 0);
		expect_sent(len);
	}
	ck_assert_int_eq(send_whole(65536, NULL), -XEN_E2BIG);
	ck_assert_int_eq(send_whole(13, NULL), -XEN_EINVAL);
	ck_assert_uint_eq(nic.count.send_errors, 0);
	end();
}
END_TEST

START_TEST(pieces_are_put_together)
{
	struct netfront_buffer b[8];
	size_t len = make_frame(frame, PACKET_UDP, 9000), at = 0;
	static const size_t parts[] = { 1, 13, 0, 4095, 1, 0, 4097, 793 };

	start();
	for (int i = 0; i < 8; i++) {
		b[i].address = frame + at;
		b[i].bytes = parts[i];
		at += parts[i];
	}
	ck_assert_uint_eq(at, len);
	ck_assert_int_eq(netfront_send(&nic, b, 8, NULL), 0);
	expect_sent(len);
	/* Sizes whose sum wraps around. */
	b[1].bytes = SIZE_MAX - 5;
	ck_assert_int_eq(netfront_send(&nic, b, 8, NULL), -XEN_E2BIG);
	end();
}
END_TEST

START_TEST(offloads_sent)
{
	struct netfront_offload o = { .checksum_blank = true };
	const struct net_packet *p;
	size_t len = make_frame(frame, PACKET_TCP, 30000);

	start();
	ck_assert_int_eq(send_whole(200, &o), 0);
	run();
	p = net_wire_get(&peer.sent);
	ck_assert_uint_eq(p->header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert_uint_eq(p->header.csum_start, 34);
	ck_assert_uint_eq(p->header.csum_offset, 16);
	o.gso = NETFRONT_GSO_TCPV4;
	ck_assert_int_eq(send_whole(len, &o), -XEN_EINVAL);
	o.gso_size = 1448;
	ck_assert_int_eq(send_whole(len, &o), 0);
	run();
	p = net_wire_get(&peer.sent);
	ck_assert_uint_eq(p->len, len);
	ck_assert_uint_eq(p->header.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(p->header.gso_size, 1448);
	/* More of them than there are slots: extras are given back, too. */
	for (int i = 0; i < 200; i++) {
		ck_assert_int_eq(send_whole(len, &o), 0);
		run();
		ck_assert_ptr_nonnull(net_wire_get(&peer.sent));
	}
	netfront_poll(&nic);
	ck_assert_uint_eq(nic.tx_extras, 0);
	nic.info.gso4 = false;
	ck_assert_int_eq(send_whole(len, &o), -XEN_EOPNOTSUPP);
	end();
}
END_TEST

START_TEST(a_full_ring_and_room_again)
{
	unsigned int sent = 0;

	start();
	peer.idle = true;
	make_frame(frame, PACKET_UDP, 5000);
	while (!send_whole(5000, NULL))
		sent++;
	ck_assert_uint_eq(sent, 32);
	ck_assert_int_eq(send_whole(100, NULL), -XEN_EAGAIN);
	run();
	ck_assert_uint_eq(got.rooms, 0);
	peer.idle = false;
	run();
	ck_assert_uint_eq(got.rooms, 1);
	ck_assert_uint_eq(peer.sent.tail, sent);
	ck_assert_uint_eq(nic.tx_nr_free, 64);
	end();
}
END_TEST

/* Answers make no events while there is room; sending takes them itself. */
START_TEST(no_events_for_answers)
{
	static const struct net_offer rich = NET_RICH;
	struct netfront_config c = config_of(32);
	size_t len = make_frame(frame, PACKET_UDP, 6000);

	c.event = on_event;
	start_with(&rich, &c);
	while (netfront_poll(&nic))
		;
	got.events = 0;
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(send_whole(len, NULL), 0);
		expect_sent(len);
	}
	ck_assert_uint_eq(got.events, 0);
	end();
}
END_TEST

/* ---- Receiving -------------------------------------------------------------------- */

static void arrive(size_t len, const struct virtio_net_hdr *header)
{
	static const struct virtio_net_hdr none;

	net_wire_put(&peer.coming, header ? header : &none, frame, len);
}

START_TEST(sizes_received)
{
	static const size_t sizes[] = {
		42, 1514, 4096, 4097, 8192, 8193, 65535, 65549,
	};
	size_t len;

	start();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		len = make_frame(frame, PACKET_UDP, sizes[i]);
		arrive(len, NULL);
		expect_received(len);
		ck_assert(!got.offload.checksum_blank && !got.offload.gso);
	}
	ck_assert_uint_eq(nic.count.received, 8);
	ck_assert_uint_eq(nic.count.dropped, 0);
	end();
}
END_TEST

START_TEST(offloads_received)
{
	struct virtio_net_hdr h = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34,
		.csum_offset = 16,
	};
	size_t len = make_frame(frame, PACKET_TCP, 20000);

	start();
	arrive(1000, &h);
	make_frame(frame, PACKET_TCP, 1000);
	net_wire_put(&peer.coming, &h, frame, 1000);
	run();
	ck_assert(got.offload.checksum_blank && got.offload.checksum_good);
	h.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	h.gso_size = 1448;
	len = make_frame(frame, PACKET_TCP, 20000);
	for (int i = 0; i < 100; i++) {
		arrive(len, &h);
		expect_received(len);
		ck_assert_int_eq(got.offload.gso, NETFRONT_GSO_TCPV4);
		ck_assert_uint_eq(got.offload.gso_size, 1448);
	}
	end();
}
END_TEST

START_TEST(the_kernel_polls_when_it_likes)
{
	static const struct net_offer rich = NET_RICH;
	struct netfront_config c = config_of(32);
	size_t len = make_frame(frame, PACKET_UDP, 500);

	c.event = on_event;
	start_with(&rich, &c);
	arrive(len, NULL);
	run();
	ck_assert_uint_gt(got.events, 0);
	ck_assert_uint_eq(got.packets, 0);
	ck_assert(!netfront_poll(&nic));
	ck_assert_uint_eq(got.packets, 1);
	ck_assert_mem_eq(got.data, frame, len);
	end();
}
END_TEST

/* Both ways at once, all sizes, with pauses of the backend. */
START_TEST(random_traffic)
{
	static uint8_t out[NET_PACKET], in[NET_PACKET];
	struct netfront_offload none = { .checksum_good = true };
	struct virtio_net_hdr header;
	const struct net_packet *p;
	size_t out_len, in_len;

	memset(&header, 0, sizeof(header));
	start();
	for (int i = 0; i < 5000; i++) {
		struct netfront_buffer b[2] = { { out, 0 }, { NULL, 0 } };

		out_len = make_frame(out, PACKET_UDP, fake_random() % 9000);
		in_len = make_frame(in, PACKET_UDP, fake_random() % 9000);
		b[0].bytes = fake_random() % out_len;
		b[1].address = out + b[0].bytes;
		b[1].bytes = out_len - b[0].bytes;
		peer.idle = fake_random() & 1;
		net_wire_put(&peer.coming, &header, in, in_len);
		ck_assert_int_eq(netfront_send(&nic, b, 2, &none), 0);
		run();
		peer.idle = false;
		run();
		p = net_wire_get(&peer.sent);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(p->len, out_len);
		ck_assert_mem_eq(p->data, out, out_len);
		ck_assert_uint_eq(got.packets, (unsigned int)i + 1);
		ck_assert_uint_eq(got.len, in_len);
		ck_assert_mem_eq(got.data, in, in_len);
	}
	ck_assert_uint_eq(nic.count.sent, 5000);
	end();
}
END_TEST

START_TEST(groups)
{
	static const struct net_offer rich = NET_RICH;
	static const uint8_t group[6] = { 1, 0, 0x5e, 0, 0, 1 };
	struct netfront_config c = config_of(32);
	size_t len = make_frame(frame, PACKET_UDP, 100);

	c.multicast = true;
	start_with(&rich, &c);
	memcpy(frame, group, 6);
	arrive(len, NULL);
	run();
	ck_assert_uint_eq(got.packets, 0);
	ck_assert_int_eq(netfront_multicast(&nic, group, true), 0);
	run();
	arrive(len, NULL);
	expect_received(len);
	ck_assert_int_eq(netfront_multicast(&nic, group, false), 0);
	run();
	arrive(len, NULL);
	run();
	ck_assert_uint_eq(got.packets, 1);
	netfront_poll(&nic);
	ck_assert_uint_eq(nic.tx_nr_free, 32);
	ck_assert_uint_eq(nic.tx_extras, 0);
	ck_assert_uint_eq(peer.sent.tail, 0);
	end();
}
END_TEST

/* ---- Life ------------------------------------------------------------------------- */

START_TEST(a_resume_with_packets_under_way)
{
	size_t len = make_frame(frame, PACKET_UDP, 6000);

	start();
	for (int i = 0; i < 5; i++) {
		peer.idle = true;
		while (!send_whole(len, NULL))
			;
		arrive(len, NULL);
		front_fake_resume(&fake);
		peer.idle = false;
		peer.coming.head = peer.coming.tail;
		net_peer_restart(&peer);
		ck_assert_int_eq(netfront_resume(&nic, 1000000000), 0);
		run();
		netfront_poll(&nic);
		ck_assert_uint_eq(nic.tx_nr_free, 64);
		peer.sent.head = peer.sent.tail;
		ck_assert_int_eq(send_whole(len, NULL), 0);
		expect_sent(len);
		arrive(len, NULL);
		expect_received(len);
	}
	end();
}
END_TEST

START_TEST(a_resume_without_a_backend)
{
	start();
	front_fake_resume(&fake);
	net_peer_restart(&peer);
	peer.mute = true;
	ck_assert_int_eq(netfront_resume(&nic, 100000), -XEN_ETIMEDOUT);
	ck_assert_int_eq(send_whole(100, NULL), -XEN_EIO);
	peer.mute = false;
	end();
}
END_TEST

START_TEST(the_backend_goes)
{
	start();
	peer.mute = true;
	fake_set(&fake, "5", NET_BACK "/state");
	run();
	ck_assert_uint_eq(got.changes, 1);
	ck_assert(!netfront_usable(&nic));
	ck_assert_int_eq(send_whole(100, NULL), -XEN_EIO);
	ck_assert_int_eq(netfront_multicast(&nic, frame, true), -XEN_EIO);
	ck_assert_int_eq(fake_number(&fake, NET_FRONT "/state"),
			 XenbusStateClosed);
	run();
	ck_assert_uint_eq(got.changes, 1);
	peer.mute = false;
	end();
}
END_TEST

START_TEST(a_backend_that_keeps_the_rings)
{
	uint32_t lost;

	start();
	peer.keeps = true;
	ck_assert_int_eq(netfront_close(&nic, 100000), -XEN_EBUSY);
	/* Two pages and their entries are lost, nothing else. */
	lost = FAKE_REFS - GNTTAB_NR_RESERVED_ENTRIES - fake.grants.nr_free;
	ck_assert_uint_eq(lost, 2);
	ck_assert_uint_eq(fake.nr_pages, 2);
	fake_map(&fake, peer.tx_ref, false);
	fake_map(&fake, peer.rx_ref, false);
	ck_assert(grant_end(&fake.grants, peer.tx_ref));
	ck_assert(grant_end(&fake.grants, peer.rx_ref));
	fake.os.pages_free(&fake, peer.tx, 1);
	fake.os.pages_free(&fake, peer.rx, 1);
	grant_put(&fake.grants, peer.tx_ref);
	grant_put(&fake.grants, peer.rx_ref);
	net_peer_free(&peer);
	front_fake_free(&fake);
}
END_TEST

START_TEST(opened_again_and_again)
{
	size_t len = make_frame(frame, PACKET_UDP, 100);

	start();
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(netfront_close(&nic, 0), 0);
		ck_assert_int_eq(netfront_close(&nic, 0), 0);
		ck_assert_int_eq(netfront_open(&nic, &fake.os, NET_FRONT, NULL,
					       0), 0);
		ck_assert_int_eq(send_whole(len, NULL), 0);
		expect_sent(len);
	}
	end();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_net");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, each_combination_of_offers, 0, 128);
	tcase_add_test(t, configurations_that_cannot_be);
	tcase_add_loop_test(t, nodes_that_make_no_sense, 0,
			    sizeof(bad_nodes) / sizeof(*bad_nodes));
	tcase_add_test(t, a_backend_that_refuses_or_sleeps);
	tcase_add_test(t, memory_or_grants_run_out);
	tcase_add_test(t, sizes_sent);
	tcase_add_test(t, pieces_are_put_together);
	tcase_add_test(t, offloads_sent);
	tcase_add_test(t, a_full_ring_and_room_again);
	tcase_add_test(t, no_events_for_answers);
	tcase_add_test(t, sizes_received);
	tcase_add_test(t, offloads_received);
	tcase_add_test(t, the_kernel_polls_when_it_likes);
	tcase_add_test(t, random_traffic);
	tcase_add_test(t, groups);
	tcase_add_test(t, a_resume_with_packets_under_way);
	tcase_add_test(t, a_resume_without_a_backend);
	tcase_add_test(t, the_backend_goes);
	tcase_add_test(t, a_backend_that_keeps_the_rings);
	tcase_add_test(t, opened_again_and_again);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
