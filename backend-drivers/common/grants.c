/* SPDX-License-Identifier: BSD-2-Clause */
/* Grants through the kernel's gntdev and gntalloc. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>
#include <xentoollog.h>
#include <xen/grant_table.h>
#include "grants.h"

enum {
	BATCH = 256,
	OWN_DOMID = 0,		/* backends run in dom0 */
};

struct grants {
	xengnttab_handle *gnttab;
	uint32_t domid;

	/* grants_alloc(): one of the two. */
	xengntshr_handle *share;
	uint32_t *refs;			/* of each page of the pool */
	uint8_t *pool;
	size_t pool_size;
	void *plain;

	uint32_t nr_segments;
	uint32_t of[BATCH];		/* the copy that a segment is of */
	xengnttab_grant_copy_segment_t segments[BATCH];
};

/* Quiet: a guest must not be able to fill the log with bad references. */
static xentoollog_logger *grants_logger(void)
{
	return (xentoollog_logger *)xtl_createlogger_stdiostream(stderr,
		XTL_CRITICAL, 0);
}

struct grants *grants_open(uint32_t domid)
{
	struct grants *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->domid = domid;
	g->gnttab = xengnttab_open(grants_logger(), 0);
	if (g->gnttab)
		return g;
	free(g);
	return NULL;
}

void grants_close(struct grants *g)
{
	if (!g)
		return;
	if (g->pool)
		xengntshr_unshare(g->share, g->pool,
				  g->pool_size / GRANTS_PAGE);
	if (g->share)
		xengntshr_close(g->share);
	xengnttab_close(g->gnttab);
	free(g->plain);
	free(g->refs);
	free(g);
}

void *grants_map(struct grants *g, const uint32_t *refs, uint32_t count)
{
	return xengnttab_map_domain_grant_refs(g->gnttab, count, g->domid,
		(uint32_t *)refs, PROT_READ | PROT_WRITE);
}

void grants_unmap(struct grants *g, void *address, uint32_t count)
{
	xengnttab_unmap(g->gnttab, address, count);
}

void *grants_alloc(struct grants *g, uint32_t pages)
{
	size_t size = (size_t)pages * GRANTS_PAGE;

	g->refs = calloc(pages, sizeof(*g->refs));
	g->share = g->refs ? xengntshr_open(grants_logger(), 0) : NULL;
	if (g->share)
		g->pool = xengntshr_share_pages(g->share, OWN_DOMID, pages,
						g->refs, true);
	if (g->pool) {
		g->pool_size = size;
		return g->pool;
	}
	g->plain = aligned_alloc(GRANTS_PAGE, size);
	return g->plain ? memset(g->plain, 0, size) : NULL;
}

static union xengnttab_copy_ptr grants_foreign(uint32_t ref, uint32_t offset,
					       uint32_t domid)
{
	return (union xengnttab_copy_ptr){
		.foreign = { .ref = ref, .offset = offset, .domid = domid },
	};
}

/* The segment for what is left of @c after @done bytes; returns its length. */
static uint32_t grants_segment(const struct grants *g,
			       const struct grant_copy *c, uint32_t done,
			       xengnttab_grant_copy_segment_t *s)
{
	union xengnttab_copy_ptr foreign, local;
	uint8_t *at = (uint8_t *)c->local + done;
	size_t place = at - g->pool;
	uint32_t offset = place % GRANTS_PAGE, len = c->len - done;

	foreign = grants_foreign(c->ref, c->offset + done, g->domid);
	s->status = 0;
	if (g->pool && at >= g->pool && place < g->pool_size) {
		s->flags = GNTCOPY_dest_gref | GNTCOPY_source_gref;
		local = grants_foreign(g->refs[place / GRANTS_PAGE], offset,
				       OWN_DOMID);
		if (len > GRANTS_PAGE - offset)
			len = GRANTS_PAGE - offset;
	} else {
		s->flags = c->to_guest ? GNTCOPY_dest_gref :
			   GNTCOPY_source_gref;
		local.virt = at;
	}
	s->source = c->to_guest ? local : foreign;
	s->dest = c->to_guest ? foreign : local;
	s->len = len;
	return len;
}

/* Does the segments, which belong to copies as g->of says. */
static int grants_flush(struct grants *g, struct grant_copy *copies)
{
	uint32_t n = g->nr_segments;

	g->nr_segments = 0;
	if (n && xengnttab_grant_copy(g->gnttab, n, g->segments))
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (g->segments[i].status != GNTST_okay)
			copies[g->of[i]].status = -1;
	return 0;
}

int grants_copy(struct grants *g, struct grant_copy *copies, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t done = 0;

		copies[i].status = 0;
		while (done < copies[i].len) {
			g->of[g->nr_segments] = i;
			done += grants_segment(g, &copies[i], done,
					       &g->segments[g->nr_segments]);
			if (++g->nr_segments == BATCH &&
			    grants_flush(g, copies))
				return -1;
		}
	}
	return grants_flush(g, copies);
}
