/* SPDX-License-Identifier: BSD-2-Clause */
#include "trouble.h"

bool trouble_may_say(struct trouble *t, uint64_t now_ms, uint32_t *left_out)
{
	/* A quiet minute brings the burst back. */
	if (now_ms > t->next_ms + 60 * TROUBLE_PERIOD_MS)
		t->said = 0;
	if (t->said >= TROUBLE_BURST && now_ms < t->next_ms) {
		t->left_out++;
		return false;
	}
	t->said++;
	t->next_ms = now_ms + TROUBLE_PERIOD_MS;
	*left_out = t->left_out;
	t->left_out = 0;
	return true;
}
