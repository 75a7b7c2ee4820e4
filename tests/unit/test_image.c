/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel files in all formats, made here by packing a tiny ELF; cut at every
 * length, damaged, and through the cache.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "builder/decompress.h"
#include "builder/image.h"
#include "elf_maker.h"

#define FILE_MAX 32768
#define SETUP_SECTS 2
#define PAYLOAD_GAP 100		/* between the setup code and the payload */

static struct maker elf;
static const uint8_t *source;	/* what the functions below pack */
static size_t source_size;
static char dir[] = "/tmp/test_image.XXXXXX";
static char kernel[64], cache[64];

static size_t pack_xz(uint8_t *out)
{
	size_t pos = 0;

	ck_assert_int_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL,
						 source, source_size, out, &pos,
						 FILE_MAX), LZMA_OK);
	return pos;
}

static size_t pack_gzip(uint8_t *out)
{
	z_stream s = { .zalloc = Z_NULL };

	ck_assert_int_eq(deflateInit2(&s, 9, Z_DEFLATED, 31, 8,
				      Z_DEFAULT_STRATEGY), Z_OK);
	s.next_in = (Bytef *)source;
	s.avail_in = (uInt)source_size;
	s.next_out = out;
	s.avail_out = FILE_MAX;
	ck_assert_int_eq(deflate(&s, Z_FINISH), Z_STREAM_END);
	deflateEnd(&s);
	return s.total_out;
}

static size_t pack_zstd(uint8_t *out)
{
	return ZSTD_compress(out, FILE_MAX, source, source_size, 19);
}

static size_t pack_lz4(uint8_t *out)
{
	int n = LZ4_compress_default((const char *)source, (char *)out + 8,
				     (int)source_size, FILE_MAX - 8);
	uint32_t magic = 0x184c2102, size = (uint32_t)n;

	memcpy(out, &magic, 4);
	memcpy(out + 4, &size, 4);
	return (size_t)n + 8;
}

static size_t pack_none(uint8_t *out)
{
	memcpy(out, source, source_size);
	return source_size;
}

static const struct {
	const char *name;
	size_t (*pack)(uint8_t *out);
} formats[] = {
	{ "XZ", pack_xz }, { "gzip", pack_gzip }, { "zstd", pack_zstd },
	{ "LZ4", pack_lz4 }, { NULL, pack_none },
};

#define FORMATS (int)(sizeof(formats) / sizeof(formats[0]))

/* As Linux's build does it: the payload, then its unpacked size. */
static size_t make_bzimage(uint8_t *file, int format)
{
	size_t start = (SETUP_SECTS + 1) * 512, len;
	uint32_t n;

	memset(file, 0, FILE_MAX);
	file[0x1f1] = SETUP_SECTS;
	file[0x1fe] = 0x55;
	file[0x1ff] = 0xaa;
	memcpy(file + 0x202, "HdrS", 4);
	file[0x206] = 0x0f;
	file[0x207] = 0x02;
	n = PAYLOAD_GAP;
	memcpy(file + 0x248, &n, 4);
	len = formats[format].pack(file + start + PAYLOAD_GAP);
	n = (uint32_t)source_size;
	/* gzip ends with that size itself. */
	if (format != 1) {
		memcpy(file + start + PAYLOAD_GAP + len, &n, 4);
		len += 4;
	}
	n = (uint32_t)len;
	memcpy(file + 0x24c, &n, 4);
	return start + PAYLOAD_GAP + len;
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static void expect_elf(const char *use_cache, bool cached)
{
	struct build_error error = { .text = "" };
	struct image image;
	int rc = image_open(&image, kernel, use_cache, &error);

	ck_assert_msg(rc == 0, "%s", error.text);
	ck_assert_uint_ge(image.size, elf.size);
	ck_assert_uint_le(image.size, elf.size + 4);
	ck_assert_mem_eq(image.data, elf.data, elf.size);
	ck_assert_int_eq(image.cached, cached);
	image_close(&image);
}

static void expect_error(const char *begin, const char *part)
{
	struct build_error error = { .text = "" };
	struct image image;
	char start[128];

	snprintf(start, sizeof(start), "%s %s", begin, kernel);
	ck_assert_int_eq(image_open(&image, kernel, NULL, &error), -1);
	ck_assert_msg(strncmp(error.text, start, strlen(start)) == 0, "%s",
		      error.text);
	ck_assert_msg(strstr(error.text, part) != NULL, "%s", error.text);
}

START_TEST(test_bzimage)
{
	uint8_t file[FILE_MAX];
	size_t size = make_bzimage(file, _i);

	write_file(kernel, file, size);
	expect_elf(NULL, false);
}
END_TEST

START_TEST(test_whole_file)
{
	uint8_t file[FILE_MAX];
	size_t size = formats[_i].pack(file);
	const char *name = decompress_name(file, size);

	if (formats[_i].name)
		ck_assert_str_eq(name, formats[_i].name);
	else
		ck_assert_ptr_null(name);
	write_file(kernel, file, size);
	expect_elf(NULL, false);
}
END_TEST

/* Exactly as long as it is, so that the sanitizer sees one byte too far. */
static uint8_t *exact(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, data, size);
	return copy;
}

START_TEST(test_cut_bzimage)
{
	uint8_t file[FILE_MAX];
	size_t size = make_bzimage(file, _i), packed_len, max;
	struct build_error error;
	const uint8_t *packed;

	for (size_t len = 0; len < size; len++) {
		uint8_t *copy = exact(file, len);

		error.text[0] = '\0';
		if (image_locate(copy, len, "k", &packed, &packed_len, &max,
				 &error) == 0 || error.text[0] == '\0')
			ck_abort_msg("accepted at length %zu", len);
		free(copy);
	}
}
END_TEST

START_TEST(test_cut_payload)
{
	uint8_t file[FILE_MAX], *out = malloc(elf.size);
	size_t size = formats[_i].pack(file), got;

	for (size_t len = 0; len < size; len++) {
		uint8_t *copy = exact(file, len);

		if (!decompress(copy, len, out, elf.size, &got) ||
		    got > elf.size)
			ck_abort_msg("accepted at length %zu", len);
		free(copy);
	}
	ck_assert_ptr_null(decompress(file, size, out, elf.size, &got));
	ck_assert_mem_eq(out, elf.data, elf.size);
	free(out);
}
END_TEST

/* Room for less than it unpacks to: refused, nothing written behind. */
START_TEST(test_small_room)
{
	uint8_t file[FILE_MAX];
	size_t size = formats[_i].pack(file), got;

	for (size_t room = 1; room < elf.size; room += 97) {
		uint8_t *out = malloc(room);

		ck_assert_ptr_nonnull(decompress(file, size, out, room, &got));
		free(out);
	}
}
END_TEST

/* Every single bit of the packed data wrong: an error or other bytes. */
START_TEST(test_damage)
{
	uint8_t file[FILE_MAX], *out = malloc(elf.size);
	size_t size = formats[_i].pack(file), got;

	for (size_t bit = 0; bit < size * 8; bit += 5) {
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
		decompress(file, size, out, elf.size, &got);
		if (got > elf.size)
			ck_abort_msg("wrote too much");
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(out);
}
END_TEST

START_TEST(test_errors)
{
	uint8_t file[FILE_MAX];
	size_t size;

	unlink(kernel);
	expect_error("kernel", "No such file or directory");
	write_file(kernel, file, 0);
	expect_error("kernel", "is empty");
	memset(file, 'x', 4096);
	write_file(kernel, file, 4096);
	expect_error("kernel", "neither a Linux bzImage nor an ELF file");
	size = make_bzimage(file, 0);
	write_file(kernel, file, size - 10);
	expect_error("kernel", "is truncated");
	file[0x206] = 7;
	write_file(kernel, file, size);
	expect_error("kernel", "older than boot protocol 2.08");
	size = make_bzimage(file, 0);
	memset(file + size - 4, 0xff, 4);
	write_file(kernel, file, size);
	expect_error("kernel", "claims to unpack to 4294967295 bytes");
	size = make_bzimage(file, 0);
	file[size - 4]++;
	write_file(kernel, file, size);
	expect_error("kernel", "unpacks to less than its header says");
	file[size - 4]--;
	file[size - 3]--;
	write_file(kernel, file, size);
	expect_error("kernel", "unpacks to more than its header says");
	size = make_bzimage(file, 0);
	memset(file + (SETUP_SECTS + 1) * 512 + PAYLOAD_GAP, 'x', 6);
	write_file(kernel, file, size);
	expect_error("kernel", "packing is none of");
	unlink(kernel);
	ck_assert_int_eq(mkdir(kernel, 0700), 0);
	expect_error("kernel", "is not a regular file");
	rmdir(kernel);
	ck_assert_int_eq(mkfifo(kernel, 0700), 0);
	expect_error("kernel", "is not a regular file");
}
END_TEST

static int count_files(void)
{
	DIR *d = opendir(cache);
	struct dirent *e;
	int count = 0;

	while ((e = readdir(d)) != NULL)
		count += e->d_name[0] != '.' ||
			strncmp(e->d_name, ".new-", 5) == 0;
	closedir(d);
	return count;
}

static void touch(const char *path, time_t when)
{
	struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(test_cache)
{
	uint8_t file[FILE_MAX];
	size_t size = make_bzimage(file, 0);
	size_t inside = (SETUP_SECTS + 1) * 512 + PAYLOAD_GAP + 60;

	write_file(kernel, file, size);
	touch(kernel, 1000);
	expect_elf(cache, false);
	expect_elf(cache, true);
	ck_assert_int_eq(count_files(), 1);
	/* Another time of change is another kernel. */
	touch(kernel, 1001);
	expect_elf(cache, false);
	expect_elf(cache, true);
	ck_assert_int_eq(count_files(), 2);
	/* A plain ELF needs no cache, and failures leave nothing. */
	write_file(kernel, elf.data, elf.size);
	expect_elf(cache, false);
	file[inside] ^= 0x55;
	write_file(kernel, file, size);
	touch(kernel, 1002);
	{
		struct build_error error = { .text = "" };
		struct image image;

		ck_assert_int_eq(image_open(&image, kernel, cache, &error),
				 -1);
	}
	ck_assert_int_eq(count_files(), 2);
	/* A cache that others may write to is not used. */
	file[inside] ^= 0x55;
	write_file(kernel, file, size);
	touch(kernel, 1001);
	ck_assert_int_eq(chmod(cache, 0777), 0);
	expect_elf(cache, false);
	ck_assert_int_eq(chmod(cache, 0700), 0);
	expect_elf(cache, true);
	/* No cache directory to be had: it works without. */
	expect_elf("/nonexistent/cache", false);
}
END_TEST

/* The runs of an image, as one text. */
static void expect_runs(const struct image *image, size_t from,
			const char *wanted)
{
	char text[200] = "";
	size_t len, at = from;

	while (image_next_run(image, &at, image->size, &len)) {
		sprintf(text + strlen(text), "%zx+%zx ", at, len);
		at += len;
	}
	ck_assert_str_eq(text, wanted);
}

/* Long zeros are told, and the cache holds no memory for them. */
START_TEST(test_zeros)
{
	static uint8_t data[6 * IMAGE_ZEROS - 100], file[FILE_MAX];
	struct build_error error = { .text = "" };
	struct image image;
	struct stat st;
	size_t size;

	memcpy(data, elf.data, elf.size);
	data[4 * IMAGE_ZEROS - 1] = 1;
	data[sizeof(data) - 1] = 1;
	source = data;
	source_size = sizeof(data);
	size = make_bzimage(file, 2);
	write_file(kernel, file, size);
	for (int i = 0; i < 3; i++) {
		/* From memory, from a new cache file, from an old one. */
		ck_assert_int_eq(image_open(&image, kernel, i ? cache : NULL,
					    &error), 0);
		ck_assert_int_eq(image.cached, i == 2);
		ck_assert_uint_eq(image.size, sizeof(data));
		ck_assert_mem_eq(image.data, data, sizeof(data));
		expect_runs(&image, 0, "0+10000 30000+10000 50000+ff9c ");
		expect_runs(&image, 0x30007, "30007+fff9 50000+ff9c ");
		expect_runs(&image, 0x5ffff, "");
		if (i) {
			ck_assert_int_eq(fstat(image.holes, &st), 0);
			ck_assert_int_le(st.st_blocks * 512, 3 * IMAGE_ZEROS);
		}
		image_close(&image);
	}
}
END_TEST

static void setup(void)
{
	memset(&elf, 0, sizeof(elf));
	maker_string(&elf, 6, "test");
	maker_finish(&elf);
	source = elf.data;
	source_size = elf.size;
	strcpy(dir, "/tmp/test_image.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(kernel, sizeof(kernel), "%s/kernel", dir);
	snprintf(cache, sizeof(cache), "%s/cache", dir);
}

static void teardown(void)
{
	char path[400];
	struct dirent *e;
	DIR *d = opendir(cache);

	while (d && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", cache, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(cache);
	unlink(kernel);
	rmdir(dir);
}

int main(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("image");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, test_bzimage, 0, FORMATS);
	tcase_add_loop_test(t, test_whole_file, 0, FORMATS);
	tcase_add_loop_test(t, test_cut_bzimage, 0, FORMATS);
	tcase_add_loop_test(t, test_cut_payload, 0, FORMATS - 1);
	tcase_add_loop_test(t, test_small_room, 0, FORMATS - 1);
	tcase_add_loop_test(t, test_damage, 0, FORMATS - 1);
	tcase_add_test(t, test_errors);
	tcase_add_test(t, test_cache);
	tcase_add_test(t, test_zeros);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
