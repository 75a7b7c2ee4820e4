/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image in memory for blkback's tests. Operations complete in a random
 * order, and what a crash of the host would leave is kept apart from what
 * reads see.
 */
#ifndef FAKE_DISK_H
#define FAKE_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include "blkback/image.h"

enum {
	FAKE_DISK_SECTORS = 2048,
	FAKE_DISK_OPS = 1024,
	FAKE_DISK_FIXED = 1 << 20,
};

enum fake_disk_kind { FAKE_TRANSFER, FAKE_SYNC, FAKE_DISCARD };

struct fake_disk_op {
	enum fake_disk_kind kind;
	bool write;
	const struct iovec *iov;
	struct iovec fixed;
	unsigned int count;
	uint64_t offset;
	uint64_t length;
	void *token;
};

struct image {
	struct image_info info;
	uint8_t data[FAKE_DISK_SECTORS * 512];
	uint8_t durable[FAKE_DISK_SECTORS * 512];
	struct fake_disk_op ops[FAKE_DISK_OPS];
	uint32_t queued;	/* all of them */
	uint32_t submitted;	/* the first of them */
	uint32_t syncs;
	uint32_t transfers;
	uint32_t fixed_transfers;
	uint32_t fixed_bytes;	/* of what follows, as many are offered */
	uint8_t fixed[FAKE_DISK_FIXED];
	uint64_t random;
	bool hold;		/* nothing completes */
	bool in_order;
	bool cut_short;		/* transfers are done in pieces */
	int fail_sync;		/* -errno for the next one */
	int fail_transfer;
	int fail_discard;
	int fail_submit;	/* -errno, until it is 0 again */
};

void fake_disk_init(struct image *image);
uint32_t fake_disk_random(struct image *image, uint32_t below);

#endif
