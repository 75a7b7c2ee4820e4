/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel files: a plain ELF, an ELF packed as a whole, or a Linux bzImage. The
 * unpacked kernel is kept in a cache directory, so that the next domain with
 * the same file need not unpack again.
 */
#ifndef BUILDER_IMAGE_H
#define BUILDER_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "builder/error.h"

#define IMAGE_SIZE_MAX (256ull << 20)

/* A read-only view of the unpacked kernel, to be released by image_close. */
struct image {
	const uint8_t *data;
	size_t size;
	void *map;		/* what to unmap */
	size_t mapped;
	int holes;		/* a file whose holes are its zeros, or -1 */
	bool cached;		/* it came from the cache */
};

/*
 * Half of an unpacked Linux kernel is zeros. Stretches of this many bytes, at
 * multiples of it, are not kept by the cache and need not be loaded.
 */
#define IMAGE_ZEROS 65536

/* `cache` may be NULL. 0, or -1 with *error. */
int image_open(struct image *image, const char *path, const char *cache,
	       struct build_error *error);
void image_close(struct image *image);

/*
 * The next bytes in [*from, end) that are not such zeros: *from is moved to
 * them and *len says how many. False: only zeros are left.
 */
bool image_next_run(const struct image *image, size_t *from, size_t end,
		    size_t *len);

/*
 * Maps a whole regular file read-only; `what` and `path` are for messages.
 * Released by image_close as well.
 */
int image_map_file(struct image *image, const char *what, const char *path,
		   struct build_error *error);

/*
 * The packed part of a kernel file in memory, and the size it unpacks to (a
 * bound where the file does not say). *packed is NULL when the file is an ELF
 * already. No other file looks at the formats.
 */
int image_locate(const uint8_t *data, size_t size, const char *path,
		 const uint8_t **packed, size_t *packed_len,
		 size_t *unpacked_max, struct build_error *error);

#endif
