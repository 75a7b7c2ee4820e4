/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains that were introduced: their rings and their deaths. */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "domain_ring.h"
#include "journal.h"
#include "lib/log.h"
#include "state.h"
#include "watch.h"

/* Events handled before other work gets its turn. */
#define DOMAIN_EVENTS	128

static struct list domain_list = { &domain_list, &domain_list };
static struct domain *domain_table[DOMID_LIMIT];
static int domain_life_port = -1;
/* By local port. */
static struct domain **domain_ports;
static int domain_port_count;

struct domain *domain_find(uint16_t domid)
{
	return domid < DOMID_LIMIT ? domain_table[domid] : NULL;
}

void domain_each(void (*fn)(struct domain *d, void *arg), void *arg)
{
	struct list *i, *tmp;

	list_each(i, tmp, &domain_list)
		fn(list_item(i, struct domain, link), arg);
}

struct domain *domain_restore(uint16_t domid, uint64_t gfn, uint32_t port,
			      uint32_t in_pos)
{
	struct domain *d = mem_zalloc(sizeof(*d));

	d->domid = domid;
	d->gfn = gfn;
	d->port = port;
	d->local_port = -1;
	d->ring.in_pos = in_pos;
	conn_init(&d->conn, &domain_transport, d, domid);
	d->conn.lasting = true;
	list_add_tail(&domain_list, &d->link);
	domain_table[domid] = d;
	return d;
}

static void domain_unbind(struct domain *d)
{
	if (d->local_port < 0)
		return;
	domain_ports[d->local_port] = NULL;
	xen_unbind(d->local_port);
	d->local_port = -1;
}

static int domain_bind(struct domain *d)
{
	int port;

	domain_unbind(d);
	port = xen_bind(d->domid, d->port);
	if (port < 0)
		return EINVAL;
	while (port >= domain_port_count) {
		domain_ports = mem_realloc(domain_ports,
				(port + 1) * sizeof(*domain_ports));
		domain_ports[domain_port_count++] = NULL;
	}
	domain_ports[port] = d;
	d->local_port = port;
	return 0;
}

/* Lets go of everything outside the store. */
static void domain_detach(struct domain *d)
{
	domain_unbind(d);
	d->ring.page = NULL;
	xen_unmap_ring(&d->map);
}

static void domain_free(struct domain *d)
{
	domain_detach(d);
	conn_free(&d->conn);
	list_remove(&d->link);
	domain_table[d->domid] = NULL;
	free(d);
}

void domain_forget(struct domain *d)
{
	uint16_t domid = d->domid;

	domain_free(d);
	store_forget_domain(domid);
	domain_each(domain_untarget, &domid);
}

static int domain_connect(struct domain *d)
{
	if (!xen_map_ring(&d->map, d->domid, d->gfn))
		return EINVAL;
	if (domain_bind(d))
		return EINVAL;
	if (!ring_attach(&d->ring, d->map.page))
		domain_break(d, XENSTORE_ERROR_RINGIDX);
	return 0;
}

/*
 * The toolstack says it again when the event channel is a new one, or the ring
 * of a restored domain could not be mapped.
 */
static int domain_introduce_again(struct domain *d, uint64_t gfn,
				  uint32_t port)
{
	if (d->gfn != gfn)
		return EINVAL;
	d->port = port;
	state_log_introduce(d);
	if (d->ring.page)
		return domain_bind(d);
	if (!xen_map_ring(&d->map, d->domid, d->gfn) || domain_bind(d)) {
		domain_detach(d);
		return EINVAL;
	}
	domain_take_up(d);
	domain_serve(d);
	return 0;
}

int domain_introduce(uint16_t domid, uint64_t gfn, uint32_t port)
{
	struct domain *d = domain_find(domid);
	int err;

	if (d)
		return domain_introduce_again(d, gfn, port);
	d = domain_restore(domid, gfn, port, 0);
	err = domain_connect(d);
	if (err) {
		log_warn("domain %u: cannot connect to its store ring", domid);
		domain_free(d);
		return err;
	}
	state_log_introduce(d);
	conn_mark_ready(&d->conn);
	watch_fire_special("@introduceDomain");
	return 0;
}

int domain_release(uint16_t domid)
{
	struct domain *d = domain_find(domid);

	if (!d)
		return ENOENT;
	state_log_release(domid);
	domain_forget(d);
	watch_fire_special("@releaseDomain");
	return 0;
}

int domain_set_target(uint16_t domid, uint16_t target)
{
	struct domain *d = domain_find(domid);

	if (!d || !domain_find(target))
		return ENOENT;
	d->conn.who.target = target;
	state_log_target(d);
	return 0;
}

int domain_resume(uint16_t domid)
{
	struct domain *d = domain_find(domid);

	if (!d)
		return ENOENT;
	d->shutdown = false;
	state_log_shutdown(d);
	return 0;
}

static void domain_check(struct domain *d, void *arg)
{
	enum xen_domain_state s;
	bool *changed = arg;

	if (!d->domid)
		return;
	s = xen_domain_state(d->domid);
	if (s == XEN_DOMAIN_SHUTDOWN && !d->shutdown) {
		d->shutdown = true;
		state_log_shutdown(d);
		*changed = true;
	}
	if (s == XEN_DOMAIN_DYING || s == XEN_DOMAIN_GONE) {
		state_log_release(d->domid);
		domain_forget(d);
		*changed = true;
	}
}

void domain_check_all(void)
{
	bool changed = false;

	state_begin();
	domain_each(domain_check, &changed);
	if (changed)
		watch_fire_special("@releaseDomain");
	state_end();
	transaction_settle();
}

void domain_events(void)
{
	int port;

	/* Somebody who never stops sending must not keep us here. */
	for (int i = 0; i < DOMAIN_EVENTS; i++) {
		port = xen_next_event();
		if (port < 0)
			return;
		if (port == domain_life_port)
			domain_check_all();
		else if (port < domain_port_count && domain_ports[port])
			domain_serve(domain_ports[port]);
	}
}

static void domain_go_one(struct domain *d, void *arg)
{
	(void)arg;
	if (!d->ring.page)
		return;
	domain_serve(d);
	/* Whatever it waits for, it looks again. */
	xen_notify(d->local_port);
}

void domain_go(void)
{
	domain_check_all();
	domain_each(domain_go_one, NULL);
}

static void domain_start_one(struct domain *d, void *arg)
{
	(void)arg;
	if (!d->domid)
		return;
	if (!xen_map_ring(&d->map, d->domid, d->gfn) || domain_bind(d)) {
		log_warn("domain %u: its store ring is gone", d->domid);
		domain_detach(d);
		return;
	}
	domain_take_up(d);
}

static int domain_start_kernel(void)
{
	struct domain *d = domain_find(0);
	struct xen_map map;
	uint32_t port;
	bool known = d;

	if (!xen_map_kernel_ring(&map, &port)) {
		log_errno("cannot reach the kernel's store ring");
		return -ENODEV;
	}
	if (!d)
		d = domain_restore(0, 0, port, 0);
	d->map = map;
	d->port = port;
	if (domain_bind(d)) {
		log_errno("cannot bind the kernel's event channel %u", port);
		return -ENODEV;
	}
	if (known)
		domain_take_up(d);
	else if (!ring_attach(&d->ring, map.page))
		domain_break(d, XENSTORE_ERROR_RINGIDX);
	return 0;
}

int domain_start(void)
{
	int rc = xen_open();

	if (rc)
		return rc;
	domain_life_port = xen_bind_domain_events();
	if (domain_life_port < 0)
		log_errno("no notice of domains that die");
	rc = domain_start_kernel();
	if (rc)
		return rc;
	domain_each(domain_start_one, NULL);
	return 0;
}
