/* SPDX-License-Identifier: BSD-2-Clause */
/* Decompressors of boot modules against what xz and gzip make. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xz.h"

#define SIZE	300000

static u8 plain[SIZE], packed[2 * SIZE], out[SIZE + 1];
static char dir[] = "/tmp/hv_xz.XXXXXX";
static u64 seed = 1;

static u32 rnd(void)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return seed >> 33;
}

/* Text, noise, runs, and something like code with calls and jumps. */
static void fill_kind(int kind, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		switch (kind) {
		case 0:
			plain[i] = "the quick brown fox "[(i + rnd() % 2) % 20];
			break;
		case 1:
			plain[i] = rnd();
			break;
		case 2:
			plain[i] = i / 1000;
			break;
		default:
			plain[i] = rnd() % 9 ? 0x90 + rnd() % 3 :
				   rnd() % 2 ? 0xe8 : 0xe9;
			if (rnd() % 5 == 0)
				plain[i] = rnd() % 2 ? 0 : 0xff;
		}
	}
}

static size_t run(const char *command, size_t size)
{
	char name[64], line[256];
	size_t n;
	FILE *f;

	snprintf(name, sizeof(name), "%s/plain", dir);
	f = fopen(name, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(plain, 1, size, f), size);
	fclose(f);
	snprintf(line, sizeof(line), "%s <%s", command, name);
	f = popen(line, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(packed, 1, sizeof(packed), f);
	ck_assert_int_eq(pclose(f), 0);
	remove(name);
	return n;
}

/* In memory of exactly that size, so that a read too far is seen. */
static bool decode(bool xz, const u8 *in, size_t n, size_t size)
{
	u8 *copy = malloc(n);
	bool ok;

	memcpy(copy, in, n);
	ok = xz ? xz_decode(copy, n, out, size)
		: inflate_gzip(copy, n, out, size);
	free(copy);
	return ok;
}

static const struct {
	const char *command;
	bool xz;
} tools[] = {
	{ "xz --check=crc32 --x86 --lzma2=dict=32MiB", true },
	{ "xz -C none -0", true },
	{ "xz -C crc64 --lzma2=lc=0,lp=4,pb=4", true },
	{ "xz -C sha256 --lzma2=lc=4,lp=0,pb=0", true },
	{ "xz --block-size=50000 --x86 --lzma2=preset=1", true },
	{ "xz -T2 --block-size=65536", true },
	{ "gzip -1", false },
	{ "gzip -9", false },
};

static const size_t sizes[] = { 1, 2, 5, 100, 4096, 65536, 65537, SIZE };

START_TEST(round_trip)
{
	for (int kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			size_t n;

			fill_kind(kind, sizes[i]);
			n = run(tools[_i].command, sizes[i]);
			memset(out, 0xaa, sizeof(out));
			ck_assert_msg(decode(tools[_i].xz, packed, n, sizes[i]),
				      "kind %d size %zu", kind, sizes[i]);
			ck_assert_int_eq(memcmp(out, plain, sizes[i]), 0);
			ck_assert_uint_eq(out[sizes[i]], 0xaa);
			/* Another size than it has. */
			ck_assert(!decode(tools[_i].xz, packed, n,
					  sizes[i] - 1));
		}
	}
}
END_TEST

/* Bytes behind the end, as in a bzImage. */
START_TEST(trailing_bytes)
{
	size_t n;

	fill_kind(0, 5000);
	n = run("xz --check=crc32", 5000);
	memcpy(packed + n, "\x88\x13\0\0", 4);
	ck_assert(decode(true, packed, n + 4, 5000));
}
END_TEST

/* Damaged input: any answer will do, but nothing outside is touched. */
START_TEST(damage)
{
	static u8 good[2 * SIZE];
	size_t n, size = 20000;
	bool xz = tools[_i].xz;

	fill_kind(3, size);
	n = run(tools[_i].command, size);
	memcpy(good, packed, n);
	for (int i = 0; i < 1000; i++) {
		memcpy(packed, good, n);
		for (u32 k = 0; k < 1 + rnd() % 4; k++)
			packed[rnd() % (rnd() % 2 ? 64 : n) % n] = rnd();
		out[size] = 0x55;
		decode(xz, packed, rnd() % 3 ? n : rnd() % n + 1, size);
		ck_assert_uint_eq(out[size], 0x55);
	}
	for (size_t cut = 1; cut < n && cut < 400; cut++)
		ck_assert(!decode(xz, good, cut, size));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_xz");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed, n = sizeof(tools) / sizeof(*tools);
	char *made = mkdtemp(dir);

	if (!made)
		return 1;
	tcase_add_loop_test(c, round_trip, 0, n);
	tcase_add_test(c, trailing_bytes);
	tcase_add_loop_test(c, damage, 0, n);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	remove(dir);
	return failed != 0;
}
