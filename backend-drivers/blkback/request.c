/* SPDX-License-Identifier: BSD-2-Clause */
/* Decoding and checking of block requests. */
#include <stdint.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "request.h"

static const struct request_layout layouts[] = {
	{ "x86_64-abi", REQUEST64_ENTRY, REQUEST64_RESPONSE, REQUEST64_ID,
	  REQUEST64_SECTOR, REQUEST64_BODY },
	{ "x86_32-abi", REQUEST32_ENTRY, REQUEST32_RESPONSE, REQUEST32_ID,
	  REQUEST32_SECTOR, REQUEST32_BODY },
};

_Static_assert(sizeof(struct request_segment) == 8,
	       "blkif: a segment is 8 bytes");

const struct request_layout *request_layout(const char *protocol)
{
	if (!protocol)
		return &layouts[0];
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (!strcmp(protocol, layouts[i].protocol))
			return &layouts[i];
	return NULL;
}

static bool decode_indirect(const struct request_layout *layout,
			    const uint8_t *entry, struct request_info *info)
{
	info->operation = entry[REQUEST_AT_INDIRECT_OP];
	info->is_indirect = true;
	memcpy(&info->nr_segments, entry + REQUEST_AT_INDIRECT_NR,
	       sizeof(info->nr_segments));
	memcpy(&info->indirect, entry + layout->body + REQUEST_BODY_REFS,
	       sizeof(info->indirect));
	/* One page holds 512 segments, more than we accept. */
	return info->nr_segments <= REQUEST_SEGMENTS &&
	       (info->operation == BLKIF_OP_READ ||
		info->operation == BLKIF_OP_WRITE);
}

static bool decode_direct(const struct request_layout *layout,
			  const uint8_t *entry, struct request_info *info,
			  struct request_segment *segments)
{
	info->nr_segments = entry[REQUEST_AT_NR_SEGMENTS];
	if (info->nr_segments > REQUEST_DIRECT_SEGMENTS)
		return false;
	memcpy(segments, entry + layout->body,
	       info->nr_segments * sizeof(*segments));
	return true;
}

bool request_decode(const struct request_layout *layout, const void *entry,
		    struct request_info *info,
		    struct request_segment *segments)
{
	const uint8_t *bytes = entry;

	memset(info, 0, sizeof(*info));
	info->operation = bytes[REQUEST_AT_OPERATION];
	memcpy(&info->id, bytes + layout->id, sizeof(info->id));
	memcpy(&info->sector, bytes + layout->sector, sizeof(info->sector));

	switch (info->operation) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
	case BLKIF_OP_WRITE_BARRIER:
	case BLKIF_OP_FLUSH_DISKCACHE:
		return decode_direct(layout, bytes, info, segments);
	case BLKIF_OP_INDIRECT:
		return decode_indirect(layout, bytes, info);
	case BLKIF_OP_DISCARD:
		memcpy(&info->nr_sectors, bytes + layout->body,
		       sizeof(info->nr_sectors));
		return true;
	default:
		return false;
	}
}

static bool request_in_range(const struct request_info *info,
			     const struct request_limits *limits)
{
	return info->nr_sectors && info->nr_sectors <= limits->sectors &&
	       info->sector <= limits->sectors - info->nr_sectors;
}

bool request_check_data(struct request_info *info,
			const struct request_segment *segments,
			const struct request_limits *limits)
{
	/* Bits that are 0 in what is aligned: sectors are powers of two. */
	uint32_t part = limits->sector_size / REQUEST_SECTOR - 1;
	uint32_t total = 0;

	for (uint32_t i = 0; i < info->nr_segments; i++) {
		uint32_t first = segments[i].first;
		uint32_t end = segments[i].last + 1u;

		/* Nearly all are whole pages. */
		if (!first && end == REQUEST_PAGE_SECTORS) {
			total += REQUEST_PAGE_SECTORS;
			continue;
		}
		if (first >= end || end > REQUEST_PAGE_SECTORS ||
		    (first | end) & part)
			return false;
		total += end - first;
	}
	info->nr_sectors = total;
	return !(info->sector & part) && request_in_range(info, limits);
}

bool request_check_discard(const struct request_info *info,
			   const struct request_limits *limits)
{
	return request_in_range(info, limits);
}

void request_response(const struct request_layout *layout,
		      const struct request_info *info, int16_t status,
		      void *response)
{
	uint8_t *bytes = response;

	/* Nothing of ours leaks in the padding. */
	memset(bytes, 0, layout->response);
	memcpy(bytes, &info->id, sizeof(info->id));
	bytes[RESPONSE_AT_OPERATION] = info->operation;
	memcpy(bytes + RESPONSE_AT_STATUS, &status, sizeof(status));
}
