/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a domain down, in this order: the builder (if it is still at work),
 * the guest's vCPUs, its backends, its console, the domain itself, its store
 * nodes.  Done when the hypervisor has its last page back.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "hospesd/worker.h"
#include "lib/log.h"

#define LINGER_FIRST_MS 5
#define LINGER_MAX_MS 200
#define LINGER_POLLS 60		/* some 10 s */

/* The destruction of one domain, in a thread: it takes a second for 10 GiB. */
struct teardown {
	struct job job;
	struct domain *d;
	uint32_t domid;
	int rc;
};

static void destroy_in_hypervisor(struct domain *d);

static void torn_down(struct domain *d)
{
	d->stage = TEARDOWN_NONE;
	d->domid = DOMAIN_NO_ID;
	d->reserved = false;
	devices_clear(d);
	persist_mark(d, false);
	domain_event(d, LC_EV_TORN_DOWN, 0);
}

/*
 * Whose is the domid now?  A page that somebody maps keeps a destroyed one as a
 * dying one.
 */
enum owner { NOBODY, OURS, ANOTHER };

static enum owner owner_of(const struct domain *d)
{
	struct xen_domctl_getdomaininfo info;

	if (control_domain_info(d->m->control, d->domid, &info))
		return NOBODY;
	return memcmp(info.handle, d->config->uuid, sizeof(info.handle)) ?
		ANOTHER : OURS;
}

/* A builder, or we in an earlier life, may have left another one. */
static void destroy_others(struct domain *d)
{
	if (reserve_find(d->m, d->config->uuid, &d->domid))
		destroy_in_hypervisor(d);
	else
		torn_down(d);
}

static void wait_for_pages(evutil_socket_t fd, short what, void *arg)
{
	struct domain *d = arg;
	struct timeval wait = { 0 };
	unsigned int ms;

	(void)fd;
	(void)what;
	if (owner_of(d) != OURS) {
		destroy_others(d);
		return;
	}
	if (++d->lingered > LINGER_POLLS) {
		log_warn("%s: domain %u is dead but some of its pages are "
			 "still mapped in dom0", d->config->name, d->domid);
		torn_down(d);
		return;
	}
	ms = LINGER_FIRST_MS * d->lingered;
	wait.tv_usec = (ms < LINGER_MAX_MS ? ms : LINGER_MAX_MS) * 1000;
	event_add(d->timer, &wait);
}

static void destroyed(struct domain *d, int rc)
{
	if (rc && rc != -ESRCH)
		log_warn("%s: cannot destroy domain %u: %s", d->config->name,
			 d->domid, strerror(-rc));
	/* xenstored may have noticed by itself already. */
	store_release(d->m->store, d->domid);
	layout_remove(d->m, d->domid, d->uuid);
	d->lingered = 0;
	event_del(d->timer);
	event_assign(d->timer, d->m->base, -1, 0, wait_for_pages, d);
	wait_for_pages(-1, 0, d);
}

/* In the thread, which has a handle of its own. */
static void run_destroy(struct job *job)
{
	struct teardown *t = (struct teardown *)job;
	struct control *c = control_open();

	t->rc = c ? control_domain_destroy(c, t->domid) : -ENOMEM;
	control_close(c);
}

static void destroy_done(struct job *job)
{
	struct teardown *t = (struct teardown *)job;
	struct domain *d = t->d;
	int rc = t->rc;

	free(t);
	destroyed(d, rc);
}

static bool start_thread(struct domain *d)
{
	struct teardown *t = calloc(1, sizeof(*t));

	if (!t)
		return false;
	t->job.run = run_destroy;
	t->job.done = destroy_done;
	t->d = d;
	t->domid = d->domid;
	if (!worker_once(d->m->base, &t->job))
		return true;
	free(t);
	return false;
}

static void destroy_in_hypervisor(struct domain *d)
{
	enum owner owner = owner_of(d);

	d->stage = TEARDOWN_HYPERVISOR;
	if (d->console)
		console_disconnect(d->console);
	if (owner == ANOTHER)	/* and so are its nodes */
		destroy_others(d);
	else if (owner == NOBODY)
		destroyed(d, 0);
	else if (!start_thread(d))
		destroyed(d, control_domain_destroy(d->m->control, d->domid));
}

static void stop_guest(struct domain *d)
{
	if (d->domid == DOMAIN_NO_ID) {
		destroy_others(d);
		return;
	}
	d->stage = TEARDOWN_DEVICES;
	if (owner_of(d) == OURS)
		control_domain_pause(d->m->control, d->domid);
	devices_stop(d);
}

void teardown_begin(struct domain *d)
{
	event_del(d->timer);
	if (!proc_alive(&d->builder)) {
		stop_guest(d);
		return;
	}
	d->stage = TEARDOWN_BUILDER;
	proc_signal(&d->builder, SIGKILL);
}

void teardown_builder_gone(struct domain *d)
{
	destroy_others(d);
}

void teardown_devices_gone(struct domain *d)
{
	if (d->lc.state == LC_DYING && d->stage == TEARDOWN_DEVICES)
		destroy_in_hypervisor(d);
	else if (d->twin_due)
		corpse_put_aside(d);
}

unsigned int teardown_by_uuid(struct hospesd *m, const uint8_t uuid[16])
{
	unsigned int found = 0;
	char text[DOMAIN_UUID_TEXT];
	uint32_t domid;

	domain_uuid_format(uuid, text);
	while (reserve_find(m, uuid, &domid)) {
		if (control_domain_destroy(m->control, domid))
			break;
		store_release(m->store, domid);
		layout_remove(m, domid, text);
		found++;
	}
	return found;
}
