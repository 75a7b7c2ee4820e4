/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens kernel files; see image.h. */
#include "builder/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/cache.h"
#include "builder/decompress.h"

/* Linux boot protocol: offsets into the file. */
#define BZ_SETUP_SECTS 0x1f1
#define BZ_BOOT_FLAG 0x1fe
#define BZ_MAGIC 0x202
#define BZ_VERSION 0x206
#define BZ_PAYLOAD_OFFSET 0x248
#define BZ_PAYLOAD_LENGTH 0x24c
#define BZ_HEADER_END 0x250
#define BZ_VERSION_PAYLOAD 0x0208	/* first one with a payload */

static uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool is_elf(const uint8_t *data, size_t size)
{
	return size >= 4 && memcmp(data, "\x7f" "ELF", 4) == 0;
}

static bool is_bzimage(const uint8_t *data, size_t size)
{
	return size >= BZ_HEADER_END && data[BZ_BOOT_FLAG] == 0x55 &&
		data[BZ_BOOT_FLAG + 1] == 0xaa &&
		memcmp(data + BZ_MAGIC, "HdrS", 4) == 0;
}

static int locate_payload(const uint8_t *data, size_t size, const char *path,
			  const uint8_t **payload, size_t *len,
			  struct build_error *error)
{
	unsigned int sects = data[BZ_SETUP_SECTS];
	uint64_t offset = le32(data + BZ_PAYLOAD_OFFSET);
	uint64_t length = le32(data + BZ_PAYLOAD_LENGTH);

	if ((data[BZ_VERSION] | data[BZ_VERSION + 1] << 8) <
	    BZ_VERSION_PAYLOAD)
		return build_fail(error, "kernel %s is a Linux image older "
				  "than boot protocol 2.08; use a newer one",
				  path);
	offset += ((sects ? sects : 4) + 1) * 512;
	if (offset > size || length > size - offset || length < 8)
		return build_fail(error, "kernel %s is truncated: its header "
				  "promises %llu bytes and %zu are there; "
				  "copy it again", path,
				  (unsigned long long)(offset + length), size);
	*payload = data + offset;
	*len = length;
	return 0;
}

int image_locate(const uint8_t *data, size_t size, const char *path,
		 const uint8_t **packed, size_t *packed_len,
		 size_t *unpacked_max, struct build_error *error)
{
	*packed = NULL;
	if (is_elf(data, size))
		return 0;
	if (is_bzimage(data, size)) {
		if (locate_payload(data, size, path, packed, packed_len,
				   error) < 0)
			return -1;
		if (is_elf(*packed, *packed_len)) {
			*unpacked_max = *packed_len;
			return 0;
		}
		/* The kernel's build appends the size, little-endian. */
		*unpacked_max = le32(*packed + *packed_len - 4);
		if (*unpacked_max == 0 || *unpacked_max > IMAGE_SIZE_MAX)
			return build_fail(error, "kernel %s is damaged: it "
					  "claims to unpack to %zu bytes; "
					  "copy it again", path,
					  *unpacked_max);
		return 0;
	}
	if (decompress_name(data, size)) {
		/* Nothing says how large the contents are. */
		*packed = data;
		*packed_len = size;
		*unpacked_max = IMAGE_SIZE_MAX;
		return 0;
	}
	return build_fail(error, "kernel %s is neither a Linux bzImage nor an "
			  "ELF file; name a Linux kernel (vmlinuz) or a PV "
			  "kernel in ELF format", path);
}

static int open_file(const char *what, const char *path, struct stat *st,
		     struct build_error *error)
{
	/* Non-blocking: a FIFO of that name shall not hold us for ever. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return build_fail(error, "%s %s: %s; give the path of an "
				  "existing, readable file", what, path,
				  strerror(errno));
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		return build_fail(error, "%s %s is not a regular file", what,
				  path);
	}
	if (st->st_size == 0) {
		close(fd);
		return build_fail(error, "%s %s is empty", what, path);
	}
	return fd;
}

static int map_fd(struct image *image, int fd, const struct stat *st,
		  const char *what, const char *path,
		  struct build_error *error)
{
	size_t size = (size_t)st->st_size;
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
			  fd, 0);

	if (data == MAP_FAILED)
		return build_fail(error, "%s %s cannot be mapped: %s", what,
				  path, strerror(errno));
	*image = (struct image){
		.data = data, .size = size, .map = data, .mapped = size,
		.holes = -1,
	};
	return 0;
}

int image_map_file(struct image *image, const char *what, const char *path,
		   struct build_error *error)
{
	struct stat st;
	int fd = open_file(what, path, &st, error);
	int rc;

	if (fd < 0)
		return -1;
	rc = map_fd(image, fd, &st, what, path, error);
	close(fd);
	return rc;
}

/*
 * The memory to unpack into is a new file of the cache, so that nothing is
 * copied to keep it; without a cache (or room in it) it is plain memory.
 */
static int unpack(struct image *image, const char *path, const uint8_t *packed,
		  size_t packed_len, size_t max, struct cache_entry *entry,
		  struct build_error *error)
{
	const char *problem;
	size_t size = 0;
	uint8_t *out = cache_reserve(entry, max);

	if (!out)
		out = mmap(NULL, max, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (out == MAP_FAILED)
		return build_fail(error, "kernel %s cannot be unpacked: no "
				  "memory for %zu bytes in dom0", path, max);
	problem = decompress(packed, packed_len, out, max, &size);
	if (!problem && max < IMAGE_SIZE_MAX && size != max)
		problem = "it unpacks to less than its header says";
	if (problem) {
		munmap(out, max);
		cache_abandon(entry);
		return build_fail(error, "kernel %s cannot be unpacked: %s; "
				  "copy it again", path, problem);
	}
	*image = (struct image){
		.data = out, .size = size, .map = out, .mapped = max,
		.holes = cache_publish(entry, out, size),
	};
	return 0;
}

static int open_packed(struct image *image, struct image *file,
		       const struct stat *st, const char *path,
		       const char *cache, struct build_error *error)
{
	const uint8_t *packed;
	size_t packed_len, max;
	struct cache_entry entry;

	if (image_locate(file->data, file->size, path, &packed, &packed_len,
			 &max, error) < 0)
		return -1;
	if (!packed) {
		*image = *file;
		file->mapped = 0;
		return 0;
	}
	if (is_elf(packed, packed_len)) {
		*image = *file;
		image->data = packed;
		image->size = packed_len;
		file->mapped = 0;
		return 0;
	}
	/* Without a known size, a cache file could not be reserved well. */
	cache_begin(&entry, max < IMAGE_SIZE_MAX ? cache : NULL, st);
	return unpack(image, path, packed, packed_len, max, &entry, error);
}

int image_open(struct image *image, const char *path, const char *cache,
	       struct build_error *error)
{
	struct image file;
	struct stat st;
	int fd = open_file("kernel", path, &st, error);
	int rc;

	*image = (struct image){ .holes = -1 };
	if (fd < 0)
		return -1;
	if (cache && cache_lookup(cache, &st, image)) {
		close(fd);
		return 0;
	}
	rc = map_fd(&file, fd, &st, "kernel", path, error);
	close(fd);
	if (rc < 0)
		return -1;
	rc = open_packed(image, &file, &st, path, cache, error);
	image_close(&file);
	return rc;
}

void image_close(struct image *image)
{
	if (image->mapped)
		munmap(image->map, image->mapped);
	if (image->mapped && image->holes >= 0)
		close(image->holes);
	*image = (struct image){ .holes = -1 };
}

static bool next_in_file(int fd, size_t *from, size_t end, size_t *len)
{
	off_t data = lseek(fd, (off_t)*from, SEEK_DATA), hole;

	/* Past the last data it says ENXIO. */
	if (data < 0 || (size_t)data >= end)
		return false;
	hole = lseek(fd, data, SEEK_HOLE);
	if (hole < 0 || (size_t)hole > end)
		hole = (off_t)end;
	*from = (size_t)data;
	*len = (size_t)(hole - data);
	return true;
}

/* Whether the piece that holds `at`, cut at `end`, is zeros from `at` on. */
static bool zeros_at(const uint8_t *data, size_t at, size_t end, size_t *next)
{
	static const uint8_t zeros[4096];

	*next = (at / IMAGE_ZEROS + 1) * IMAGE_ZEROS;
	if (*next > end)
		*next = end;
	for (size_t n; at < *next; at += n) {
		n = *next - at < sizeof(zeros) ? *next - at : sizeof(zeros);
		if (memcmp(data + at, zeros, n) != 0)
			return false;
	}
	return true;
}

bool image_next_run(const struct image *image, size_t *from, size_t end,
		    size_t *len)
{
	size_t at = *from, next = at;

	if (at < end && image->holes >= 0)
		return next_in_file(image->holes, from, end, len);
	while (at < end && zeros_at(image->data, at, end, &next))
		at = next;
	*from = at;
	while (at < end && !zeros_at(image->data, at, end, &next))
		at = next;
	*len = at - *from;
	return *len != 0;
}
