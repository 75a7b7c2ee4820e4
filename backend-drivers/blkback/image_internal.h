/* SPDX-License-Identifier: BSD-2-Clause */
/* For image_raw.c, and for the test that abuses its ring. */
#ifndef BLKBACK_IMAGE_INTERNAL_H
#define BLKBACK_IMAGE_INTERNAL_H

#include <liburing.h>
#include "image_file.h"

struct image {
	struct image_file file;
	struct io_uring uring;
	void *fixed;		/* registered with it, or NULL */
};

#endif
