/* SPDX-License-Identifier: BSD-2-Clause */
/* netfront against a backend without scruples. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "front_net_rig.h"
#include "netback/packet.h"

static void start_hostile(void)
{
	start();
	peer.hostile = true;
}

/* Writes an answer at a place of a ring; shown by publish(). */
static void put_tx(uint32_t at, uint16_t id, int16_t status)
{
	struct netif_tx_response r = { id, status };

	memcpy(peer.tx->entries + at % NETFRONT_SLOTS * 12, &r, sizeof(r));
}

static void put_rx(uint32_t at, uint16_t id, uint16_t offset, uint16_t flags,
		   int16_t status)
{
	struct netif_rx_response r = { id, offset, flags, status };

	memcpy(peer.rx->entries + at % NETFRONT_SLOTS * 8, &r, sizeof(r));
}

static void put_rx_extra(uint32_t at, uint8_t type, uint8_t flags,
			 uint8_t gso, uint16_t size)
{
	struct netif_extra_info e = { .type = type, .flags = flags };

	e.u.gso.type = gso;
	e.u.gso.size = size;
	memcpy(peer.rx->entries + at % NETFRONT_SLOTS * 8, &e, sizeof(e));
}

static void publish(struct ring_shared *ring, uint32_t produced)
{
	ring->rsp_prod = produced;
	fake_event(&fake, peer.tx_port);
	fake_event(&fake, peer.rx_port);
	run();
}

static void expect_broken(void)
{
	ck_assert(!netfront_usable(&nic));
	ck_assert_int_eq(send_whole(100, NULL), -XEN_EIO);
	ck_assert_uint_eq(got.changes, 1);
	ck_assert_int_eq(fake_number(&fake, NET_FRONT "/state"),
			 XenbusStateClosed);
	end();
}

START_TEST(more_answers_than_requests)
{
	start_hostile();
	publish(_i ? peer.rx : peer.tx, _i ? 65 : 1);
	expect_broken();
}
END_TEST

START_TEST(tx_answers_to_what_was_not_sent)
{
	static const struct {
		uint16_t first, second;
		int16_t status;
	} rows[] = {
		{ 1, 0, 0 },			/* a free id */
		{ 64, 0, 0 },			/* no id at all */
		{ 65535, 0, 0 },
		{ 0, 0, 0 },			/* twice */
		{ 0, 0, -1 },
		{ 0, 1, NETIF_RSP_NULL },	/* no information was sent */
	};

	start_hostile();
	make_frame(frame, PACKET_UDP, 100);
	ck_assert_int_eq(send_whole(100, NULL), 0);
	ck_assert_int_eq(send_whole(100, NULL), 0);
	nic.tx_next[1] = rows[_i].first == 1 ? 2 : nic.tx_next[1];
	put_tx(0, rows[_i].first, 0);
	put_tx(1, rows[_i].second, rows[_i].status);
	publish(peer.tx, 2);
	if (rows[_i].first == 1)
		nic.tx_next[1] = UINT16_MAX;
	expect_broken();
}
END_TEST

START_TEST(rx_answers_that_break_the_rules)
{
	static const struct {
		uint16_t id, offset;
		int16_t status;
		uint16_t flags;
	} rows[] = {
		{ 1, 0, 100, 0 },
		{ 64, 0, 100, 0 },
		{ 65535, 0, 100, 0 },
		{ 0, 4000, 100, 0 },
		{ 0, 65535, 1, 0 },
		{ 0, 4097, 0, 0 },
		{ 0, 1, 4096, 0 },
		{ 0, 0, 32767, 0 },
	};

	start_hostile();
	put_rx(0, rows[_i].id, rows[_i].offset, rows[_i].flags,
	       rows[_i].status);
	publish(peer.rx, 1);
	ck_assert_uint_eq(got.packets, 0);
	expect_broken();
}
END_TEST

START_TEST(rx_packets_that_are_dropped)
{
	struct netfront_config c = config_of(32);
	static const struct net_offer rich = NET_RICH;

	c.checksum = c.gso4 = c.gso6 = false;
	start_with(&rich, &c);
	peer.hostile = true;
	put_rx(0, 0, 0, 0, 13);				/* too short */
	put_rx(1, 1, 0, 0, -1);				/* an error */
	put_rx(2, 2, 0, NETRXF_csum_blank, 100);	/* nobody agreed */
	put_rx(3, 3, 0, NETRXF_gso_prefix, 100);
	put_rx(4, 4, 0, NETRXF_extra_info, 100);	/* GSO: nobody ... */
	put_rx_extra(5, XEN_NETIF_EXTRA_TYPE_GSO, 0, 1, 1448);
	put_rx(6, 6, 0, NETRXF_more_data, 100);		/* error later */
	put_rx(7, 7, 0, NETRXF_more_data, -2);
	put_rx(8, 8, 0, 0, 100);
	put_rx(9, 9, 0, NETRXF_extra_info, 100);	/* unknown info */
	put_rx_extra(10, 77, XEN_NETIF_EXTRA_FLAG_MORE, 0, 0);
	put_rx_extra(11, XEN_NETIF_EXTRA_TYPE_HASH, 0, 0, 0);
	publish(peer.rx, 12);
	ck_assert_uint_eq(got.packets, 0);
	ck_assert_uint_eq(nic.count.dropped, 7);
	/* The next good one comes through. */
	put_rx(12, 12, 7, 0, 100);
	publish(peer.rx, 13);
	ck_assert_uint_eq(got.packets, 1);
	ck_assert_uint_eq(got.len, 100);
	end();
}
END_TEST

START_TEST(rx_a_packet_in_two_lots)
{
	start_hostile();
	put_rx(0, 0, 0, NETRXF_more_data, 100);
	publish(peer.rx, 1);
	ck_assert_uint_eq(got.packets, 0);
	put_rx(1, 1, 50, 0, 60);
	publish(peer.rx, 2);
	ck_assert_uint_eq(got.packets, 1);
	ck_assert_uint_eq(got.len, 160);
	end();
}
END_TEST

START_TEST(rx_larger_than_any_packet)
{
	start_hostile();
	for (uint16_t i = 0; i < 20; i++)
		put_rx(i, i, 0, i < 19 ? NETRXF_more_data : 0, 4096);
	publish(peer.rx, 20);
	ck_assert_uint_eq(got.packets, 0);
	ck_assert_uint_eq(nic.count.dropped, 1);
	ck_assert(netfront_usable(&nic));
	end();
}
END_TEST

/* Data, or information, without an end. */
START_TEST(rx_a_packet_that_never_ends)
{
	uint32_t at = 0;

	start_hostile();
	put_rx(at++, 0, 0, NETRXF_more_data | NETRXF_extra_info, 0);
	while (netfront_usable(&nic) && at < 2000) {
		if (_i)
			put_rx_extra(at, XEN_NETIF_EXTRA_TYPE_GSO,
				     XEN_NETIF_EXTRA_FLAG_MORE, 1, 1);
		else if (at == 1)
			put_rx_extra(at, XEN_NETIF_EXTRA_TYPE_GSO, 0, 1, 1);
		else
			put_rx(at, at % 64, 0, NETRXF_more_data, 0);
		publish(peer.rx, ++at);
	}
	ck_assert_uint_lt(at, 300);
	expect_broken();
}
END_TEST

START_TEST(rx_information_in_the_middle)
{
	start_hostile();
	put_rx(0, 0, 0, NETRXF_more_data, 100);
	put_rx(1, 1, 0, NETRXF_extra_info, 100);
	publish(peer.rx, 2);
	expect_broken();
}
END_TEST

/* An answer of a backend that is mostly right. */
static void put_random(uint32_t *tx, uint32_t *rx)
{
	uint16_t id = fake_random() % 33;
	bool wild = fake_random() % 256 == 0;

	if (wild || (id < 32 && nic.tx_next[id] == NETFRONT_TX_BUSY &&
		     *tx - nic.tx.ring.rsp_cons < 1))
		put_tx((*tx)++, id, (int16_t)(fake_random() % 3 - 2));
	wild = fake_random() % 256 == 0;
	put_rx(*rx, wild ? (uint16_t)fake_random() : *rx % 32,
	       (uint16_t)(fake_random() % 300),
	       (uint16_t)(fake_random() % 32 &
			  (fake_random() % 64 ? ~NETRXF_extra_info : ~0u)),
	       (int16_t)(fake_random() % (wild ? 32768 : 3700) - 2));
	(*rx)++;
}

/* The device breaks, the kernel does not: ASan watches. */
START_TEST(random_rings)
{
	struct netfront_config c = config_of(32);
	unsigned int slots = 0, broken = 0;
	uint32_t tx = 0, rx = 0, n;

	start_hostile();
	make_frame(frame, PACKET_UDP, 3000);
	while (slots < 100000) {
		if (!broken || !netfront_usable(&nic)) {
			broken++;
			ck_assert_int_eq(netfront_close(&nic, 0), 0);
			ck_assert_int_eq(netfront_open(&nic, &fake.os,
						       NET_FRONT, &c, 0), 0);
			tx = rx = 0;
		}
		send_whole(fake_random() % 9000, NULL);
		for (n = fake_random() % 5; n; n--, slots++)
			put_random(&tx, &rx);
		if (fake_random() % 512 == 0)
			rx += fake_random();
		peer.tx->rsp_prod = tx;
		peer.rx->rsp_prod = rx;
		fake_event(&fake, peer.tx_port);
		fake_deliver(&fake);
	}
	ck_assert_uint_gt(broken, 100);
	ck_assert_uint_gt(got.packets, 1000);
	end();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_net_hostile");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, more_answers_than_requests, 0, 2);
	tcase_add_loop_test(t, tx_answers_to_what_was_not_sent, 0, 6);
	tcase_add_loop_test(t, rx_answers_that_break_the_rules, 0, 8);
	tcase_add_test(t, rx_packets_that_are_dropped);
	tcase_add_test(t, rx_a_packet_in_two_lots);
	tcase_add_test(t, rx_larger_than_any_packet);
	tcase_add_loop_test(t, rx_a_packet_that_never_ends, 0, 2);
	tcase_add_test(t, rx_information_in_the_middle);
	tcase_add_test(t, random_rings);
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
