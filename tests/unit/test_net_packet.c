/* SPDX-License-Identifier: BSD-2-Clause */
/* netback: headers, checksums, multicast addresses. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "netback/multicast.h"
#include "netback/packet.h"

static const uint8_t udp4[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
	0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 192, 168, 0, 31,
	192, 168, 0, 30,
	0, 20, 0, 10, 0, 12, 0, 0, 'H', 'i', '1', '2',
};

START_TEST(ipv4_udp)
{
	struct packet_info info;

	ck_assert(packet_parse(udp4, sizeof(udp4), &info));
	ck_assert_uint_eq(info.network, 14);
	ck_assert_uint_eq(info.transport, 34);
	ck_assert_uint_eq(info.payload, 42);
	ck_assert_uint_eq(info.checksum, 6);
	ck_assert(!info.ipv6);
}
END_TEST

START_TEST(vlan_tags_are_passed)
{
	struct packet_info info;
	uint8_t frame[sizeof(udp4) + 12];

	memcpy(frame, udp4, 12);
	memcpy(frame + 12, "\x88\xa8\0\1\x81\0\0\2", 8);
	memcpy(frame + 20, udp4 + 12, sizeof(udp4) - 12);
	ck_assert(packet_parse(frame, sizeof(udp4) + 8, &info));
	ck_assert_uint_eq(info.transport, 42);
	/* Three of them are not ordinary. */
	memcpy(frame + 20, "\x81\0\0\2", 4);
	memcpy(frame + 24, udp4 + 12, sizeof(udp4) - 12);
	ck_assert(!packet_parse(frame, sizeof(frame), &info));
}
END_TEST

START_TEST(options_and_extensions)
{
	struct packet_info info;
	uint8_t frame[200] = { 0 };

	memcpy(frame, udp4, 34);
	frame[14] = 0x46;
	frame[23] = PACKET_TCP;
	frame[38 + 12] = 8 << 4;
	ck_assert(packet_parse(frame, 38 + 32, &info));
	ck_assert_uint_eq(info.payload, 38 + 32);
	ck_assert(!packet_parse(frame, 38 + 31, &info));

	memset(frame, 0, sizeof(frame));
	frame[12] = 0x86;
	frame[13] = 0xdd;
	frame[14] = 0x60;
	frame[20] = 0;			/* hop-by-hop */
	frame[54] = 60;			/* destination options, 16 bytes */
	frame[62] = PACKET_UDP;
	frame[63] = 1;
	ck_assert(packet_parse(frame, 86, &info));
	ck_assert(info.ipv6);
	ck_assert_uint_eq(info.transport, 78);
	ck_assert(!packet_parse(frame, 85, &info));
	frame[63] = 255;		/* beyond the end */
	ck_assert(!packet_parse(frame, 86, &info));
	frame[54] = 44;			/* a fragment */
	ck_assert(!packet_parse(frame, 86, &info));
}
END_TEST

START_TEST(fragments_and_others_are_not_whole)
{
	struct packet_info info;
	uint8_t frame[sizeof(udp4)];

	memcpy(frame, udp4, sizeof(udp4));
	frame[20] = 0x20;
	ck_assert(!packet_parse(frame, sizeof(frame), &info));
	frame[20] = 0x40;		/* "don't fragment" is no fragment */
	ck_assert(packet_parse(frame, sizeof(frame), &info));
	frame[23] = 1;
	ck_assert(!packet_parse(frame, sizeof(frame), &info));
	frame[12] = 8;
	frame[13] = 6;
	ck_assert(!packet_parse(frame, sizeof(frame), &info));
}
END_TEST

/* Every prefix, so that ASan sees a read beyond any end. */
START_TEST(prefixes_never_overrun)
{
	struct packet_info info;

	for (size_t n = 0; n <= sizeof(udp4); n++) {
		uint8_t *frame = malloc(n ? n : 1);

		memcpy(frame, udp4, n);
		ck_assert_int_eq(packet_parse(frame, n, &info), n >= 42);
		free(frame);
	}
}
END_TEST

START_TEST(noise_never_overruns)
{
	uint32_t random = 1;

	for (int round = 0; round < 100000; round++) {
		struct packet_info info;
		size_t n = random % 120;
		uint8_t *frame = malloc(n ? n : 1);

		for (size_t i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			frame[i] = random >> 24;
		}
		if (n > 23) {
			memcpy(frame + 12, random & 256 ? "\x86\xdd" : "\x08",
			       2);
			frame[14] = random & 256 ? 0x60 : 0x45;
			if (random & 512)
				frame[20] = frame[23] = 6;
		}
		if (packet_parse(frame, n, &info)) {
			ck_assert_uint_le(info.payload, n);
			ck_assert_uint_le(info.transport + info.checksum + 2,
					  n);
			packet_pseudo_checksum(frame, n, &info);
			ck_assert(packet_fill_checksum(frame, n,
						       info.transport,
						       info.checksum));
		}
		random = random * 1664525 + 1013904223;
		free(frame);
	}
}
END_TEST

/* RFC 768 sum of udp4, worked out by hand. */
START_TEST(checksum_is_right)
{
	struct packet_info info;
	uint8_t frame[sizeof(udp4)];

	memcpy(frame, udp4, sizeof(udp4));
	ck_assert(packet_parse(frame, sizeof(frame), &info));
	packet_pseudo_checksum(frame, sizeof(frame), &info);
	/* c0a8+001f+c0a8+001e+0011+000c = 181aa, folded */
	ck_assert_uint_eq(frame[40] << 8 | frame[41], 0x81ab);
	ck_assert(packet_fill_checksum(frame, sizeof(frame), info.transport,
				       info.checksum));
	/* + 0014+000a+000c+4869+3132 = fb70; its complement */
	ck_assert_uint_eq(frame[40] << 8 | frame[41], 0x048f);
}
END_TEST

START_TEST(checksum_bounds)
{
	uint8_t frame[20] = { 0 };

	ck_assert(!packet_fill_checksum(frame, 20, 21, 0));
	ck_assert(!packet_fill_checksum(frame, 20, 10, 9));
	ck_assert(packet_fill_checksum(frame, 20, 10, 8));
	ck_assert(!packet_fill_checksum(frame, 20, 20, 0));
	ck_assert(!packet_fill_checksum(frame, 20, 65535, 65535));
}
END_TEST

START_TEST(multicast_list)
{
	struct multicast m = { .enabled = true };
	uint8_t address[] = { 1, 0, 0x5e, 0, 0, 0 };
	static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t own[] = { 2, 0, 0, 0, 0, 1 };

	ck_assert(multicast_wants(&m, own));
	ck_assert(multicast_wants(&m, broadcast));
	ck_assert(!multicast_wants(&m, address));
	for (int i = 0; i < MULTICAST_MAX; i++) {
		address[5] = i;
		ck_assert(multicast_add(&m, address));
		ck_assert(multicast_add(&m, address));
	}
	address[5] = 200;
	ck_assert(!multicast_add(&m, address));
	multicast_del(&m, address);
	address[5] = 3;
	multicast_del(&m, address);
	ck_assert(!multicast_wants(&m, address));
	address[5] = 63;
	ck_assert(multicast_wants(&m, address));
	m.enabled = false;
	address[5] = 200;
	ck_assert(multicast_wants(&m, address));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		ipv4_udp, vlan_tags_are_passed, options_and_extensions,
		fragments_and_others_are_not_whole, prefixes_never_overrun,
		noise_never_overruns, checksum_is_right, checksum_bounds,
		multicast_list,
	};
	Suite *s = suite_create("net_packet");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
