/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to blkback when all is open; also for the test of just that. */
#ifndef BLKBACK_CONFINE_H
#define BLKBACK_CONFINE_H

#include <stdint.h>

struct image;

/* 0, or -1 with a message on stderr. */
int confine_disk(const struct image *image, uint32_t user);

#endif
