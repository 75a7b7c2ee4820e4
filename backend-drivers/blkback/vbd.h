/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual block device: takes requests from the ring, has the image do
 * them, and answers each exactly once.
 *
 * Flush: waits for the writes taken before it, then syncs the image, then
 * answers. Barrier: the same, and nothing behind it is taken until it is
 * done. After a failed sync every request fails, for ever: the host may have
 * dropped what it could not write.
 */
#ifndef BLKBACK_VBD_H
#define BLKBACK_VBD_H

#include <stdbool.h>
#include <stdint.h>
#include "common/ring.h"
#include "request.h"

struct grants;
struct image;
struct vbd;

/* Beside RING_OVERFLOW: the image's ring in the kernel is of no use any more. */
enum { VBD_IMAGE_LOST = -2 };

/* `image` and `grants` must outlive it. NULL: out of memory. */
struct vbd *vbd_new(struct grants *grants, struct image *image);
void vbd_free(struct vbd *v);

/* Begins to serve a ring in mapped memory. 0, RING_OVERFLOW or -ENOMEM. */
int vbd_attach(struct vbd *v, void *memory, size_t bytes,
	       const struct request_layout *layout, bool persistent);
/* Ends it; only if vbd_idle(). */
void vbd_detach(struct vbd *v);
/* Take no more requests; those under way are finished and answered. */
void vbd_drain(struct vbd *v);
bool vbd_idle(const struct vbd *v);

/*
 * One round: finished operations are answered, new requests begun. Returns
 * RING_OVERFLOW if the frontend broke the ring, VBD_IMAGE_LOST if the
 * image can take no more operations, 1 if it must be called again soon, else 0.
 */
int vbd_work(struct vbd *v);
/* Makes the answers visible; true: send the frontend an event. */
bool vbd_publish(struct vbd *v);

/* An operation of the image that failed; not what a guest asked wrongly. */
struct vbd_failure {
	const char *what;	/* "read", "write" ... */
	uint64_t sector;	/* of the request */
	uint64_t bytes;
	int error;		/* -errno; 0: the image ended before its end */
	uint32_t count;		/* since the last call */
};

/* Why vbd_work said VBD_IMAGE_LOST: -errno. */
int vbd_lost(const struct vbd *v);
/* The first of those since the last call; false: none. For the log. */
bool vbd_failed(struct vbd *v, struct vbd_failure *failure);

#endif
