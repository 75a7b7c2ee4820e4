/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash map from strings, for items that embed struct strmap_item. */
#ifndef XENSTORED_STRMAP_H
#define XENSTORED_STRMAP_H

#include <stddef.h>
#include <stdint.h>

struct strmap_item {
	struct strmap_item *next;
	uint32_t hash;
	char *key;
};

struct strmap {
	struct strmap_item **bucket;
	size_t size;
	size_t count;
};

struct strmap_item *strmap_find(const struct strmap *m, const char *key,
				size_t len);
/* The same with a hash that is known. */
struct strmap_item *strmap_find_hashed(const struct strmap *m, const char *key,
				       size_t len, uint32_t hash);
/* Hashes of a string's beginnings: one pass makes them all. */
uint32_t strmap_hash_start(void);
uint32_t strmap_hash_more(uint32_t hash, const char *more, size_t len);
/* Copies @key into the item. The key must not be there yet. */
void strmap_add(struct strmap *m, struct strmap_item *item, const char *key);
/* Frees the key, not the item. */
void strmap_remove(struct strmap *m, struct strmap_item *item);
/* Frees the map and all keys; @release frees an item. */
void strmap_free(struct strmap *m, void (*release)(struct strmap_item *));

#endif
