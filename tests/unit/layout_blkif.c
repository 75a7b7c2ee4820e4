/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled with -m64 and with -m32, never run: blkback finds the fields of
 * requests and responses where the public headers of that word size put them.
 */
#include <stddef.h>

#include <xen/xen.h>
#include <xen/io/blkif.h>

#include "blkback/request.h"

#define PICK(name) \
	(sizeof(long) == 8 ? (size_t)REQUEST64_##name : REQUEST32_##name)
#define AT(type, field, place) \
	_Static_assert(offsetof(struct type, field) == (place), \
		       #type "." #field " is elsewhere")

_Static_assert(sizeof(union blkif_sring_entry) == PICK(ENTRY), "entry");
_Static_assert(sizeof(struct blkif_response) == PICK(RESPONSE), "response");
_Static_assert(PICK(ENTRY) <= (size_t)REQUEST_ENTRY_MAX &&
	       PICK(RESPONSE) <= (size_t)REQUEST_RESPONSE_MAX, "room");

AT(blkif_request, operation, REQUEST_AT_OPERATION);
AT(blkif_request, nr_segments, REQUEST_AT_NR_SEGMENTS);
AT(blkif_request, id, PICK(ID));
AT(blkif_request, sector_number, PICK(SECTOR));
AT(blkif_request, seg, PICK(BODY));

AT(blkif_request_discard, operation, REQUEST_AT_OPERATION);
AT(blkif_request_discard, id, PICK(ID));
AT(blkif_request_discard, sector_number, PICK(SECTOR));
AT(blkif_request_discard, nr_sectors, PICK(BODY));

AT(blkif_request_indirect, operation, REQUEST_AT_OPERATION);
AT(blkif_request_indirect, indirect_op, REQUEST_AT_INDIRECT_OP);
AT(blkif_request_indirect, nr_segments, REQUEST_AT_INDIRECT_NR);
AT(blkif_request_indirect, id, PICK(ID));
AT(blkif_request_indirect, sector_number, PICK(SECTOR));
AT(blkif_request_indirect, indirect_grefs, PICK(BODY) + REQUEST_BODY_REFS);

AT(blkif_response, id, 0);
AT(blkif_response, operation, RESPONSE_AT_OPERATION);
AT(blkif_response, status, RESPONSE_AT_STATUS);

_Static_assert(sizeof(struct blkif_request_segment) ==
	       sizeof(struct request_segment), "segment");
AT(blkif_request_segment, gref, offsetof(struct request_segment, ref));
AT(blkif_request_segment, first_sect,
   offsetof(struct request_segment, first));
AT(blkif_request_segment, last_sect, offsetof(struct request_segment, last));
