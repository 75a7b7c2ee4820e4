/* SPDX-License-Identifier: BSD-2-Clause */
/* Grants through the kernel's gntdev. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <xengnttab.h>
#include <xentoollog.h>
#include <xen/grant_table.h>
#include "grants.h"

enum { BATCH = 256 };

struct grants {
	xengnttab_handle *gnttab;
	uint32_t domid;
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
	xengnttab_close(g->gnttab);
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

static void grants_segment(const struct grants *g, const struct grant_copy *c,
			   xengnttab_grant_copy_segment_t *s)
{
	union xengnttab_copy_ptr local = { .virt = c->local };
	union xengnttab_copy_ptr foreign = {
		.foreign = { .ref = c->ref, .offset = c->offset,
			     .domid = g->domid },
	};

	s->len = c->len;
	s->status = 0;
	s->flags = c->to_guest ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	s->source = c->to_guest ? local : foreign;
	s->dest = c->to_guest ? foreign : local;
}

static int grants_copy_some(struct grants *g, struct grant_copy *copies,
			    uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		grants_segment(g, &copies[i], &g->segments[i]);
	if (xengnttab_grant_copy(g->gnttab, count, g->segments))
		return -1;
	for (uint32_t i = 0; i < count; i++)
		copies[i].status = g->segments[i].status == GNTST_okay ? 0 : -1;
	return 0;
}

int grants_copy(struct grants *g, struct grant_copy *copies, uint32_t count)
{
	while (count) {
		uint32_t n = count < BATCH ? count : BATCH;

		if (grants_copy_some(g, copies, n))
			return -1;
		copies += n;
		count -= n;
	}
	return 0;
}
