/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash map from strings, for items that embed struct strmap_item. */
#include "strmap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "mem.h"

/* Guests choose the keys; a secret start keeps them from choosing collisions. */
uint32_t strmap_hash_start(void)
{
	static uint32_t seed;

	while (!seed)
		if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
			seed = 0x9e3779b9;
	return seed;
}

uint32_t strmap_hash_more(uint32_t hash, const char *more, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ (uint8_t)more[i]) * 0x01000193;
		hash ^= hash >> 15;
	}
	return hash;
}

static uint32_t strmap_hash(const char *key, size_t len)
{
	return strmap_hash_more(strmap_hash_start(), key, len);
}

struct strmap_item *strmap_find_hashed(const struct strmap *m, const char *key,
				       size_t len, uint32_t hash)
{
	struct strmap_item *i;

	if (!m->size)
		return NULL;
	for (i = m->bucket[hash & (m->size - 1)]; i; i = i->next)
		if (i->hash == hash && !strncmp(i->key, key, len) &&
		    !i->key[len])
			return i;
	return NULL;
}

struct strmap_item *strmap_find(const struct strmap *m, const char *key,
				size_t len)
{
	return strmap_find_hashed(m, key, len, strmap_hash(key, len));
}

static void strmap_link(struct strmap *m, struct strmap_item *item)
{
	struct strmap_item **head = &m->bucket[item->hash & (m->size - 1)];

	item->next = *head;
	*head = item;
}

static void strmap_grow(struct strmap *m)
{
	struct strmap old = *m;

	m->size = old.size ? old.size * 2 : 16;
	m->bucket = mem_zalloc(m->size * sizeof(*m->bucket));
	for (size_t i = 0; i < old.size; i++) {
		struct strmap_item *item = old.bucket[i], *next;

		for (; item; item = next) {
			next = item->next;
			strmap_link(m, item);
		}
	}
	free(old.bucket);
}

void strmap_add(struct strmap *m, struct strmap_item *item, const char *key)
{
	if (m->count >= m->size)
		strmap_grow(m);
	item->key = mem_strdup(key);
	item->hash = strmap_hash(key, strlen(key));
	strmap_link(m, item);
	m->count++;
}

void strmap_remove(struct strmap *m, struct strmap_item *item)
{
	struct strmap_item **p = &m->bucket[item->hash & (m->size - 1)];

	while (*p != item)
		p = &(*p)->next;
	*p = item->next;
	m->count--;
	free(item->key);
	item->key = NULL;
}

void strmap_free(struct strmap *m, void (*release)(struct strmap_item *))
{
	for (size_t i = 0; i < m->size; i++) {
		struct strmap_item *item = m->bucket[i], *next;

		for (; item; item = next) {
			next = item->next;
			free(item->key);
			release(item);
		}
	}
	free(m->bucket);
	*m = (struct strmap){ 0 };
}
