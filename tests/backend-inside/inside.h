/* SPDX-License-Identifier: BSD-2-Clause */
/* Each attempt is made by a process of its own, confined as blkback is. */
#ifndef BACKEND_INSIDE_H
#define BACKEND_INSIDE_H

#include <xenevtchn.h>
#include <xengnttab.h>
#include "blkback/image_internal.h"

/* What a serving blkback holds, and whom it would like to harm. */
struct inside {
	struct image *image;
	xenevtchn_handle *evtchn;
	xengnttab_handle *gnttab;
	int store;		/* -1: none was given */
	int own, other;		/* domids */
	int sibling;		/* pid of another guest's backend */
	const char *folder;	/* of dom0, where files would be made */
};

/*
 * How an attempt ended: by the filter, by an error, or it went through. 0 is
 * what a process ends with that says so.
 */
enum { REFUSED = 40, THROUGH = 41, UNKNOWN = 42 };

struct attempt {
	const char *name;
	/* REFUSED or THROUGH; the filter may end it before. */
	int (*try)(const struct inside *in, long argument);
	long argument;
};

extern const struct attempt syscall_attempts[], ring_attempts[],
	device_attempts[];
extern const unsigned int nr_syscall_attempts, nr_ring_attempts,
	nr_device_attempts;

static inline int refused_if(int failed)
{
	return failed ? REFUSED : THROUGH;
}

#endif
