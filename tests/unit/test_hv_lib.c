/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings and formatted output against libc; e820; calendar; options. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boot/e820.h"
#include "x86/cmos.h"

int hv_snprintf(char *buf, size_t size, const char *fmt, ...);
void *hv_memcpy(void *dst, const void *src, size_t n);
void *hv_memmove(void *dst, const void *src, size_t n);
void *hv_memset(void *dst, int c, size_t n);
size_t hv_strlcpy(char *dst, const char *src, size_t size);
char *hv_strstr(const char *s, const char *what);
char *hv_strchr(const char *s, int c);
int hv_strncmp(const char *a, const char *b, size_t n);
u64 strtou64(const char *s, const char **end, unsigned int base);

/* The clock's hardware is not touched here. */
#define SAME(...) do { \
	char ours[128], theirs[128]; \
	int n = hv_snprintf(ours, sizeof(ours), __VA_ARGS__); \
	int m = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
	ck_assert_str_eq(ours, theirs); \
	ck_assert_int_eq(n, m); \
} while (0)

START_TEST(printf_like_libc)
{
	SAME("%d %i %u", -5, 2147483647, 4000000000U);
	SAME("%ld %lu %lld", -1L, ~0UL, (long long)1 << 62);
	SAME("%ld", (long)(1UL << 63));
	SAME("%x %X %#x %#X %o %#o", 255, 255, 255, 255, 8, 8);
	SAME("%08x|%8x|%-8x|%+d|% d", 0xabc, 0xabc, 0xabc, 3, 3);
	SAME("%018lx %#018lx", 0x123UL, 0x123UL);
	SAME("%5s|%-5s|%.2s|%*s|%.*s", "ab", "ab", "abc", 6, "x", 1, "yz");
	SAME("%c%c%%", 'a', 'b');
	SAME("%hhd %hd %hhu", 300, 70000, 300);
	SAME("%.3d|%6.3d|%-6.3d|%06d", 5, 5, 5, -5);
	SAME("%zu", sizeof(int));
	SAME("%#x", 0);
	SAME("%p", (void *)0x1234);
}
END_TEST

START_TEST(printf_is_bounded)
{
	char buf[8];

	memset(buf, 'z', sizeof(buf));
	ck_assert_int_eq(hv_snprintf(buf, 4, "%s", "abcdef"), 6);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(buf[4], 'z');
	ck_assert_int_eq(hv_snprintf(NULL, 0, "%d", 12345), 5);
}
END_TEST

START_TEST(strings)
{
	const char *end;
	char buf[16] = "0123456789abcde", small[4];

	hv_memmove(buf + 2, buf, 8);
	ck_assert_mem_eq(buf, "0101234567", 10);
	hv_memmove(buf, buf + 2, 8);
	ck_assert_mem_eq(buf, "01234567", 8);
	hv_memset(buf, 'x', 9);
	ck_assert_mem_eq(buf, "xxxxxxxxx", 9);
	ck_assert_uint_eq(hv_strlcpy(small, "abcdef", sizeof(small)), 6);
	ck_assert_str_eq(small, "abc");
	ck_assert_ptr_null(hv_strstr("abc", "cd"));
	ck_assert_str_eq(hv_strstr("xxabc", "ab"), "abc");
	ck_assert_ptr_nonnull(hv_strchr("a", 0));
	ck_assert_int_eq(hv_strncmp("abc", "abd", 2), 0);
	ck_assert_uint_eq(strtou64("0x1fz", &end, 0), 0x1f);
	ck_assert_str_eq(end, "z");
	ck_assert_uint_eq(strtou64("512M", &end, 0), 512);
	ck_assert_uint_eq(strtou64("0x", &end, 0), 0);
	ck_assert_str_eq(end, "x");
	ck_assert_uint_eq(strtou64("017", NULL, 0), 15);
}
END_TEST

START_TEST(copies_of_every_length)
{
	char src[64], dst[66];

	for (int i = 0; i < 64; i++)
		src[i] = i + 1;
	for (unsigned int n = 0; n <= 64; n++) {
		memset(dst, 0, sizeof(dst));
		hv_memcpy(dst + 1, src, n);
		ck_assert_mem_eq(dst + 1, src, n);
		ck_assert_int_eq(dst[0], 0);
		ck_assert_int_eq(dst[n + 1], 0);
	}
}
END_TEST

START_TEST(e820_sorts_and_merges)
{
	static const struct e820_entry in[] = {
		{ 0x100000, 0x700000, E820_RAM },
		{ 0, 0xa0000, E820_RAM },
		{ 0x800000, 0x100000, E820_RAM },
		{ 0xf0000, 0x10000, E820_RESERVED },
	};
	struct e820_entry out[8];

	ck_assert_uint_eq(e820_sanitise(in, 4, out, 8), 3);
	ck_assert_uint_eq(out[0].addr, 0);
	ck_assert_uint_eq(out[1].addr, 0xf0000);
	ck_assert_uint_eq(out[2].addr, 0x100000);
	ck_assert_uint_eq(out[2].size, 0x800000);
}
END_TEST

START_TEST(e820_overlap_takes_ram_away)
{
	static const struct e820_entry in[] = {
		{ 0, 0x1000000, E820_RAM },
		{ 0x400000, 0x1000, E820_NVS },
		{ 0x400000, 0x3000, E820_RESERVED },
		{ 0xfff000, 0x10000, E820_ACPI },
	};
	struct e820_entry out[8];

	ck_assert_uint_eq(e820_sanitise(in, 4, out, 8), 5);
	ck_assert_uint_eq(out[0].size, 0x400000);
	ck_assert_uint_eq(out[1].type, E820_NVS);
	ck_assert_uint_eq(out[1].size, 0x1000);
	ck_assert_uint_eq(out[2].type, E820_RESERVED);
	ck_assert_uint_eq(out[2].size, 0x2000);
	ck_assert_uint_eq(out[3].addr, 0x403000);
	ck_assert_uint_eq(out[3].size, 0xbfc000);
	ck_assert_uint_eq(out[4].type, E820_ACPI);
}
END_TEST

START_TEST(e820_stops_at_its_room)
{
	struct e820_entry in[16], out[4];

	for (unsigned int i = 0; i < 16; i++)
		in[i] = (struct e820_entry){ i * 0x2000, 0x1000, E820_RAM };
	ck_assert_uint_eq(e820_sanitise(in, 16, out, 4), 4);
	ck_assert_uint_eq(e820_sanitise(in, 0, out, 4), 0);
}
END_TEST

START_TEST(calendar)
{
	ck_assert_uint_eq(cmos_seconds(1970, 1, 1, 0, 0, 0), 0);
	for (u64 t = 951700000; t < 4200000000UL; t += 7654321) {
		time_t when = t;
		struct tm tm;

		gmtime_r(&when, &tm);
		ck_assert_uint_eq(cmos_seconds(tm.tm_year + 1900U,
					       tm.tm_mon + 1U, tm.tm_mday,
					       tm.tm_hour, tm.tm_min,
					       tm.tm_sec), t);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_lib");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, printf_like_libc);
	tcase_add_test(t, printf_is_bounded);
	tcase_add_test(t, strings);
	tcase_add_test(t, copies_of_every_length);
	tcase_add_test(t, e820_sorts_and_merges);
	tcase_add_test(t, e820_overlap_takes_ram_away);
	tcase_add_test(t, e820_stops_at_its_room);
	tcase_add_test(t, calendar);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
