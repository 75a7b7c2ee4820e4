/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels between two domains: who may bind what, events in both
 * directions, either end closing, the end of the other domain, also in the middle
 * of a reset of it.
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

/* ---- the end in the middle of a reset ----------------------------------------------- */

#define PEER_PORTS	1023
#define TRIES		400

static int half_ours;

/*
 * The reset of many ports is interrupted by our timer.  In that moment we open a
 * port that it has behind it, and end the domain: nothing of it may be left.
 */
static bool in_the_middle(struct frame *f)
{
	struct vcpu_info *vi = &shared_info->vcpu_info[0];
	int its;

	if (f->vector != ENTRY_EVENT)
		return false;
	vi->evtchn_upcall_pending = 0;
	vi->evtchn_pending_sel = 0;
	if (half_ours || status_in(peer.id, 1) != EVTCHNSTAT_closed ||
	    status_in(peer.id, PEER_PORTS) != EVTCHNSTAT_unbound)
		return true;
	its = port_alloc(peer.id, DOMID_SELF);
	CHECK_EQ(its, 1);
	half_ours = port_bind(peer.id, its);
	CHECK(half_ours > 0);
	CHECK_EQ(peer_destroy(&peer), 0);
	CHECK_EQ(port_status(half_ours), EVTCHNSTAT_unbound);
	CHECK_EQ(port_send(half_ours), 0);
	return true;
}

static void reset_once(int timer, unsigned int delay)
{
	struct vcpu_info *vi = &shared_info->vcpu_info[0];
	struct evtchn_reset r = { .dom = peer.id };
	unsigned int i, wrong = 0;
	int rc;

	for (i = 1; i <= PEER_PORTS; i++)
		wrong += port_alloc(peer.id, DOMID_SELF) != (int)i;
	CHECK_EQ(wrong, 0);
	port_clear(timer);
	vi->evtchn_pending_sel = 0;
	vi->evtchn_upcall_pending = 0;
	vi->evtchn_upcall_mask = 0;
	CHECK_EQ(set_timer(time_now() + delay), 0);
	rc = evtchn(EVTCHNOP_reset, &r);
	vi->evtchn_upcall_mask = 1;
	CHECK(rc == 0 || (half_ours && rc == -XEN_ESRCH));
}

static void check_death_in_reset(void)
{
	int timer = port_bind_virq(VIRQ_TIMER, 0);
	unsigned int i;

	subject("the end in the middle of a reset");
	CHECK(timer > 0);
	if (!peer_create(&peer))
		return;
	port_set_mask(timer, false);
	on_entry = in_the_middle;
	for (i = 0; i < TRIES && !half_ours; i++)
		reset_once(timer, i % 16 * (MSEC / 25));
	on_entry = 0;
	if (!half_ours) {
		skip("no reset was interrupted");
		CHECK_EQ(peer_destroy(&peer), 0);
	} else {
		CHECK(peer_flags(&peer) < 0);
		CHECK_EQ(port_close(half_ours), 0);
	}
	CHECK_EQ(port_close(timer), 0);
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
	check_death_in_reset();
}
