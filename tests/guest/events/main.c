/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels through all their states, 2-level and FIFO: allocation,
 * binding, sending, masks, unmasking, closing of either end, virtual
 * interrupts, IPIs, upcalls and what a poll sees.
 */
#include "guest.h"

static struct vcpu_info *vi;
static volatile unsigned int upcalls;

static long op(int cmd, void *arg)
{
	return HC2(event_channel_op, cmd, arg);
}

static bool pending(u32 p)
{
	return shared_info->evtchn_pending[p / 64] >> (p % 64) & 1;
}

static void clear_pending(u32 p)
{
	__atomic_fetch_and(&shared_info->evtchn_pending[p / 64],
			   ~(1UL << (p % 64)), __ATOMIC_SEQ_CST);
}

static void set_mask(u32 p, bool on)
{
	if (on)
		shared_info->evtchn_mask[p / 64] |= 1UL << (p % 64);
	else
		shared_info->evtchn_mask[p / 64] &= ~(1UL << (p % 64));
}

static int status_of(u32 port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port };
	long rc = op(EVTCHNOP_status, &s);

	return rc ? rc : (int)s.status;
}

static long send(u32 port)
{
	struct evtchn_send s = { port };

	return op(EVTCHNOP_send, &s);
}

static long close_port(u32 port)
{
	struct evtchn_close c = { port };

	return op(EVTCHNOP_close, &c);
}

static u32 alloc_self(void)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF,
					  .remote_dom = DOMID_SELF };

	CHECK_EQ(op(EVTCHNOP_alloc_unbound, &a), 0);
	CHECK(a.port != 0);
	return a.port;
}

static u32 bind_to(u32 remote)
{
	struct evtchn_bind_interdomain b = { .remote_dom = DOMID_SELF,
					     .remote_port = remote };

	CHECK_EQ(op(EVTCHNOP_bind_interdomain, &b), 0);
	return b.local_port;
}

static bool take_upcall(struct frame *f)
{
	if (f->vector != ENTRY_EVENT)
		return false;
	CHECK_EQ(vi->evtchn_upcall_mask, 1);
	CHECK_EQ(f->saved_mask, 0);	/* it was not masked before */
	vi->evtchn_upcall_pending = 0;
	upcalls++;
	return true;
}

static void check_bad_calls(void)
{
	struct evtchn_bind_interdomain b = { .remote_dom = DOMID_SELF,
					     .remote_port = 77 };
	struct evtchn_alloc_unbound a = { .dom = 0x1234,
					  .remote_dom = DOMID_SELF };
	struct evtchn_bind_virq v = { .virq = 999 };

	subject("bad calls");
	CHECK_EQ(op(99, 0), -38);
	CHECK_EQ(op(EVTCHNOP_send, (void *)0xffff820000000000), -14);
	CHECK_EQ(send(0), -22);
	CHECK_EQ(send(4096), -22);
	CHECK_EQ(send(~0U), -22);
	CHECK_EQ(close_port(0), -22);
	CHECK_EQ(close_port(200000), -22);
	CHECK_EQ(op(EVTCHNOP_bind_interdomain, &b), -22);
	CHECK_EQ(op(EVTCHNOP_alloc_unbound, &a), -3);
	CHECK_EQ(op(EVTCHNOP_bind_virq, &v), -22);
	CHECK_EQ(status_of(0), 0);
}

static void check_pair(void)
{
	u32 a, b;

	subject("interdomain pair");
	a = alloc_self();
	CHECK_EQ(status_of(a), EVTCHNSTAT_unbound);
	CHECK_EQ(send(a), 0);			/* nobody there: no effect */
	CHECK(!pending(a));
	b = bind_to(a);
	CHECK(a != b);
	CHECK_EQ(status_of(a), EVTCHNSTAT_interdomain);
	CHECK_EQ(status_of(b), EVTCHNSTAT_interdomain);
	CHECK(pending(b));			/* so that no event is lost */
	clear_pending(b);
	clear_pending(a);
	CHECK_EQ(send(b), 0);
	CHECK(pending(a));
	CHECK(!pending(b));
	CHECK_EQ(send(a), 0);
	CHECK(pending(b));
	CHECK_EQ(close_port(b), 0);
	CHECK_EQ(status_of(b), EVTCHNSTAT_closed);
	CHECK_EQ(status_of(a), EVTCHNSTAT_unbound);
	CHECK_EQ(send(b), -22);
	CHECK_EQ(close_port(a), 0);
	CHECK_EQ(close_port(a), -22);
	clear_pending(a);
	clear_pending(b);
}

static u32 bind_ipi(void)
{
	struct evtchn_bind_ipi i = { .vcpu = 0 };

	CHECK_EQ(op(EVTCHNOP_bind_ipi, &i), 0);
	CHECK_EQ(status_of(i.port), EVTCHNSTAT_ipi);
	return i.port;
}

static void check_delivery(void)
{
	u32 p = bind_ipi();
	struct evtchn_unmask u = { p };
	struct evtchn_bind_vcpu bv = { .port = p, .vcpu = 0 };

	subject("2-level delivery");
	vi->evtchn_upcall_mask = 1;
	vi->evtchn_upcall_pending = 0;
	vi->evtchn_pending_sel = 0;
	set_mask(p, true);
	CHECK_EQ(send(p), 0);
	CHECK(pending(p));
	CHECK_EQ(vi->evtchn_upcall_pending, 0);
	CHECK_EQ(op(EVTCHNOP_unmask, &u), 0);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	CHECK_EQ(vi->evtchn_pending_sel, 1UL << (p / 64));
	on_entry = take_upcall;
	upcalls = 0;
	vi->evtchn_upcall_mask = 0;
	HC2(xen_version, 0, 0);			/* asks for delivery */
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(vi->evtchn_upcall_mask, 0);	/* iret restored it */
	clear_pending(p);
	vi->evtchn_pending_sel = 0;
	CHECK_EQ(send(p), 0);			/* at once, on the way out */
	CHECK_EQ(upcalls, 2);
	CHECK_EQ(send(p), 0);			/* still pending: coalesced */
	CHECK_EQ(upcalls, 2);
	CHECK_EQ(op(EVTCHNOP_bind_vcpu, &bv), -22);
	vi->evtchn_upcall_mask = 1;
	clear_pending(p);
	CHECK_EQ(close_port(p), 0);
	on_entry = 0;
}

static void check_virq(void)
{
	struct evtchn_bind_virq v = { .virq = VIRQ_DEBUG, .vcpu = 0 };
	struct evtchn_bind_virq t = { .virq = VIRQ_TIMER, .vcpu = 99 };

	subject("virtual interrupts");
	CHECK_EQ(op(EVTCHNOP_bind_virq, &v), 0);
	CHECK_EQ(status_of(v.port), EVTCHNSTAT_virq);
	CHECK_EQ(op(EVTCHNOP_bind_virq, &v), -17);
	CHECK_EQ(op(EVTCHNOP_bind_virq, &t), -2);
	CHECK_EQ(send(v.port), -22);
	CHECK_EQ(close_port(v.port), 0);
	CHECK_EQ(op(EVTCHNOP_bind_virq, &v), 0);
	CHECK_EQ(close_port(v.port), 0);
}

static void check_exhaustion(void)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF,
					  .remote_dom = DOMID_SELF };
	u32 first, n = 0;
	long rc;

	subject("exhaustion");
	first = alloc_self();
	while (!(rc = op(EVTCHNOP_alloc_unbound, &a)) && n < 5000)
		n++;
	CHECK_EQ(rc, -28);
	CHECK(n > 1000 && n < 4096);
	for (; n; n--)
		CHECK_EQ(close_port(first + n), 0);
	CHECK_EQ(close_port(first), 0);
}

/* ---- FIFO -------------------------------------------------------------------- */

static struct evtchn_fifo_control_block *control;
static volatile event_word_t *words;

static void check_fifo(void)
{
	struct evtchn_init_control c = { .vcpu = 0 };
	struct evtchn_expand_array e;
	struct evtchn_set_priority prio;
	struct evtchn_unmask u;
	u32 a, b;

	subject("FIFO");
	control = alloc_page();
	words = alloc_page();
	e.array_gfn = mfn_of((void *)words);
	CHECK_EQ(op(EVTCHNOP_expand_array, &e), -95);
	a = bind_ipi();
	b = bind_ipi();
	c.control_gfn = mfn_of(control);
	c.offset = 4;
	CHECK_EQ(op(EVTCHNOP_init_control, &c), -22);
	c.offset = 4096 - 64;
	CHECK_EQ(op(EVTCHNOP_init_control, &c), -22);
	c.offset = 0;
	CHECK_EQ(op(EVTCHNOP_init_control, &c), 0);
	CHECK_EQ(c.link_bits, 17);
	CHECK_EQ(op(EVTCHNOP_init_control, &c), -22);
	CHECK_EQ(op(EVTCHNOP_expand_array, &e), 0);
	vi->evtchn_upcall_pending = 0;
	words[a] = words[b] = 0;
	CHECK_EQ(send(a), 0);
	CHECK_EQ(words[a] >> 29, 5);		/* pending, linked */
	CHECK_EQ(control->head[7], a);
	CHECK_EQ(control->ready, 1U << 7);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	CHECK_EQ(send(b), 0);
	CHECK_EQ(words[a] & 0x1ffff, b);	/* linked behind the first */
	CHECK_EQ(send(b), 0);
	CHECK_EQ(words[b] & 0x1ffff, 0);
	/* Consume both, then a higher priority. */
	words[a] = words[b] = 0;
	control->head[7] = 0;
	control->ready = 0;
	prio.port = b;
	prio.priority = 3;
	CHECK_EQ(op(EVTCHNOP_set_priority, &prio), 0);
	prio.priority = 16;
	CHECK_EQ(op(EVTCHNOP_set_priority, &prio), -22);
	CHECK_EQ(send(b), 0);
	CHECK_EQ(control->head[3], b);
	CHECK(control->ready >> 3 & 1);
	words[b] = 0;
	control->ready = 0;
	/* Masked: pending, not linked, until it is unmasked. */
	words[a] = 1U << EVTCHN_FIFO_MASKED;
	CHECK_EQ(send(a), 0);
	CHECK_EQ(words[a] >> 29, 6);
	u.port = a;
	CHECK_EQ(op(EVTCHNOP_unmask, &u), 0);
	CHECK_EQ(words[a] >> 29, 5);
	CHECK_EQ(control->head[7], a);
	words[a] = 0;
	CHECK_EQ(close_port(a), 0);
	CHECK_EQ(close_port(b), 0);
}

static void check_poll(void)
{
	u32 p = bind_ipi();
	evtchn_port_t ports[1] = { p };
	struct sched_poll poll = { .nr_ports = 1, .timeout = 0 };

	subject("poll");
	set_xen_guest_handle(poll.ports, ports);
	set_mask(p, true);
	CHECK_EQ(send(p), 0);
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, &poll), 0);
	clear_pending(p);
	poll.timeout = 1;			/* long ago */
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, &poll), 0);
	ports[0] = 5000;
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, &poll), -22);
	poll.nr_ports = 129;
	CHECK_EQ(HC2(sched_op, SCHEDOP_poll, &poll), -22);
	CHECK_EQ(close_port(p), 0);
	clear_pending(p);
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	check_bad_calls();
	check_pair();
	check_delivery();
	check_virq();
	check_poll();
	check_exhaustion();
	check_fifo();
}
