/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Next fit: the search goes on where it ended before. Requests end about in
 * the order in which they began, so what comes next is mostly free.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "common/grants.h"
#include "runs.h"

struct runs {
	uint8_t *memory;
	uint32_t count;		/* pages */
	uint32_t left;		/* of them free */
	uint32_t next;		/* where to search from */
	bool used[];
};

static uint32_t runs_pages(size_t bytes)
{
	return (bytes + GRANTS_PAGE - 1) / GRANTS_PAGE;
}

struct runs *runs_new(void *memory, size_t bytes)
{
	uint32_t count = bytes / GRANTS_PAGE;
	struct runs *r = calloc(1, sizeof(*r) + count * sizeof(*r->used));

	if (!r)
		return NULL;
	r->memory = memory;
	r->count = r->left = count;
	return r;
}

void runs_free(struct runs *r)
{
	free(r);
}

/* The first place in [from, to) where `pages` begin that are free, or `to`. */
static uint32_t runs_find(const struct runs *r, uint32_t from, uint32_t to,
			  uint32_t pages)
{
	uint32_t have = 0;

	for (uint32_t i = from; i < r->count && i - have < to; i++) {
		have = r->used[i] ? 0 : have + 1;
		if (have == pages)
			return i + 1 - pages;
	}
	return to;
}

/* The usual case at once: all of them are free. */
static bool runs_free_at(const struct runs *r, uint32_t at, uint32_t pages)
{
	return pages <= r->count - at && !memchr(r->used + at, true, pages);
}

bool runs_enough(const struct runs *r, size_t bytes)
{
	return runs_pages(bytes) <= r->left;
}

void *runs_get(struct runs *r, size_t bytes)
{
	uint32_t pages = runs_pages(bytes), at;

	if (pages > r->left)
		return NULL;
	at = r->next;
	if (!runs_free_at(r, at, pages))
		at = runs_find(r, at, r->count, pages);
	if (at == r->count) {
		at = runs_find(r, 0, r->next, pages);
		if (at == r->next)
			return NULL;
	}
	memset(r->used + at, true, pages);
	r->left -= pages;
	r->next = (at + pages) % r->count;
	return r->memory + (size_t)at * GRANTS_PAGE;
}

void runs_put(struct runs *r, void *run, size_t bytes)
{
	uint32_t pages = runs_pages(bytes);

	memset(r->used + ((uint8_t *)run - r->memory) / GRANTS_PAGE, false,
	       pages);
	r->left += pages;
}
