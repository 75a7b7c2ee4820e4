/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels by two levels of bits: states of a port within one domain,
 * sending, masks, unmasking, upcalls, virtual interrupts, IPIs, reset, and how
 * many ports there are. See `fifo` for the other layout, `ports` for two
 * domains.
 */
#include "ops.h"

#define PORTS	(BITS_PER_LONG * BITS_PER_LONG)

static struct vcpu_info *vi;
static volatile unsigned int upcalls;

static bool take_upcall(struct frame *f)
{
	if (f->vector != ENTRY_EVENT)
		return false;
	CHECK_EQ(vi->evtchn_upcall_mask, 1);
	CHECK_EQ(f->saved_mask, 0);
	vi->evtchn_upcall_pending = 0;
	upcalls++;
	return true;
}

static void calm(void)
{
	vi->evtchn_upcall_mask = 1;
	vi->evtchn_upcall_pending = 0;
	vi->evtchn_pending_sel = 0;
}

static void check_bad_calls(void)
{
	static const u32 bad[] = { 0, 900, PORTS - 1, PORTS, 200000, ~0U };
	struct evtchn_status s = { .dom = NO_DOMAIN, .port = 1 };
	unsigned int i;

	subject("bad calls");
	CHECK_EQ(evtchn(99, 0), -XEN_ENOSYS);
	for (i = 0; i <= EVTCHNOP_set_priority; i++)
		CHECK_EQ(evtchn(i, (void *)BAD_POINTER), -XEN_EFAULT);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK_EQ(port_send(bad[i]), -XEN_EINVAL);
		CHECK_EQ(port_close(bad[i]), -XEN_EINVAL);
		CHECK_EQ(port_bind(DOMID_SELF, bad[i]), -XEN_EINVAL);
		CHECK(port_bind_vcpu(bad[i], 0) < 0);
	}
	CHECK_EQ(port_status(0), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(PORTS), -XEN_EINVAL);
	CHECK_EQ(evtchn(EVTCHNOP_status, &s), -XEN_ESRCH);
	CHECK_EQ(port_alloc(NO_DOMAIN, DOMID_SELF), -XEN_ESRCH);
	CHECK_EQ(port_bind(NO_DOMAIN, 1), -XEN_ESRCH);
	CHECK_EQ(port_bind_ipi(99), -XEN_ENOENT);
}

static void check_pair(void)
{
	int a, b;

	subject("a pair");
	a = port_alloc(DOMID_SELF, DOMID_SELF);
	CHECK(a > 0);
	CHECK_EQ(port_status(a), EVTCHNSTAT_unbound);
	CHECK_EQ(port_send(a), 0);		/* nobody there: no effect */
	CHECK(!port_pending(a));
	b = port_bind(DOMID_SELF, a);
	CHECK(b > 0 && a != b);
	CHECK_EQ(port_status(a), EVTCHNSTAT_interdomain);
	CHECK_EQ(port_status(b), EVTCHNSTAT_interdomain);
	CHECK(port_pending(b));			/* so that no event is lost */
	CHECK_EQ(port_bind(DOMID_SELF, a), -XEN_EINVAL);
	port_clear(b);
	port_clear(a);
	CHECK_EQ(port_send(b), 0);
	CHECK(port_pending(a));
	CHECK(!port_pending(b));
	CHECK_EQ(port_send(a), 0);
	CHECK(port_pending(b));
	port_clear(a);
	port_clear(b);
	CHECK_EQ(port_bind_vcpu(a, 0), 0);
	CHECK_EQ(port_bind_vcpu(a, 99), -XEN_ENOENT);
	/* One end goes: the other is free for a new one. */
	CHECK_EQ(port_close(b), 0);
	CHECK_EQ(port_status(b), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(a), EVTCHNSTAT_unbound);
	CHECK_EQ(port_send(b), -XEN_EINVAL);
	CHECK_EQ(port_send(a), 0);
	CHECK(!port_pending(a));
	b = port_bind(DOMID_SELF, a);
	CHECK(b > 0);
	/* Now the one that was allocated. */
	CHECK_EQ(port_close(a), 0);
	CHECK_EQ(port_close(a), -XEN_EINVAL);
	CHECK_EQ(port_status(a), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(b), EVTCHNSTAT_unbound);
	CHECK_EQ(port_close(b), 0);
	port_clear(a);
	port_clear(b);
}

static void check_delivery(void)
{
	int p = port_bind_ipi(0);

	subject("delivery");
	CHECK_EQ(port_status(p), EVTCHNSTAT_ipi);
	calm();
	port_set_mask(p, true);
	CHECK_EQ(port_send(p), 0);
	CHECK(port_pending(p));
	CHECK_EQ(vi->evtchn_upcall_pending, 0);
	CHECK_EQ(port_unmask(p), 0);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	CHECK_EQ(vi->evtchn_pending_sel, 1UL << PORT_WORD(p));
	on_entry = take_upcall;
	upcalls = 0;
	vi->evtchn_upcall_mask = 0;
	HC2(xen_version, 0, 0);			/* asks for delivery */
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(vi->evtchn_upcall_mask, 0);	/* iret restored it */
	port_clear(p);
	vi->evtchn_pending_sel = 0;
	CHECK_EQ(port_send(p), 0);		/* at once, on the way out */
	CHECK_EQ(upcalls, 2);
	CHECK_EQ(port_send(p), 0);		/* still pending: coalesced */
	CHECK_EQ(upcalls, 2);
	/* Pending, and the word's bit is set already: no upcall either. */
	port_clear(p);
	CHECK_EQ(port_send(p), 0);
	CHECK_EQ(upcalls, 2);
	CHECK_EQ(port_bind_vcpu(p, 0), -XEN_EINVAL);
	calm();
	/* Unmasked when nothing is pending: nothing happens. */
	port_clear(p);
	port_set_mask(p, true);
	CHECK_EQ(port_unmask(p), 0);
	CHECK_EQ(vi->evtchn_upcall_pending, 0);
	CHECK(!(shared_info->evtchn_mask[PORT_WORD(p)] & PORT_BIT(p)));
	CHECK_EQ(port_close(p), 0);
	on_entry = 0;
}

static void check_virq(void)
{
	int p;

	subject("virtual interrupts");
	CHECK_EQ(port_bind_virq(999, 0), -XEN_EINVAL);
	CHECK_EQ(port_bind_virq(VIRQ_TIMER, 99), -XEN_ENOENT);
	p = port_bind_virq(VIRQ_DEBUG, 0);
	CHECK_EQ(port_status(p), EVTCHNSTAT_virq);
	CHECK_EQ(port_bind_virq(VIRQ_DEBUG, 0), -XEN_EEXIST);
	CHECK_EQ(port_send(p), -XEN_EINVAL);
	CHECK_EQ(port_bind_vcpu(p, 0), -XEN_EINVAL);
	CHECK_EQ(port_close(p), 0);
	p = port_bind_virq(VIRQ_DEBUG, 0);
	CHECK(p > 0);
	CHECK_EQ(port_close(p), 0);
	if (!is_dom0())
		return;
	/* One for the whole machine can be moved. */
	p = port_bind_virq(VIRQ_DOM_EXC, 0);
	CHECK_EQ(port_status(p), EVTCHNSTAT_virq);
	CHECK_EQ(port_bind_vcpu(p, 0), 0);
	CHECK_EQ(port_bind_virq(VIRQ_DOM_EXC, 0), -XEN_EEXIST);
	CHECK_EQ(port_close(p), 0);
}

static void check_poll(void)
{
	int p = port_bind_ipi(0);
	evtchn_port_t ports[1] = { p };
	struct sched_poll poll = { .nr_ports = 1 };

	subject("poll");
	set_xen_guest_handle(poll.ports, ports);
	calm();
	port_set_mask(p, true);
	CHECK_EQ(port_send(p), 0);
	CHECK_EQ(poll_port(p, 0), 0);		/* pending, though masked */
	port_clear(p);
	CHECK_EQ(poll_port(p, 1), 0);		/* long ago */
	CHECK_EQ(poll_port(PORTS, 1), -XEN_EINVAL);
	poll.nr_ports = 129;
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, &poll), -XEN_EINVAL);
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, BAD_POINTER), -XEN_EFAULT);
	CHECK_EQ(port_close(p), 0);
	port_set_mask(p, false);
}

static void check_exhaustion(void)
{
	static u32 got[PORTS];
	u32 n = 0, i, wrong = 0;
	int p;

	subject("exhaustion");
	while ((p = port_alloc(DOMID_SELF, DOMID_SELF)) > 0 && n < PORTS)
		got[n++] = p;
	CHECK_EQ(p, -XEN_ENOSPC);
	CHECK_EQ(port_bind_ipi(0), -XEN_ENOSPC);
	CHECK_EQ(port_bind_virq(VIRQ_DEBUG, 0), -XEN_ENOSPC);
	CHECK_EQ(port_bind(DOMID_SELF, got[0]), -XEN_ENOSPC);
	CHECK_EQ(port_status(got[0]), EVTCHNSTAT_unbound);
	CHECK(n > 900 && n < PORTS);
	for (i = 0; i < n; i++)
		wrong += port_close(got[i]) != 0;
	CHECK_EQ(wrong, 0);
	p = port_alloc(DOMID_SELF, DOMID_SELF);
	CHECK_EQ(p, got[0]);			/* the lowest free one */
	CHECK_EQ(port_close(p), 0);
}

/* All ports at once. */
static void check_reset(void)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	struct evtchn_reset other = { .dom = NO_DOMAIN };
	int a, b, i, v;

	subject("reset");
	a = port_alloc(DOMID_SELF, DOMID_SELF);
	b = port_bind(DOMID_SELF, a);
	i = port_bind_ipi(0);
	v = port_bind_virq(VIRQ_TIMER, 0);
	CHECK(a > 0 && b > 0 && i > 0 && v > 0);
	CHECK_EQ(evtchn(EVTCHNOP_reset, &other), -XEN_ESRCH);
	CHECK_EQ(port_status(b), EVTCHNSTAT_interdomain);
	CHECK_EQ(evtchn(EVTCHNOP_reset, &r), 0);
	CHECK_EQ(port_status(a), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(b), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(i), EVTCHNSTAT_closed);
	CHECK_EQ(port_status(v), EVTCHNSTAT_closed);
	v = port_bind_virq(VIRQ_TIMER, 0);
	CHECK(v > 0);
	CHECK_EQ(port_close(v), 0);
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	calm();
	check_bad_calls();
	check_pair();
	check_delivery();
	check_virq();
	check_poll();
	check_exhaustion();
	if (is_dom0())		/* a guest would lose its console */
		check_reset();
	else
		skip("reset: the console's port is needed");
}
