/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two-level delivery: a pending and a mask bit per port in the shared info
 * page, and per vCPU a selector of words that may have pending bits.
 */
#include "core/evtchn_internal.h"
#include "core/shared_info.h"
#include "lib/bitmap.h"

static void select_word(struct domain *d, const struct evtchn *c)
{
	struct vcpu *v = evtchn_target(d, c);

	if (!shared_select_port(v, c->port))
		evtchn_mark_pending(v);
}

bool evtchn_2l_raise(struct domain *d, struct evtchn *c, bool *newly)
{
	*newly = !bit_test_and_set_atomic(shared_pending_bits(d), c->port);
	/* The guest went over to FIFO before it could see the bit? */
	if (READ_ONCE(d->evtchn.fifo))
		return false;
	if (*newly && !bit_test(shared_mask_bits(d), c->port))
		select_word(d, c);
	return true;
}

void evtchn_2l_unmask(struct domain *d, struct evtchn *c)
{
	if (bit_test_and_clear_atomic(shared_mask_bits(d), c->port) &&
	    bit_test(shared_pending_bits(d), c->port))
		select_word(d, c);
}

bool evtchn_2l_pending(const struct domain *d, u32 port)
{
	return bit_test(shared_pending_bits(d), port);
}

bool evtchn_2l_masked(const struct domain *d, u32 port)
{
	return bit_test(shared_mask_bits(d), port);
}
