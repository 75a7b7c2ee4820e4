/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that fills its xenstore and console rings with garbage: contents,
 * then indices that no honest producer could have, and knocks.
 */
#include "guest.h"
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>

static u64 seed = 0x2545f4914f6cdd1d;

static u64 next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void knock(u32 port)
{
	struct evtchn_send s = { port };

	HC2(event_channel_op, EVTCHNOP_send, &s);
	HC2(sched_op, SCHEDOP_yield, 0);
}

static void *ring(u64 mfn)
{
	return (void *)(((const u64 *)0xffff800000000000UL)[mfn] << 12);
}

/* What was said is read before the ring is spoiled, or it could be lost. */
static void wait_until_read(const struct xencons_interface *con)
{
	const volatile XENCONS_RING_IDX *cons = &con->out_cons;

	while (*cons != con->out_prod)
		HC2(sched_op, SCHEDOP_yield, 0);
}

void test_main(void)
{
	struct xenstore_domain_interface *xs = ring(start_info->store_mfn);
	struct xencons_interface *con =
		ring(start_info->console.domU.mfn);
	unsigned int round, i;

	print("garbage: begin\n");
	wait_until_read(con);
	for (round = 0; round < 300; round++) {
		for (i = 0; i < sizeof(xs->req) / 8; i++)
			((u64 *)xs->req)[i] = next_random();
		/* Sometimes a header that promises too much. */
		if (round & 1)
			((struct xsd_sockmsg *)xs->req)->len = ~0U;
		xs->req_prod = round < 200 ? xs->req_cons + 512
					   : (u32)next_random();
		if (round > 200)
			xs->rsp_cons = next_random();
		knock(start_info->store_evtchn);
	}
	for (round = 0; round < 300; round++) {
		for (i = 0; i < sizeof(con->out); i++)
			con->out[i] = next_random();
		con->out_prod = next_random();
		con->in_cons = next_random();
		knock(start_info->console.domU.evtchn);
	}
	guest_shutdown(SHUTDOWN_poweroff);
}
