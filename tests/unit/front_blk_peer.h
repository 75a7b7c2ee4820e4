/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block backend for the frontend's tests, by the book of the ABI: store
 * nodes as the test sets them, a disk in memory, every request checked.
 */
#ifndef FRONT_BLK_PEER_H
#define FRONT_BLK_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include "front_fake.h"

#define PEER_FRONT	"device/vbd/51712"
#define PEER_BACK	"/local/domain/0/backend/vbd/7/51712"

enum { PEER_SECTORS = 8192, PEER_HELD = 512 };

struct peer_features {
	long sectors;		/* -1: no such node, in all of these */
	long sector_size;
	long info;
	long flush, barrier, discard, secure, persistent;
	long indirect;
	long ring_order;
};
#define PEER_PLAIN { PEER_SECTORS, 512, 0, -1, -1, -1, -1, -1, -1, -1 }
#define PEER_RICH { PEER_SECTORS, 512, 0, 1, 1, 1, 1, 1, 256, 4 }

struct blk_peer {
	struct front_fake *fake;
	struct peer_features features;
	bool connected;
	bool mute;			/* takes requests, does not answer */
	bool lifo;			/* answers in the wrong order */
	bool outer;			/* repeats INDIRECT in the answer */
	unsigned int per_round;		/* requests; 0: all */
	int16_t status[8];		/* of each operation */
	/* Ring. */
	unsigned char *ring;
	uint32_t refs[16], nr_refs;
	uint32_t slots, stride, req_cons, rsp_prod;
	unsigned int port;
	unsigned int sent;		/* events that were seen */
	bool more;			/* requests, without another event */
	/* Held back by `mute`. */
	struct { uint64_t id; uint8_t operation; int16_t status; }
		held[PEER_HELD];
	unsigned int nr_held;
	/* Seen. */
	unsigned int count[8];		/* requests by operation */
	unsigned int indirects, most_segments;
	uint64_t discarded;
	bool *mapped;			/* by reference, if persistent */
	unsigned char disk[PEER_SECTORS * 512];
};

/* Becomes the fake's peer; the toolstack's nodes are there, state InitWait. */
void blk_peer_init(struct blk_peer *p, struct front_fake *f,
		   const struct peer_features *features);
void blk_peer_free(struct blk_peer *p);
/* Elsewhere: what was mapped is no longer, the nodes are as at the start. */
void blk_peer_restart(struct blk_peer *p);
/* One round: handshake, requests, answers. */
void blk_peer_step(struct front_fake *f);
/* Sends what mute kept. */
void blk_peer_release(struct blk_peer *p);
/* Puts an answer of any contents; visible by the next publish. */
void blk_peer_answer(struct blk_peer *p, uint64_t id, uint8_t operation,
		     int16_t status);
void blk_peer_publish(struct blk_peer *p);

#endif
