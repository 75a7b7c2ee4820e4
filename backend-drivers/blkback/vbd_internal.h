/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by vbd.c (the ring and the order) and vbd_data.c (the buffers). */
#ifndef BLKBACK_VBD_INTERNAL_H
#define BLKBACK_VBD_INTERNAL_H

#include <sys/queue.h>
#include <sys/uio.h>
#include "common/grants.h"
#include "image.h"
#include "persist.h"
#include "pages.h"
#include "runs.h"
#include "vbd.h"

/* What is still to be done for a request, lowest bit first. */
enum vbd_step {
	VBD_SYNC_BEFORE = 1,
	VBD_DATA = 2,
	VBD_SYNC_AFTER = 4,
};

/*
 * Where a segment's data is in the guest, if its page is mapped, and where the
 * image takes it from: there, or in a page of ours, or in the request's run.
 */
struct vbd_buffer {
	struct persist_page *mapped;
	void *page;		/* ours */
};

struct vbd_request {
	struct request_info info;
	TAILQ_ENTRY(vbd_request) link;	/* waiting for writes before it */
	struct vbd_request *next_free;
	uint64_t sequence;
	uint32_t waits;		/* modifying requests before it, unfinished */
	uint8_t steps;
	uint8_t step;		/* the one under way */
	bool modifies;
	bool moves_data;
	uint16_t iov_first;	/* of what is not transferred yet */
	uint64_t done;		/* bytes transferred */
	void *run;		/* its data in the image's memory, or NULL */
	struct request_segment segments[REQUEST_SEGMENTS];
	struct vbd_buffer buffers[REQUEST_SEGMENTS];
	struct iovec iov[REQUEST_SEGMENTS];
};

struct vbd {
	struct grants *grants;
	struct image *image;
	const struct image_info *info;
	struct request_limits limits;

	struct ring ring;
	const struct request_layout *layout;
	struct persist *persist;	/* NULL: the frontend has none */
	struct pages *pages;
	struct runs *runs;		/* in the image's memory */
	size_t low;			/* bytes of it; 0: there is none */
	struct grant_copy *copies;	/* scratch, REQUEST_SEGMENTS */

	struct vbd_request *requests;	/* ring.size of them */
	struct vbd_request *free;
	struct vbd_request *stalled;	/* waits for pages */
	struct vbd_request *barrier;	/* nothing passes it */
	TAILQ_HEAD(, vbd_request) waiting;
	uint64_t sequence;
	uint32_t in_flight;
	uint32_t modifying;	/* in flight and changing the image */
	uint32_t begun;		/* since the image was last told */
	bool waited;		/* for the image's memory, last time */
	bool attached;
	bool draining;
	bool broken;		/* a sync failed */
	struct vbd_failure failure;	/* not told yet */
	int lost;		/* -errno: the image's ring takes no more */
};

/* Reads the start of a guest's page. */
bool vbd_read_guest(struct vbd *v, uint32_t ref, void *to, uint16_t len);

enum vbd_prepared { VBD_READY, VBD_NO_PAGES, VBD_BAD };

/* Finds memory for each segment and, for a write, the data. */
enum vbd_prepared vbd_prepare(struct vbd *v, struct vbd_request *r);
/* Lets the memory go; for a good read, the guest has its data on return. */
bool vbd_release(struct vbd *v, struct vbd_request *r, bool deliver);
/* Starts the transfer of what is left. */
void vbd_transfer(struct vbd *v, struct vbd_request *r);
/* Counts `bytes` more as done; true if that was all. */
bool vbd_advance(struct vbd_request *r, uint64_t bytes);

#endif
