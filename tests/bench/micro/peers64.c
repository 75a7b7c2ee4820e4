/* SPDX-License-Identifier: BSD-2-Clause */
/* See peers.h; the second domain's code is in peercode64.S. */
#include "peer.h"
#include "peers.h"

extern const char peer_yields[], peer_yields_end[];
extern const char peer_answers[], peer_answers_end[];
extern const char peer_shared_pte[], peer_port[];

static struct peer peer;
static char code[PAGE_SIZE];
static evtchn_port_t port;	/* ours */

static char *code_word(const char *symbol)
{
	return code + (symbol - peer_answers);
}

/*
 * Its end is made for it: it has no memory to spare for that.  Ours may have an
 * event at once, which no handler waits for.
 */
static u32 connect(void)
{
	struct vcpu_info *v = &shared_info->vcpu_info[0];
	struct evtchn_alloc_unbound a = { .dom = peer.id,
					  .remote_dom = DOMID_SELF };
	struct evtchn_bind_interdomain b = { .remote_dom = peer.id };

	v->evtchn_upcall_mask = 1;
	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_alloc_unbound, &a), 0);
	b.remote_port = a.port;
	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_bind_interdomain, &b), 0);
	port = b.local_port;
	shared_info->evtchn_mask[port / BITS_PER_LONG] |=
		1UL << port % BITS_PER_LONG;
	barrier();
	v->evtchn_pending_sel = 0;
	v->evtchn_upcall_pending = 0;
	barrier();
	v->evtchn_upcall_mask = 0;
	return a.port;
}

void peer_open_ping_pong(void)
{
	if (!peer_create(&peer))
		return;
	memcpy(code, peer_answers, peer_answers_end - peer_answers);
	*(u64 *)code_word(peer_shared_pte) =
		*l1_entry(addr_of(peer.shared)) | 4;
	*(u32 *)code_word(peer_port) = connect();
	CHECK_EQ(peer_start(&peer, code, peer_answers_end - peer_answers), 0);
}

void peer_open_switch(void)
{
	if (!peer_create(&peer))
		return;
	CHECK_EQ(peer_start(&peer, peer_yields,
			    peer_yields_end - peer_yields), 0);
}

void peer_close(void)
{
	struct evtchn_close c = { .port = port };

	CHECK_EQ(peer_destroy(&peer), 0);
	if (port)
		HC2(event_channel_op, EVTCHNOP_close, &c);
	port = 0;
}

static void wait_for_port(void)
{
	struct sched_poll p = { .nr_ports = 1 };
	unsigned long *word = &shared_info->evtchn_pending[port /
							   BITS_PER_LONG];
	unsigned long bit = 1UL << port % BITS_PER_LONG;

	set_xen_guest_handle(p.ports, &port);
	while (!(__atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST) & bit))
		HC2(sched_op, SCHEDOP_poll, &p);
}

unsigned int peer_ping_pong(void)
{
	struct evtchn_send s = { .port = port };

	HC2(event_channel_op, EVTCHNOP_send, &s);
	wait_for_port();
	return 1;
}

unsigned int peer_switch(void)
{
	HC2(sched_op, SCHEDOP_yield, 0);
	return 1;
}
