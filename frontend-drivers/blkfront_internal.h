/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of blkfront share. */
#ifndef BLKFRONT_INTERNAL_H
#define BLKFRONT_INTERNAL_H

#include "blkfront.h"

/* No slot, no page. */
#define BLKFRONT_NONE UINT32_MAX

enum { BLKFRONT_PAGE_SECTORS = FRONTEND_PAGE / BLKFRONT_SECTOR };

/* A part of a request that is one request of the ring. */
struct blkfront_slot {
	struct blkfront_request *request;	/* NULL: free */
	uint64_t offset;		/* sectors into the request */
	uint32_t sectors;		/* that move */
	uint32_t pages;			/* list of its pages of data */
	uint32_t table;			/* page of descriptors, or NONE */
	uint32_t generation;		/* of the id: one for each use */
	uint32_t next;			/* in the list of free ones */
	uint8_t operation;		/* BLKIF_OP_*, never INDIRECT */
};

/* A page of ours that is granted as long as the device is connected. */
struct blkfront_page {
	void *data;
	uint32_t ref;
	uint32_t next;			/* in its slot, or of free ones */
};

void blkfront_log(const struct blkfront *b, const char *text);

/* blkfront.c */
void blkfront_complete(struct blkfront *b, struct blkfront_request *r,
		       int status);
/* What may not be issued (any more): -XEN_E... */
int blkfront_allowed(const struct blkfront *b,
		     const struct blkfront_request *r);
/* BLKIF_OP_*, or -1 if there is nothing to do. */
int blkfront_operation(const struct blkfront *b,
		       const struct blkfront_request *r);
/* Gives the backend as much of the queue as can be. */
void blkfront_issue(struct blkfront *b);
/* No more of this device: all requests fail. Any context. */
void blkfront_lose(struct blkfront *b);

/* blkfront_connect.c */
/*
 * From the store's nodes to a ring in use, which takes up the queue. Memory
 * has been allocated. After an error blkfront_disconnect() is due.
 */
int blkfront_connect(struct blkfront *b, uint64_t deadline);
/* Says goodbye and gives up the event channel, not the memory. */
void blkfront_disconnect(struct blkfront *b, uint64_t deadline);
/* Reads the size again; true: it has changed. */
bool blkfront_resized(struct blkfront *b);

/* blkfront_ring.c */
/* One piece of a request; false: not now, for want of pages or slots. */
bool blkfront_put(struct blkfront *b, struct blkfront_request *r,
		  uint8_t operation);
/* Takes the next response; false: it is impossible. */
bool blkfront_take(struct blkfront *b);

/* blkfront_memory.c */
int blkfront_allocate(struct blkfront *b);
/* 0, or -XEN_EBUSY: some of it is still in use by the backend. */
int blkfront_release(struct blkfront *b);
/* Lets the backend use the ring's first pages and all pages of data. */
void blkfront_grant(struct blkfront *b, uint32_t ring_pages);
/* All slots and pages are free. */
void blkfront_reset(struct blkfront *b);
uint32_t blkfront_page_get(struct blkfront *b);
void blkfront_page_put(struct blkfront *b, uint32_t page);

#endif
