/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles of grant mappings: a table that grows by pages, and a free list. */
#include "core/gnttab_private.h"
#include "lib/errno.h"
#include "mm/heap.h"

static struct maptrack *slot(struct gnttab *g, u32 handle)
{
	return g->maptrack[handle / HANDLES_A_PAGE] + handle % HANDLES_A_PAGE;
}

static unsigned int max_pages(const struct gnttab *g)
{
	/* A "frame" of the limit is 256 handles wherever it is set. */
	return DIV_UP((u64)g->max_maptrack * 256, HANDLES_A_PAGE);
}

static bool grow(struct gnttab *g)
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

int grant_handle_new(struct domain *d, struct domain *granter)
{
	struct gnttab *g = &d->gnttab;
	int handle = -1;

	spin_lock(&g->lock);
	if (g->free_handle || grow(g)) {
		struct maptrack *t = slot(g, g->free_handle - 1);

		handle = g->free_handle - 1;
		g->free_handle = t->next;
		/* Its number can be guessed before it is filled in. */
		*t = (struct maptrack){ .granter = granter, .busy = 1 };
		domain_hold(granter);
		g->mapped++;
	}
	spin_unlock(&g->lock);
	return handle;
}

struct maptrack *grant_handle(struct domain *d, u32 handle)
{
	struct maptrack *t;

	if (handle >= d->gnttab.handles)
		return NULL;
	t = slot(&d->gnttab, handle);
	return t->granter ? t : NULL;
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

/* With the last mapping the table goes: what a guest cost comes back. */
struct domain *grant_handle_drop(struct domain *d, u32 handle)
{
	struct gnttab *g = &d->gnttab;
	struct maptrack *t = slot(g, handle);
	struct domain *granter = t->granter;

	if (t->flags & MAP_PARTS || t->busy)
		return NULL;
	t->granter = NULL;
	t->next = g->free_handle;
	g->free_handle = handle + 1;
	if (!--g->mapped)
		grant_handles_free(d);
	return granter;
}
