/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels by queues: set-up and its refusals, events that were pending
 * before, links in the order of sending, priorities, masks, a port without its
 * page of words, closing a port that is still linked, reset back to two levels.
 */
#include "ops.h"

#define P	(1U << EVTCHN_FIFO_PENDING)
#define M	(1U << EVTCHN_FIFO_MASKED)
#define L	(1U << EVTCHN_FIFO_LINKED)
#define LINK(w)	((w) & ((1U << EVTCHN_FIFO_LINK_BITS) - 1))

static struct vcpu_info *vi;
static volatile struct evtchn_fifo_control_block *control;
static volatile event_word_t *words;
static int ports[4];

static int init_control(u64 mfn, u32 offset, u32 vcpu)
{
	struct evtchn_init_control c = { .control_gfn = mfn,
					 .offset = offset, .vcpu = vcpu };
	int rc = evtchn(EVTCHNOP_init_control, &c);

	return rc ? rc : c.link_bits;
}

static int expand(u64 mfn)
{
	struct evtchn_expand_array e = { .array_gfn = mfn };

	return evtchn(EVTCHNOP_expand_array, &e);
}

static int priority(u32 port, u32 prio)
{
	struct evtchn_set_priority s = { .port = port, .priority = prio };

	return evtchn(EVTCHNOP_set_priority, &s);
}

/* As a guest does when it has seen all there is. */
static void consume_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		words[ports[i]] = 0;
	for (i = 0; i < 16; i++)
		control->head[i] = 0;
	control->ready = 0;
	vi->evtchn_upcall_pending = 0;
}

static void check_set_up(void)
{
	unsigned int i;

	subject("set-up");
	control = alloc_page();
	words = alloc_page();
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		ports[i] = port_bind_ipi(0);
		CHECK(ports[i] > 0);
	}
	CHECK_EQ(expand(mfn_of((void *)words)), -XEN_EOPNOTSUPP);
	/* Not within its page, not aligned, no frame, no vCPU. */
	CHECK_EQ(init_control(mfn_of((void *)control), 4, 0), -XEN_EINVAL);
	CHECK_EQ(init_control(mfn_of((void *)control), PAGE_SIZE - 64, 0),
		 -XEN_EINVAL);
	CHECK_EQ(init_control(mfn_of((void *)control), ~7U, 0), -XEN_EINVAL);
	CHECK(init_control(0xffffff0, 0, 0) < 0);
	CHECK(init_control(mfn_of((void *)start_info->pt_base), 0, 0) < 0);
	CHECK_EQ(init_control(mfn_of((void *)control), 0, 99), -XEN_ENOENT);
	/* One event from before, masked at the old place. */
	port_set_mask(ports[3], true);
	CHECK_EQ(port_send(ports[3]), 0);
	CHECK(port_pending(ports[3]));
	CHECK_EQ(init_control(mfn_of((void *)control), 0, 0),
		 EVTCHN_FIFO_LINK_BITS);
	CHECK_EQ(init_control(mfn_of((void *)control), 0, 0), -XEN_EINVAL);
	/* No page of words yet: the event is kept until there is one. */
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(control->ready, 0);
	CHECK(expand(0xffffff0) < 0);
	CHECK(expand(mfn_of((void *)start_info->pt_base)) < 0);
	for (i = 0; i < 1024; i++)
		words[i] = M;
	CHECK_EQ(expand(mfn_of((void *)words)), 0);
	CHECK_EQ(words[ports[0]] & P, P);
	/* The page is in the hypervisor's use now: no table. */
	CHECK_EQ(make_ro((void *)addr_of(words)), 0);
	CHECK_EQ(pin(1, (void *)addr_of(words)), -XEN_EINVAL);
	CHECK_EQ(make_rw((void *)addr_of(words)), 0);
}

static void check_links(void)
{
	subject("queues");
	consume_all();
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(words[ports[0]], P | L);
	CHECK_EQ(control->head[7], ports[0]);
	CHECK_EQ(control->ready, 1U << 7);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	vi->evtchn_upcall_pending = 0;
	CHECK_EQ(port_send(ports[1]), 0);
	CHECK_EQ(words[ports[0]], P | L | ports[1]);
	CHECK_EQ(control->head[7], ports[0]);
	CHECK_EQ(vi->evtchn_upcall_pending, 0);	/* no new head */
	CHECK_EQ(port_send(ports[2]), 0);
	CHECK_EQ(words[ports[1]], P | L | ports[2]);
	CHECK_EQ(words[ports[2]], P | L);
	/* Pending and linked already: nothing changes. */
	CHECK_EQ(port_send(ports[1]), 0);
	CHECK_EQ(words[ports[1]], P | L | ports[2]);
	/* Handled but still linked: pending again in its place. */
	words[ports[1]] &= ~P;
	CHECK_EQ(port_send(ports[1]), 0);
	CHECK_EQ(words[ports[1]], P | L | ports[2]);
	consume_all();
	/* The last one of a queue comes again after it was taken out. */
	CHECK_EQ(port_send(ports[2]), 0);
	CHECK_EQ(control->head[7], ports[2]);
	CHECK_EQ(words[ports[2]], P | L);
	consume_all();
}

static void check_priorities(void)
{
	unsigned int prio;

	subject("priorities");
	CHECK_EQ(priority(ports[1], 16), -XEN_EINVAL);
	CHECK(priority(0, 3) < 0);
	CHECK_EQ(priority(1000, 3), -XEN_EINVAL);
	for (prio = 0; prio < 16; prio++) {
		CHECK_EQ(priority(ports[1], prio), 0);
		CHECK_EQ(port_send(ports[1]), 0);
		CHECK_EQ(control->head[prio], ports[1]);
		CHECK_EQ(control->ready, 1U << prio);
		consume_all();
	}
	/* Two queues at once. */
	CHECK_EQ(priority(ports[1], 3), 0);
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(port_send(ports[1]), 0);
	CHECK_EQ(control->ready, 1U << 7 | 1U << 3);
	CHECK_EQ(LINK(words[ports[0]]), 0);
	consume_all();
	/* Changed while it is linked: it stays where it is until taken. */
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(priority(ports[0], 2), 0);
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(control->ready, 1U << 7);
	consume_all();
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(control->ready, 1U << 2);
	CHECK_EQ(priority(ports[0], 7), 0);
	CHECK_EQ(priority(ports[1], 7), 0);
	consume_all();
}

static void check_masks(void)
{
	subject("masks");
	words[ports[0]] = M;
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(words[ports[0]], P | M);
	CHECK_EQ(control->ready, 0);
	CHECK_EQ(vi->evtchn_upcall_pending, 0);
	CHECK_EQ(port_unmask(ports[0]), 0);
	CHECK_EQ(words[ports[0]], P | L);
	CHECK_EQ(control->head[7], ports[0]);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	consume_all();
	words[ports[0]] = M;
	CHECK_EQ(port_unmask(ports[0]), 0);
	CHECK_EQ(words[ports[0]], 0);
	CHECK_EQ(control->ready, 0);
	/* Polls see what is pending and masked. */
	words[ports[0]] = M;
	CHECK_EQ(port_send(ports[0]), 0);
	CHECK_EQ(poll_port(ports[0], 0), 0);
	consume_all();
}

/* A guest that writes nonsense into its words hurts only itself. */
static void check_nonsense(void)
{
	unsigned int i;

	subject("nonsense in the words");
	for (i = 0; i < 3000; i++) {
		words[ports[i & 3]] = i * 2654435761U;
		control->head[i % 16] = i * 40503U;
		control->ready = i * 7919U;
		CHECK_EQ(port_send(ports[(i >> 2) & 3]), 0);
		CHECK_EQ(port_unmask(ports[(i >> 4) & 3]), 0);
	}
	consume_all();
}

/* More pages: ports above 1024 work, pages beyond the limit do not. */
static void check_many(void)
{
	unsigned int i, n = 0;
	int p, last = 0;

	subject("many ports");
	for (i = 0; i < 4; i++) {
		event_word_t *more = alloc_page();

		CHECK_EQ(expand(mfn_of(more)), 0);
	}
	while (n < 3000 && (p = port_alloc(DOMID_SELF, DOMID_SELF)) > 0) {
		last = p;
		n++;
	}
	/* Who builds guests may give them fewer than there could be. */
	CHECK(n == 3000 || (!is_dom0() && n > 900));
	for (p = last; n; n--, p--)
		CHECK_EQ(port_close(p), 0);
}

/* A closed port that is linked is not given out until it is taken. */
static void check_close_linked(void)
{
	int p = port_bind_ipi(0), q;

	subject("closed while linked");
	words[p] = 0;
	CHECK_EQ(port_send(p), 0);
	CHECK_EQ(words[p] & L, L);
	CHECK_EQ(port_close(p), 0);
	q = port_bind_ipi(0);
	CHECK(q > 0 && q != p);
	CHECK_EQ(port_close(q), 0);
	words[p] = 0;
	control->head[7] = 0;
	control->ready = 0;
	q = port_bind_ipi(0);
	CHECK_EQ(q, p);
	CHECK_EQ(port_close(q), 0);
}

static void check_reset(void)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	int p;

	subject("reset");
	CHECK_EQ(evtchn(EVTCHNOP_reset, &r), 0);
	memset(shared_info->evtchn_pending, 0,
	       sizeof(shared_info->evtchn_pending));
	memset(shared_info->evtchn_mask, 0,
	       sizeof(shared_info->evtchn_mask));
	p = port_bind_ipi(0);
	CHECK_EQ(expand(mfn_of((void *)words)), -XEN_EOPNOTSUPP);
	CHECK_EQ(port_send(p), 0);
	CHECK(port_pending(p));
	CHECK_EQ(init_control(mfn_of((void *)control), 0, 0),
		 EVTCHN_FIFO_LINK_BITS);
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	check_set_up();
	check_links();
	check_priorities();
	check_masks();
	check_close_linked();
	check_many();
	check_nonsense();
	if (is_dom0())		/* a guest would lose its console */
		check_reset();
	else
		skip("reset: the console's port is needed");
}
