/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A limit on messages that come as fast as a guest or a broken disk wants: a
 * burst, then one a second. What is left out is counted. Pure.
 */
#ifndef COMMON_TROUBLE_H
#define COMMON_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

enum { TROUBLE_BURST = 10, TROUBLE_PERIOD_MS = 1000 };

struct trouble {
	uint64_t next_ms;	/* when one more may be said */
	uint32_t said;		/* of the burst */
	uint32_t left_out;
};

/*
 * May one more be said now? Then *left_out is how many were not, since the last
 * that was.
 */
bool trouble_may_say(struct trouble *t, uint64_t now_ms, uint32_t *left_out);

#endif
