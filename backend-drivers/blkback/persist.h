/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grants that stay mapped between requests ("persistent grants"): a table by
 * reference, with a cap. A frontend that uses them fills the same pages again
 * and again, so that after a while no request maps anything.
 */
#ifndef BLKBACK_PERSIST_H
#define BLKBACK_PERSIST_H

#include <stdint.h>
#include <sys/queue.h>

struct grants;
struct persist;

struct persist_page {
	void *address;
	uint32_t ref;
	uint32_t users;
	uint64_t last_use;
	LIST_ENTRY(persist_page) hash;
	TAILQ_ENTRY(persist_page) link;
};

struct persist *persist_new(struct grants *grants, uint32_t cap);
/* Unmaps everything; no page may be in use. */
void persist_free(struct persist *p);

/*
 * The page behind a reference, held until persist_put. NULL if it cannot be
 * mapped or the table is full of pages that are in use: copy it then.
 */
struct persist_page *persist_get(struct persist *p, uint32_t ref);

static inline void persist_put(struct persist_page *page)
{
	page->users--;
}

#endif
