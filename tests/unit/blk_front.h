/* SPDX-License-Identifier: BSD-2-Clause */
/* A scripted block frontend: the other end of blkback's ring. */
#ifndef BLK_FRONT_H
#define BLK_FRONT_H

#include <stdbool.h>
#include <stdint.h>
#include "blkback/vbd.h"
#include "fake_disk.h"
#include "fake_grants.h"

enum { FRONT_IDS = 1 << 17 };

struct blk_front {
	struct grants grants;
	struct image *disk;
	struct vbd *vbd;
	const struct request_layout *layout;
	struct ring_shared *shared;
	size_t ring_bytes;
	uint32_t size;
	uint32_t req_prod;
	uint32_t rsp_cons;
	uint32_t events;
	uint8_t *answers;	/* how often each id was answered */
	int16_t *status;
	uint8_t *operation;
};

/* `fixed`: pages that the image has at hand. */
void blk_front_init(struct blk_front *f, const char *protocol, uint32_t pages,
		    bool persistent, uint32_t fixed);
void blk_front_free(struct blk_front *f);

/* The private copy of an entry with what every request has. */
struct blk_entry {
	uint8_t bytes[REQUEST_ENTRY_MAX];
};

struct blk_entry blk_entry(const struct blk_front *f, uint8_t operation,
			   uint8_t nr_segments, uint64_t id, uint64_t sector);
void blk_entry_segment(const struct blk_front *f, struct blk_entry *e,
		       uint32_t n, uint32_t ref, uint8_t first, uint8_t last);
/* Puts it on the ring; false if that is full. */
bool blk_front_push(struct blk_front *f, const struct blk_entry *e);
/* One round of the backend, then takes the answers. */
int blk_front_round(struct blk_front *f);
/* Rounds until nothing is in flight. */
void blk_front_run(struct blk_front *f);

/* Whole pages from or to page `ref`; pushes it only. */
void blk_front_page(struct blk_front *f, uint8_t operation, uint64_t id,
		    uint64_t sector, uint32_t ref);
void blk_front_plain(struct blk_front *f, uint8_t operation, uint64_t id);

#endif
