/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's console page, hostile or not, and the rotation of its log. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hospesd/console_log.h"
#include "hospesd/console_ring.h"

static union {
	struct xencons_interface ring;
	char bytes[4096];
} page;

static uint8_t buf[4096];
static bool corrupt;

static void setup(void)
{
	memset(&page, 0, sizeof(page));
}

static void guest_prints(const char *text)
{
	for (; *text; text++)
		page.ring.out[page.ring.out_prod++ % sizeof(page.ring.out)] =
			*text;
}

START_TEST(take)
{
	guest_prints("hello");
	ck_assert_uint_eq(console_ring_take(&page.ring, buf, sizeof(buf),
					    &corrupt), 5);
	ck_assert(!corrupt);
	ck_assert_mem_eq(buf, "hello", 5);
	ck_assert_uint_eq(page.ring.out_cons, 5);
	ck_assert_uint_eq(console_ring_take(&page.ring, buf, sizeof(buf),
					    &corrupt), 0);
}
END_TEST

START_TEST(take_in_parts_and_wrap)
{
	page.ring.out_prod = page.ring.out_cons = UINT32_MAX - 1;
	guest_prints("abcdef");
	ck_assert_uint_eq(console_ring_take(&page.ring, buf, 4, &corrupt), 4);
	ck_assert_mem_eq(buf, "abcd", 4);
	ck_assert_uint_eq(console_ring_take(&page.ring, buf, 4, &corrupt), 2);
	ck_assert_mem_eq(buf, "ef", 2);
	ck_assert_uint_eq(page.ring.out_cons, 4);
}
END_TEST

START_TEST(full_ring)
{
	size_t size = sizeof(page.ring.out);

	memset(page.ring.out, 'x', size);
	page.ring.out_prod = (uint32_t)size;
	ck_assert_uint_eq(console_ring_take(&page.ring, buf, sizeof(buf),
					    &corrupt), size);
	ck_assert(!corrupt);
}
END_TEST

/* A distance beyond the ring's size: nothing is taken, both ends agree. */
START_TEST(hostile_out_indices)
{
	static const uint32_t distances[] = {
		2049, 4096, 65536, 0x80000000u, UINT32_MAX,
	};

	for (size_t i = 0; i < 5; i++) {
		page.ring.out_cons = 1000;
		page.ring.out_prod = 1000 + distances[i];
		ck_assert_uint_eq(console_ring_take(&page.ring, buf,
						    sizeof(buf), &corrupt), 0);
		ck_assert(corrupt);
		ck_assert_uint_eq(page.ring.out_cons, page.ring.out_prod);
		guest_prints("ok");
		ck_assert_uint_eq(console_ring_take(&page.ring, buf,
						    sizeof(buf), &corrupt), 2);
		ck_assert(!corrupt);
	}
}
END_TEST

START_TEST(give)
{
	size_t size = sizeof(page.ring.in);
	uint8_t text[2048];

	memset(text, 'i', sizeof(text));
	ck_assert_uint_eq(console_ring_give(&page.ring, text, 3, &corrupt), 3);
	ck_assert_uint_eq(page.ring.in_prod, 3);
	ck_assert_uint_eq(console_ring_give(&page.ring, text, sizeof(text),
					    &corrupt), size - 3);
	ck_assert_uint_eq(console_ring_give(&page.ring, text, 1, &corrupt), 0);
	page.ring.in_cons += 10;
	ck_assert_uint_eq(console_ring_give(&page.ring, text, sizeof(text),
					    &corrupt), 10);
	ck_assert(!corrupt);
}
END_TEST

START_TEST(hostile_in_indices)
{
	page.ring.in_prod = 5;
	page.ring.in_cons = 6;
	ck_assert_uint_eq(console_ring_give(&page.ring, buf, 1, &corrupt), 0);
	ck_assert(corrupt);
	ck_assert_uint_eq(console_ring_give(&page.ring, buf, 1, &corrupt), 1);
	ck_assert(!corrupt);
}
END_TEST

START_TEST(random_pages)
{
	srand(3);
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 3072; k < sizeof(page.ring); k++)
			page.bytes[k] = (char)rand();
		if (i & 1)
			page.ring.out_prod = page.ring.out_cons +
				(uint32_t)rand() % 4096;
		ck_assert_uint_le(console_ring_take(&page.ring, buf,
						    sizeof(page.ring.out),
						    &corrupt), 2048);
		ck_assert_uint_le(console_ring_give(&page.ring, buf,
						    sizeof(buf), &corrupt),
				  1024);
	}
}
END_TEST

/* --- the log ------------------------------------------------------------- */

static char dir[64], path[128];
static struct console_log logfile;

static void log_setup(void)
{
	strcpy(dir, "/tmp/hospes-log.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/guest.console.log", dir);
}

static void log_teardown(void)
{
	char name[160];

	console_log_close(&logfile);
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), i ? "%s.%d" : "%s", path, i);
		unlink(name);
	}
	rmdir(dir);
}

static void expect_file(int number, const char *content)
{
	char name[160], text[64] = "";
	FILE *f;

	snprintf(name, sizeof(name), number ? "%s.%d" : "%s", path, number);
	f = fopen(name, "r");
	if (!content) {
		ck_assert_ptr_null(f);
		return;
	}
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	ck_assert_str_eq(text, content);
}

START_TEST(rotation)
{
	console_log_init(&logfile, path, 8, 2);
	console_log_write(&logfile, "12345", 5);
	expect_file(0, "12345");
	console_log_write(&logfile, "6789abcdef", 10);
	expect_file(1, "12345678");
	expect_file(0, "9abcdef");
	console_log_write(&logfile, "0123456789ABCDEF!", 17);
	expect_file(2, "9abcdef0");
	expect_file(1, "12345678");
	expect_file(0, "9ABCDEF!");
	console_log_write(&logfile, "x", 1);
	expect_file(2, "12345678");
	expect_file(1, "9ABCDEF!");
	expect_file(0, "x");
	expect_file(3, NULL);
}
END_TEST

START_TEST(appends_after_restart)
{
	console_log_init(&logfile, path, 8, 1);
	console_log_write(&logfile, "123456", 6);
	console_log_close(&logfile);
	console_log_init(&logfile, path, 8, 1);
	console_log_write(&logfile, "789", 3);
	expect_file(1, "12345678");
	expect_file(0, "9");
}
END_TEST

START_TEST(keeps_nothing_old)
{
	console_log_init(&logfile, path, 4, 0);
	console_log_write(&logfile, "123456", 6);
	expect_file(0, "56");
	expect_file(1, NULL);
}
END_TEST

START_TEST(refuses_links_and_survives)
{
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	console_log_init(&logfile, path, 8, 1);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(logfile.error, ELOOP);
	console_log_init(&logfile, "/nowhere/at/all", 8, 1);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(logfile.error, ENOENT);
}
END_TEST

/* /dev/full: every write fails with ENOSPC. */
START_TEST(disk_full)
{
	console_log_init(&logfile, "/dev/full", 1 << 20, 1);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(logfile.error, ENOSPC);
}
END_TEST

/* The directory goes away in the middle of a rotation, and comes back. */
START_TEST(recovers_from_a_failed_rotation)
{
	char aside[80];

	snprintf(aside, sizeof(aside), "%s.aside", dir);
	console_log_init(&logfile, path, 8, 1);
	console_log_write(&logfile, "12345678", 8);
	ck_assert_int_eq(rename(dir, aside), 0);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(logfile.error, ENOENT);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(rename(aside, dir), 0);
	console_log_write(&logfile, "kept", 4);
	ck_assert_int_eq(logfile.error, 0);
	expect_file(1, "12345678");
	expect_file(0, "kept");
}
END_TEST

/* What stands in the way of the old one must not keep us busy for ever. */
START_TEST(nowhere_to_rotate_to)
{
	char name[160];

	snprintf(name, sizeof(name), "%s.1", path);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	console_log_init(&logfile, path, 8, 1);
	console_log_write(&logfile, "12345678", 8);
	console_log_write(&logfile, "lost", 4);
	ck_assert_int_eq(logfile.error, EFBIG);
	expect_file(0, "12345678");
	ck_assert_int_eq(rmdir(name), 0);
	console_log_write(&logfile, "kept", 4);
	expect_file(1, "12345678");
	expect_file(0, "kept");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_console");
	TCase *ring = tcase_create("ring"), *files = tcase_create("log");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(ring, setup, NULL);
	tcase_add_test(ring, take);
	tcase_add_test(ring, take_in_parts_and_wrap);
	tcase_add_test(ring, full_ring);
	tcase_add_test(ring, hostile_out_indices);
	tcase_add_test(ring, give);
	tcase_add_test(ring, hostile_in_indices);
	tcase_add_test(ring, random_pages);
	suite_add_tcase(s, ring);
	tcase_add_checked_fixture(files, log_setup, log_teardown);
	tcase_add_test(files, rotation);
	tcase_add_test(files, appends_after_restart);
	tcase_add_test(files, keeps_nothing_old);
	tcase_add_test(files, refuses_links_and_survives);
	tcase_add_test(files, disk_full);
	tcase_add_test(files, recovers_from_a_failed_rotation);
	tcase_add_test(files, nowhere_to_rotate_to);
	suite_add_tcase(s, files);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
