/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cache of unpacked kernels: one file a kernel, named after device, inode,
 * size and modification time of the packed one. A file appears under its name
 * only when complete. The cache is a convenience: every failure just means
 * that it is not used.
 */
#ifndef BUILDER_CACHE_H
#define BUILDER_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct image;

#define CACHE_SIZE_MAX (192ull << 20)

/* Fills *image when there is an entry for the file that `st` describes. */
bool cache_lookup(const char *dir, const struct stat *st,
		  struct image *image);

struct cache_entry {
	int dir, fd;		/* -1: not in use */
	char name[96], temporary[112];
};

/* `dir` may be NULL: then the other calls do nothing. */
void cache_begin(struct cache_entry *entry, const char *dir,
		 const struct stat *st);
/* Memory of a new file with room for `size` bytes, or NULL. */
uint8_t *cache_reserve(struct cache_entry *entry, size_t size);
/*
 * The file is complete with `size` bytes, which are at `data` as well. Long
 * zeros become holes; older entries may have to go. Returns a descriptor of
 * the file, or -1.
 */
int cache_publish(struct cache_entry *entry, const uint8_t *data, size_t size);
void cache_abandon(struct cache_entry *entry);

#endif
