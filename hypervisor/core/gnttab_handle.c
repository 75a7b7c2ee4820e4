/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handles of grant mappings: a table that grows by pages, and a free list.
 *
 * What a guest cost its backends' domain comes back when it is gone: an empty
 * table is freed when a domain ends, or with the last mapping of one that has
 * ended.  Not with every last mapping, as the next one is often near.
 */
#include "core/gnttab_private.h"
#include "lib/errno.h"
#include "mm/heap.h"

static unsigned int max_pages(const struct gnttab *g)
{
	/* A "frame" of the limit is 256 handles wherever it is set. */
	return DIV_UP((u64)g->max_maptrack * 256, HANDLES_A_PAGE);
}

bool grant_handles_grow(struct gnttab *g)
{
	unsigned int page = g->handles / HANDLES_A_PAGE;

	if (page >= max_pages(g))
		return false;
	if (!g->maptrack)
		g->maptrack = heap_zalloc(max_pages(g) * sizeof(void *));
	if (!g->maptrack)
		return false;
	g->maptrack[page] = heap_page();
	if (!g->maptrack[page])
		return false;
	g->handles += HANDLES_A_PAGE;
	for (unsigned int i = HANDLES_A_PAGE; i--;) {
		g->maptrack[page][i].next = g->free_handle;
		g->free_handle = page * HANDLES_A_PAGE + i + 1;
	}
	return true;
}

void grant_handles_free(struct domain *d)
{
	struct gnttab *g = &d->gnttab;

	for (unsigned int i = 0; i < g->handles / HANDLES_A_PAGE; i++)
		heap_page_free(g->maptrack[i]);
	heap_zfree(g->maptrack);
	g->maptrack = NULL;
	g->handles = g->free_handle = 0;
}

void grant_handles_trim(struct domain *d)
{
	if (!READ_ONCE(d->gnttab.maptrack))
		return;
	spin_lock(&d->gnttab.lock);
	if (!d->gnttab.mapped)
		grant_handles_free(d);
	spin_unlock(&d->gnttab.lock);
}

void grant_handle_drop(struct domain *d, struct maptrack *t, u32 handle)
{
	struct gnttab *g = &d->gnttab;
	struct domain *granter = t->granter;

	if (t->flags & MAP_PARTS || t->busy)
		return;
	t->granter = NULL;
	t->next = g->free_handle;
	g->free_handle = handle + 1;
	if (!--g->mapped && unlikely(granter->dying))
		grant_handles_free(d);
	domain_put(granter);
}
