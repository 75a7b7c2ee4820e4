/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of records in the journal. Numbers stay: a newer daemon reads them. */
#ifndef XENSTORED_STATE_RECORDS_H
#define XENSTORED_STATE_RECORDS_H

#include <stdint.h>

enum record {
	RECORD_INCARNATION = 1,
	RECORD_QUOTA,
	RECORD_NODE,
	RECORD_REMOVE,
	RECORD_SPECIAL,
	RECORD_INTRODUCE,
	RECORD_RELEASE,
	RECORD_TARGET,
	RECORD_SHUTDOWN,
	RECORD_BROKEN,
	RECORD_RECONNECT,
	RECORD_CONSUMED,
	RECORD_PARTIAL,
	RECORD_OUT,
	RECORD_WATCH,
	RECORD_UNWATCH,
	RECORD_RESET_WATCHES,
	RECORD_NEXT_TX,
	RECORD_BOOT,
	/* A node by its depth and name, after its parent or a sibling's tree. */
	RECORD_TREE,
	RECORD_COUNT,
};

/* How many daemons have worked on this state before. */
uint32_t state_incarnation(void);

#endif
