/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on event channels and grants. */
#include "fuzz.h"

/* ---- event channels ---------------------------------------------------------------- */

static void port_done(struct fuzzer *f, struct call *c, long rc)
{
	if (rc)
		return;
	switch (c->a[0]) {
	case EVTCHNOP_alloc_unbound:
		keep_port(f, ((struct evtchn_alloc_unbound *)c->arg)->port);
		break;
	case EVTCHNOP_bind_interdomain:
		keep_port(f, ((struct evtchn_bind_interdomain *)
			      c->arg)->local_port);
		break;
	case EVTCHNOP_bind_virq:
		keep_port(f, ((struct evtchn_bind_virq *)c->arg)->port);
		break;
	case EVTCHNOP_bind_ipi:
		keep_port(f, ((struct evtchn_bind_ipi *)c->arg)->port);
		break;
	}
}

static void fill_new(struct fuzzer *f, struct call *c, unsigned int op)
{
	struct evtchn_alloc_unbound *a = c->arg;
	struct evtchn_bind_interdomain *b = c->arg;
	struct evtchn_bind_virq *v = c->arg;
	struct evtchn_bind_ipi *i = c->arg;

	switch (op) {
	case EVTCHNOP_alloc_unbound:
		a->dom = one_in(f, 8) ? any_domid(f) : DOMID_SELF;
		a->remote_dom = any_domid(f);
		break;
	case EVTCHNOP_bind_interdomain:
		b->remote_dom = any_domid(f);
		b->remote_port = any_port(f);
		break;
	case EVTCHNOP_bind_virq:
		v->virq = below(f, 26);
		v->vcpu = below(f, 4);
		break;
	default:
		i->vcpu = below(f, 4);
	}
}

static void port_new(struct fuzzer *f, struct call *c)
{
	static const u8 ops[] = {
		EVTCHNOP_alloc_unbound, EVTCHNOP_alloc_unbound,
		EVTCHNOP_bind_interdomain, EVTCHNOP_bind_interdomain,
		EVTCHNOP_bind_virq, EVTCHNOP_bind_ipi,
	};
	unsigned int op = ops[below(f, sizeof(ops))];

	fill_new(f, c, op);
	c->nr = __HYPERVISOR_event_channel_op;
	c->a[0] = op;
	c->a[1] = addr_of(c->arg);
	c->done = port_done;
}

/* All of these begin with the port, but for status and the set-up of queues. */
static void port_use(struct fuzzer *f, struct call *c)
{
	static const u8 ops[] = {
		EVTCHNOP_send, EVTCHNOP_send, EVTCHNOP_send, EVTCHNOP_close,
		EVTCHNOP_close, EVTCHNOP_unmask, EVTCHNOP_bind_vcpu,
		EVTCHNOP_set_priority, EVTCHNOP_status, EVTCHNOP_bind_pirq,
	};
	unsigned int op = ops[below(f, sizeof(ops))];
	u32 *words = c->arg;

	words[0] = any_port(f);
	words[1] = below(f, 18);
	if (op == EVTCHNOP_status) {
		words[1] = words[0];
		*(u16 *)words = any_domid(f);
	}
	c->nr = __HYPERVISOR_event_channel_op;
	c->a[0] = op;
	c->a[1] = addr_of(words);
}

static void port_layout(struct fuzzer *f, struct call *c)
{
	struct evtchn_init_control *i = c->arg;
	struct evtchn_expand_array *e = c->arg;
	struct evtchn_reset *r = c->arg;

	c->nr = __HYPERVISOR_event_channel_op;
	c->a[1] = addr_of(c->arg);
	switch (below(f, 3)) {
	case 0:
		c->a[0] = EVTCHNOP_init_control;
		i->control_gfn = any_mfn(f);
		i->offset = below(f, 520) * 8;
		i->vcpu = below(f, 4);
		break;
	case 1:
		c->a[0] = EVTCHNOP_expand_array;
		e->array_gfn = any_mfn(f);
		break;
	default:
		c->a[0] = one_in(f, 6) ? EVTCHNOP_reset : EVTCHNOP_send;
		r->dom = any_domid(f);
	}
}

/* ---- grants -------------------------------------------------------------------------- */

static void map_done(struct fuzzer *f, struct call *c, long rc)
{
	struct gnttab_map_grant_ref *m = c->arg;
	unsigned int i;

	for (i = 0; !rc && i < c->a[2] && i < 8; i++)
		if (m[i].status == GNTST_okay)
			mappings[below(f, MAPPINGS)] = (struct mapping){
				m[i].host_addr, m[i].dev_bus_addr,
				m[i].handle };
}

static void map_grants(struct fuzzer *f, struct call *c)
{
	struct gnttab_map_grant_ref *m = c->arg;
	unsigned int n = 1 + below(f, 4), i;

	for (i = 0; i < n; i++) {
		m[i].ref = any_ref(f);
		m[i].dom = any_domid(f);
		m[i].flags = 1 + below(f, 7);
		m[i].host_addr = any_window(f);
		if (one_in(f, 4)) {
			m[i].flags |= GNTMAP_contains_pte;
			m[i].host_addr = any_entry_maddr(f);
		}
		if (one_in(f, 8))
			m[i].flags = any_number(f);
	}
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = GNTTABOP_map_grant_ref;
	c->a[1] = addr_of(m);
	c->a[2] = n;
	c->done = map_done;
}

static void unmap_grants(struct fuzzer *f, struct call *c)
{
	struct gnttab_unmap_grant_ref *u = c->arg;
	unsigned int n = 1 + below(f, 4), i;

	for (i = 0; i < n; i++) {
		const struct mapping *m = &mappings[below(f, MAPPINGS)];

		u[i].host_addr = one_in(f, 8) ? any_window(f) : m->host_addr;
		u[i].dev_bus_addr = one_in(f, 4) ? m->bus_addr : 0;
		u[i].handle = one_in(f, 16) ? (u32)any_number(f) : m->handle;
	}
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = GNTTABOP_unmap_grant_ref;
	c->a[1] = addr_of(u);
	c->a[2] = n;
}

static void replace_grant(struct fuzzer *f, struct call *c)
{
	struct gnttab_unmap_and_replace *r = c->arg;
	const struct mapping *m = &mappings[below(f, MAPPINGS)];

	r->host_addr = m->host_addr;
	r->new_addr = any_page(f);
	r->handle = m->handle;
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = GNTTABOP_unmap_and_replace;
	c->a[1] = addr_of(r);
	c->a[2] = 1;
}

static void copy_side(struct fuzzer *f, struct gnttab_copy_ptr *p, bool gref)
{
	p->domid = any_domid(f);
	p->offset = below(f, 4096);
	if (gref)
		p->u.ref = any_ref(f);
	else
		p->u.gmfn = any_mfn(f);
}

static void copy_grants(struct fuzzer *f, struct call *c)
{
	struct gnttab_copy *g = c->arg;
	unsigned int n = 1 + below(f, 4), i;

	for (i = 0; i < n; i++) {
		g[i].flags = below(f, 4);
		copy_side(f, &g[i].source, g[i].flags & GNTCOPY_source_gref);
		copy_side(f, &g[i].dest, g[i].flags & GNTCOPY_dest_gref);
		g[i].len = one_in(f, 8) ? rnd(f) : below(f, 256);
	}
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = GNTTABOP_copy;
	c->a[1] = addr_of(g);
	c->a[2] = n;
}

static void transfer_page(struct fuzzer *f, struct call *c)
{
	struct gnttab_transfer *t = c->arg;

	t->mfn = any_mfn(f);
	t->domid = any_domid(f);
	t->ref = any_ref(f);
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = GNTTABOP_transfer;
	c->a[1] = addr_of(t);
	c->a[2] = 1;
}

static void grant_other(struct fuzzer *f, struct call *c)
{
	u32 *words = c->arg;

	words[0] = words[1] = any_ref(f);
	*(u16 *)words = one_in(f, 2) ? any_domid(f) : words[0];
	words[1] = one_in(f, 2) ? below(f, 6) : any_ref(f);
	c->nr = __HYPERVISOR_grant_table_op;
	c->a[0] = below(f, 14);
	c->a[1] = addr_of(words);
	c->a[2] = one_in(f, 8) ? any_number(f) & 0xff : 1;
}

/* No call: what the hypervisor reads next. */
static void write_entry(struct fuzzer *f, struct call *c)
{
	grant_entry_v1_t *e;

	c->nr = __HYPERVISOR_xen_version;
	if (!grants)
		return;
	e = &grants[8 + below(f, 64)];
	e->domid = one_in(f, 2) ? partner : any_domid(f);
	if (e->domid == DOMID_SELF)
		e->domid = own_id;
	e->frame = any_mfn(f);
	barrier();
	e->flags = one_in(f, 4) ? rnd(f) : GTF_permit_access |
		   (one_in(f, 3) ? GTF_readonly : 0);
}

const struct weighted calls_objects[] = {
	{ 15, port_new }, { 25, port_use }, { 3, port_layout },
	{ 20, write_entry }, { 20, map_grants }, { 20, unmap_grants },
	{ 3, replace_grant }, { 12, copy_grants }, { 3, transfer_page },
	{ 4, grant_other }, { 0, 0 },
};
