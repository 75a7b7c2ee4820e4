/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacement: when the table is full, the page that was not used for longest
 * goes, but only if it has not been used for many look-ups. A frontend that
 * cycles through more pages than the cap would otherwise make every request
 * map and unmap; like this the surplus is copied, which costs less.
 */
#include <stdlib.h>
#include <sys/queue.h>
#include "common/grants.h"
#include "persist.h"

enum { HASH_SIZE = 4096, STALE_FACTOR = 8 };

struct persist_page {
	TAILQ_ENTRY(persist_page) idle;		/* if users == 0 */
	LIST_ENTRY(persist_page) hash;
	void *address;
	uint64_t last_use;
	uint32_t ref;
	uint32_t users;
};

struct persist {
	struct grants *grants;
	uint32_t cap;
	uint32_t count;
	uint64_t clock;		/* look-ups so far */
	TAILQ_HEAD(, persist_page) idle;	/* longest unused first */
	LIST_HEAD(, persist_page) table[HASH_SIZE];
};

struct persist *persist_new(struct grants *grants, uint32_t cap)
{
	struct persist *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->grants = grants;
	p->cap = cap;
	TAILQ_INIT(&p->idle);
	return p;
}

static void persist_evict(struct persist *p, struct persist_page *page)
{
	TAILQ_REMOVE(&p->idle, page, idle);
	LIST_REMOVE(page, hash);
	grants_unmap(p->grants, page->address, 1);
	free(page);
	p->count--;
}

void persist_free(struct persist *p)
{
	if (!p)
		return;
	while (!TAILQ_EMPTY(&p->idle))
		persist_evict(p, TAILQ_FIRST(&p->idle));
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

static struct persist_page *persist_map(struct persist *p, uint32_t ref)
{
	struct persist_page *page, *oldest = TAILQ_FIRST(&p->idle);

	if (p->count >= p->cap) {
		if (!oldest || p->clock - oldest->last_use <
			       (uint64_t)p->cap * STALE_FACTOR)
			return NULL;
		persist_evict(p, oldest);
	}
	page = calloc(1, sizeof(*page));
	if (!page)
		return NULL;
	page->address = grants_map(p->grants, &ref, 1);
	if (!page->address) {
		free(page);
		return NULL;
	}
	page->ref = ref;
	LIST_INSERT_HEAD(&p->table[ref % HASH_SIZE], page, hash);
	TAILQ_INSERT_TAIL(&p->idle, page, idle);
	p->count++;
	return page;
}

struct persist_page *persist_get(struct persist *p, uint32_t ref)
{
	struct persist_page *page = persist_find(p, ref);

	p->clock++;
	if (!page)
		page = persist_map(p, ref);
	if (!page)
		return NULL;
	if (!page->users++)
		TAILQ_REMOVE(&p->idle, page, idle);
	page->last_use = p->clock;
	return page;
}

void persist_put(struct persist *p, struct persist_page *page)
{
	if (!--page->users)
		TAILQ_INSERT_TAIL(&p->idle, page, idle);
}

void *persist_address(const struct persist_page *page)
{
	return page->address;
}
