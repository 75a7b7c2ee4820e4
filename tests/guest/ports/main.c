/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels between two domains: who may bind what, events in both
 * directions, either end closing, the end of the other domain.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include <xen/domctl.h>

static struct peer peer;

static bool peer_pending(unsigned int port)
{
	return ((volatile unsigned long *)
		peer.shared->evtchn_pending)[PORT_WORD(port)] & PORT_BIT(port);
}

static int status_in(unsigned int dom, u32 port)
{
	struct evtchn_status s = { .dom = dom, .port = port };
	int rc = evtchn(EVTCHNOP_status, &s);

	return rc ? rc : (int)s.status;
}

static void check_alloc(void)
{
	int p;

	subject("allocation for others");
	CHECK_EQ(port_alloc(peer.id, NO_DOMAIN) >= 0, 1);
	p = port_alloc(peer.id, DOMID_SELF);
	CHECK(p > 0);
	CHECK_EQ(status_in(peer.id, p), EVTCHNSTAT_unbound);
	/* Ours, for it: we cannot be the other end ourselves. */
	p = port_alloc(DOMID_SELF, peer.id);
	CHECK(p > 0);
	CHECK_EQ(port_bind(DOMID_SELF, p), -XEN_EINVAL);
	CHECK_EQ(port_status(p), EVTCHNSTAT_unbound);
	CHECK_EQ(port_close(p), 0);
	CHECK_EQ(port_bind(peer.id, 500), -XEN_EINVAL);
	CHECK_EQ(port_bind(peer.id, 5000), -XEN_EINVAL);
}

/* The peer's end is looked at only: it does not run. */
static void check_pair(void)
{
	int its = port_alloc(peer.id, DOMID_SELF), ours, second;

	subject("a pair in two domains");
	CHECK(its > 0);
	ours = port_bind(peer.id, its);
	CHECK(ours > 0);
	CHECK_EQ(port_status(ours), EVTCHNSTAT_interdomain);
	CHECK_EQ(status_in(peer.id, its), EVTCHNSTAT_interdomain);
	CHECK(port_pending(ours));
	port_clear(ours);
	CHECK_EQ(port_bind(peer.id, its), -XEN_EINVAL);
	CHECK(!peer_pending(its));
	CHECK_EQ(port_send(ours), 0);
	CHECK(peer_pending(its));
	CHECK(!port_pending(ours));
	/* Our end goes; its end waits for us again. */
	CHECK_EQ(port_close(ours), 0);
	CHECK_EQ(status_in(peer.id, its), EVTCHNSTAT_unbound);
	second = port_bind(peer.id, its);
	CHECK(second > 0);
	CHECK_EQ(status_in(peer.id, its), EVTCHNSTAT_interdomain);
	CHECK_EQ(port_close(second), 0);
	port_clear(ours);
	port_clear(second);
}

/* Reset of the other domain: our end is free for another, as it is ours. */
static void check_reset(void)
{
	int its = port_alloc(peer.id, DOMID_SELF);
	int ours = port_bind(peer.id, its);
	struct evtchn_reset r = { .dom = peer.id };

	subject("reset of the other domain");
	CHECK(ours > 0);
	CHECK_EQ(evtchn(EVTCHNOP_reset, &r), 0);
	CHECK_EQ(status_in(peer.id, its), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(ours), EVTCHNSTAT_unbound);
	CHECK_EQ(port_send(ours), 0);
	CHECK_EQ(port_close(ours), 0);
	port_clear(ours);
}

static void check_death(void)
{
	int its = port_alloc(peer.id, DOMID_SELF);
	int ours = port_bind(peer.id, its), waiting;

	subject("the other domain's end");
	CHECK(ours > 0);
	waiting = port_alloc(DOMID_SELF, peer.id);
	CHECK(waiting > 0);
	CHECK_EQ(peer_destroy(&peer), 0);
	CHECK_EQ(port_status(ours), EVTCHNSTAT_unbound);
	CHECK_EQ(port_status(waiting), EVTCHNSTAT_unbound);
	CHECK_EQ(port_send(ours), 0);
	CHECK(port_bind(peer.id, its) < 0);
	CHECK_EQ(port_close(ours), 0);
	CHECK_EQ(port_close(waiting), 0);
	CHECK_EQ(port_close(ours), -XEN_EINVAL);
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	if (!peer_create(&peer))
		return;
	check_alloc();
	check_pair();
	check_reset();
	check_death();
}
