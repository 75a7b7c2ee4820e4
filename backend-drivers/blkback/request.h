/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block requests as frontends of either word size lay them out, turned into
 * one form and checked. Pure: no ring, no grants, no image.
 */
#ifndef BLKBACK_REQUEST_H
#define BLKBACK_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REQUEST_SECTOR = 512,		/* unit of the protocol */
	REQUEST_PAGE_SECTORS = 8,
	REQUEST_DIRECT_SEGMENTS = 11,
	REQUEST_SEGMENTS = 256,		/* with indirect descriptors */
	REQUEST_ENTRY_MAX = 112,
	REQUEST_RESPONSE_MAX = 16,
};

/*
 * Where the fields are: the layouts differ by the alignment of u64.
 * tests/unit/layout.sh compares these with the public headers.
 */
enum {
	REQUEST64_ENTRY = 112, REQUEST64_RESPONSE = 16, REQUEST64_ID = 8,
	REQUEST64_SECTOR = 16, REQUEST64_BODY = 24,
	REQUEST32_ENTRY = 108, REQUEST32_RESPONSE = 12, REQUEST32_ID = 4,
	REQUEST32_SECTOR = 12, REQUEST32_BODY = 20,
};

/* The first fields are the same everywhere, and so is what is in the body. */
enum {
	REQUEST_AT_OPERATION = 0,
	REQUEST_AT_NR_SEGMENTS = 1,
	REQUEST_AT_INDIRECT_OP = 1,
	REQUEST_AT_INDIRECT_NR = 2,
	REQUEST_BODY_REFS = 4,		/* of an indirect request */
	RESPONSE_AT_OPERATION = 8,
	RESPONSE_AT_STATUS = 10,
};

struct request_layout {
	const char *protocol;	/* the frontend's word for it */
	uint32_t entry;		/* bytes of a ring entry */
	uint32_t response;	/* bytes of a response */
	uint32_t id;
	uint32_t sector;
	uint32_t body;		/* segments, sectors or indirect part */
};

/* As the guest has it, in requests and in indirect pages. */
struct request_segment {
	uint32_t ref;
	uint8_t first;
	uint8_t last;
	uint16_t pad;
};

struct request_info {
	uint64_t id;
	uint64_t sector;
	uint64_t nr_sectors;	/* discard; others: after request_check */
	uint32_t indirect;	/* page of segments, if is_indirect */
	uint16_t nr_segments;
	uint8_t operation;	/* what is done, and echoed */
	bool is_indirect;
};

struct request_limits {
	uint64_t sectors;	/* of the device */
	uint32_t sector_size;	/* logical: 512, 1024, 2048 or 4096 */
};

/* NULL for an unknown protocol; NULL means none given: 64-bit. */
const struct request_layout *request_layout(const char *protocol);

/*
 * Takes a private copy of a ring entry apart; the segments of a direct request
 * go to `segments`. False if it can only be refused.
 */
bool request_decode(const struct request_layout *layout, const void *entry,
		    struct request_info *info,
		    struct request_segment *segments);

/* Bounds, alignment and segments of a request that moves data. */
bool request_check_data(struct request_info *info,
			const struct request_segment *segments,
			const struct request_limits *limits);
bool request_check_discard(const struct request_info *info,
			   const struct request_limits *limits);

/* Writes layout->response bytes. */
void request_response(const struct request_layout *layout,
		      const struct request_info *info, int16_t status,
		      void *response);

#endif
