/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of a network interface: rings, pages of data; and their grants. */
#include "netfront_internal.h"

/* The largest packet, with VLAN tags. */
enum { LARGE_PAGES = 17 };

static int queue_allocate(struct netfront *n, struct netfront_queue *q,
			  uint32_t count)
{
	const struct frontend_os *os = n->os;
	uint32_t ref;

	q->ring_ref = GRANT_NONE;
	q->ring_page = os->pages(os->context, 1);
	q->pages = os->pages(os->context, count);
	if (!q->ring_page || !q->pages)
		return -XEN_ENOMEM;
	q->ring_ref = grant_take(os->grants);
	if (q->ring_ref == GRANT_NONE)
		return -XEN_ENOSPC;
	for (; q->count < count; q->count++) {
		ref = grant_take(os->grants);
		if (ref == GRANT_NONE)
			return -XEN_ENOSPC;
		q->refs[q->count] = ref;
	}
	return 0;
}

int netfront_allocate(struct netfront *n)
{
	int rc;

	n->packet_pages = n->config.large ? LARGE_PAGES : 1;
	n->packet = n->os->pages(n->os->context, n->packet_pages);
	if (!n->packet)
		return -XEN_ENOMEM;
	rc = queue_allocate(n, &n->tx, n->config.tx_pages);
	return rc ? rc : queue_allocate(n, &n->rx, n->config.rx_pages);
}

static void grant_page(struct netfront *n, uint32_t ref, const void *page,
		       bool readonly)
{
	grant_access(n->os->grants, ref, n->device.backend_id,
		     n->os->frame(n->os->context, page), readonly);
}

static void queue_grant(struct netfront *n, struct netfront_queue *q,
			bool readonly)
{
	uint32_t i;

	grant_page(n, q->ring_ref, q->ring_page, false);
	for (i = 0; i < q->count; i++)
		grant_page(n, q->refs[i], q->pages + (size_t)i * FRONTEND_PAGE,
			   readonly);
}

/* Ends a grant and gives it back; 1 if that is not possible. */
static uint32_t grant_finish(struct netfront *n, uint32_t ref)
{
	if (ref == GRANT_NONE)
		return 0;
	if (!grant_end(n->os->grants, ref))
		return 1;
	grant_put(n->os->grants, ref);
	return 0;
}

static void free_pages(struct netfront *n, void *pages, uint32_t count)
{
	if (pages)
		n->os->pages_free(n->os->context, pages, count);
}

/* Returns how many grants could not be ended; their memory is kept. */
static uint32_t queue_release(struct netfront *n, struct netfront_queue *q,
			      uint32_t allocated)
{
	uint32_t i, kept = 0, ring_kept = grant_finish(n, q->ring_ref);

	for (i = 0; i < q->count; i++)
		kept += grant_finish(n, q->refs[i]);
	if (!ring_kept)
		free_pages(n, q->ring_page, 1);
	/* One block: all or nothing. */
	if (!kept)
		free_pages(n, q->pages, allocated);
	q->ring_page = NULL;
	q->pages = NULL;
	q->count = 0;
	return kept + ring_kept;
}

int netfront_release(struct netfront *n)
{
	uint32_t kept;

	kept = queue_release(n, &n->tx, n->config.tx_pages);
	kept += queue_release(n, &n->rx, n->config.rx_pages);
	free_pages(n, n->packet, n->packet_pages);
	n->packet = NULL;
	if (!kept)
		return 0;
	n->os->log(n->os->context, n->device.path,
		   "the backend has kept pages mapped; they are lost");
	return -XEN_EBUSY;
}

void netfront_grant(struct netfront *n)
{
	queue_grant(n, &n->tx, true);
	queue_grant(n, &n->rx, false);
}
