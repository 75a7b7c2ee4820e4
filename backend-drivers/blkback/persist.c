/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacement: when the table is full, a page that has not been used for many
 * look-ups goes. A frontend that cycles through more pages than the cap would
 * otherwise make every request map and unmap; like this the surplus is copied,
 * which costs less. Pages are not moved when they are used, as requests use
 * them far more often than one must go: each search for one that may go looks
 * at the next few, in turn.
 */
#include <stdbool.h>
#include <stdlib.h>
#include "common/grants.h"
#include "persist.h"

enum { HASH_SIZE = 4096, STALE_FACTOR = 8, SEARCH = 8 };

TAILQ_HEAD(persist_pages, persist_page);

struct persist {
	struct grants *grants;
	uint32_t cap;
	uint32_t count;
	uint64_t clock;		/* look-ups so far */
	struct persist_pages pages;
	LIST_HEAD(, persist_page) table[HASH_SIZE];
};

struct persist *persist_new(struct grants *grants, uint32_t cap)
{
	struct persist *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->grants = grants;
	p->cap = cap;
	TAILQ_INIT(&p->pages);
	return p;
}

static void persist_evict(struct persist *p, struct persist_page *page)
{
	TAILQ_REMOVE(&p->pages, page, link);
	LIST_REMOVE(page, hash);
	grants_unmap(p->grants, page->address, 1);
	free(page);
	p->count--;
}

void persist_free(struct persist *p)
{
	if (!p)
		return;
	while (!TAILQ_EMPTY(&p->pages))
		persist_evict(p, TAILQ_FIRST(&p->pages));
	free(p);
}

static struct persist_page *persist_find(struct persist *p, uint32_t ref)
{
	struct persist_page *page;

	LIST_FOREACH(page, &p->table[ref % HASH_SIZE], hash)
		if (page->ref == ref)
			return page;
	return NULL;
}

static bool persist_stale(const struct persist *p,
			  const struct persist_page *page)
{
	return !page->users && p->clock - page->last_use >=
			       (uint64_t)p->cap * STALE_FACTOR;
}

/* False: none of those looked at may go. */
static bool persist_make_room(struct persist *p)
{
	for (uint32_t i = 0; i < SEARCH; i++) {
		struct persist_page *page = TAILQ_FIRST(&p->pages);

		if (!page)
			return false;
		if (persist_stale(p, page)) {
			persist_evict(p, page);
			return true;
		}
		TAILQ_REMOVE(&p->pages, page, link);
		TAILQ_INSERT_TAIL(&p->pages, page, link);
	}
	return false;
}

/* One that is not in the table. */
static __attribute__((noinline)) struct persist_page *
persist_map(struct persist *p, uint32_t ref)
{
	struct persist_page *page;

	if (p->count >= p->cap && !persist_make_room(p))
		return NULL;
	page = calloc(1, sizeof(*page));
	if (!page)
		return NULL;
	page->address = grants_map(p->grants, &ref, 1);
	if (!page->address) {
		free(page);
		return NULL;
	}
	page->ref = ref;
	page->users = 1;
	page->last_use = p->clock;
	LIST_INSERT_HEAD(&p->table[ref % HASH_SIZE], page, hash);
	TAILQ_INSERT_TAIL(&p->pages, page, link);
	p->count++;
	return page;
}

struct persist_page *persist_get(struct persist *p, uint32_t ref)
{
	struct persist_page *page = persist_find(p, ref);

	p->clock++;
	if (!page)
		return persist_map(p, ref);
	page->users++;
	page->last_use = p->clock;
	return page;
}
