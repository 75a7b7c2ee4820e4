/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of a disk: ring, tables, pages of data; and their grants. */
#include <xen/io/blkif.h>
#include "blkfront_internal.h"
#include "grant.h"

static void *blkfront_pages(const struct blkfront *b, uint32_t count)
{
	return b->os->pages(b->os->context, count);
}

static int blkfront_allocate_tables(struct blkfront *b)
{
	size_t slots = b->nr_slots * sizeof(*b->slots);
	size_t pages = b->config.pages * sizeof(*b->pages);
	uint32_t count = (uint32_t)((slots + pages + FRONTEND_PAGE - 1) /
				    FRONTEND_PAGE);

	b->tables = blkfront_pages(b, count);
	if (!b->tables)
		return -XEN_ENOMEM;
	b->table_pages = count;
	b->slots = b->tables;
	b->pages = (void *)((char *)b->tables + slots);
	return 0;
}

static int blkfront_allocate_ring(struct blkfront *b)
{
	uint32_t i, count = 1U << b->config.ring_order;

	b->ring_memory = blkfront_pages(b, count);
	if (!b->ring_memory)
		return -XEN_ENOMEM;
	for (i = 0; i < count; i++) {
		b->ring_refs[i] = grant_take(b->os->grants);
		if (b->ring_refs[i] == GRANT_NONE)
			return -XEN_ENOSPC;
		b->ring_pages++;
	}
	return 0;
}

static int blkfront_allocate_data(struct blkfront *b)
{
	struct blkfront_page *page;

	while (b->nr_pages < b->config.pages) {
		page = &b->pages[b->nr_pages];
		page->ref = grant_take(b->os->grants);
		if (page->ref == GRANT_NONE)
			return -XEN_ENOSPC;
		page->data = blkfront_pages(b, 1);
		if (!page->data) {
			grant_put(b->os->grants, page->ref);
			return -XEN_ENOMEM;
		}
		b->nr_pages++;
	}
	return 0;
}

int blkfront_allocate(struct blkfront *b)
{
	size_t ring = (size_t)FRONTEND_PAGE << b->config.ring_order;
	int rc;

	b->nr_slots = front_ring_slots(ring, sizeof(union blkif_sring_entry));
	rc = blkfront_allocate_tables(b);
	if (!rc)
		rc = blkfront_allocate_ring(b);
	if (!rc)
		rc = blkfront_allocate_data(b);
	return rc;
}

/* Ends a grant and gives it back; 1 if that is not possible. */
static uint32_t blkfront_end(struct blkfront *b, uint32_t ref)
{
	if (!grant_end(b->os->grants, ref))
		return 1;
	grant_put(b->os->grants, ref);
	return 0;
}

static void blkfront_free(struct blkfront *b, void *pages, uint32_t count)
{
	if (pages)
		b->os->pages_free(b->os->context, pages, count);
}

int blkfront_release(struct blkfront *b)
{
	uint32_t i, kept = 0, lost;

	for (i = 0; i < b->ring_pages; i++)
		kept += blkfront_end(b, b->ring_refs[i]);
	/* The pages of a ring are one block: all or nothing. */
	if (!kept)
		blkfront_free(b, b->ring_memory, 1U << b->config.ring_order);
	for (i = 0; i < b->nr_pages; i++) {
		lost = blkfront_end(b, b->pages[i].ref);
		if (!lost)
			blkfront_free(b, b->pages[i].data, 1);
		kept += lost;
	}
	blkfront_free(b, b->tables, b->table_pages);
	b->ring_memory = NULL;
	b->tables = NULL;
	b->ring_pages = 0;
	b->nr_pages = 0;
	if (!kept)
		return 0;
	blkfront_log(b, "the backend has kept pages mapped; they are lost");
	return -XEN_EBUSY;
}

static void blkfront_grant_page(struct blkfront *b, uint32_t ref,
				const void *page)
{
	grant_access(b->os->grants, ref, b->device.backend_id,
		     b->os->frame(b->os->context, page), false);
}

void blkfront_grant(struct blkfront *b, uint32_t ring_pages)
{
	uint32_t i;

	for (i = 0; i < ring_pages; i++)
		blkfront_grant_page(b, b->ring_refs[i],
				    (char *)b->ring_memory +
				    (size_t)i * FRONTEND_PAGE);
	for (i = 0; i < b->nr_pages; i++)
		blkfront_grant_page(b, b->pages[i].ref, b->pages[i].data);
}

uint32_t blkfront_page_get(struct blkfront *b)
{
	uint32_t page = b->free_page;

	b->free_page = b->pages[page].next;
	b->nr_free_pages--;
	return page;
}

void blkfront_page_put(struct blkfront *b, uint32_t page)
{
	b->pages[page].next = b->free_page;
	b->free_page = page;
	b->nr_free_pages++;
}

void blkfront_reset(struct blkfront *b)
{
	uint32_t i;

	b->free_page = BLKFRONT_NONE;
	b->nr_free_pages = 0;
	for (i = b->nr_pages; i-- > 0;)
		blkfront_page_put(b, i);
	b->free_slot = BLKFRONT_NONE;
	for (i = b->nr_slots; i-- > 0;) {
		b->slots[i].request = NULL;
		b->slots[i].next = b->free_slot;
		b->free_slot = i;
	}
}
