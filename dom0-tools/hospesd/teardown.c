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
#include "lib/log.h"

#define LINGER_FIRST_MS 5
#define LINGER_MAX_MS 200
#define LINGER_POLLS 60		/* some 10 s */

static void torn_down(struct domain *d)
{
	d->stage = TEARDOWN_NONE;
	d->domid = DOMAIN_NO_ID;
	devices_clear(d);
	persist_mark(d, false);
	domain_event(d, LC_EV_TORN_DOWN, 0);
}

/*
 * Is it still this domain that has the domid?  A page that somebody maps keeps
 * a destroyed one as a dying one.
 */
static bool lingers(const struct domain *d)
{
	struct xen_domctl_getdomaininfo info;

	return !control_domain_info(d->m->control, d->domid, &info) &&
	       !memcmp(info.handle, d->config->uuid, sizeof(info.handle));
}

static void wait_for_pages(evutil_socket_t fd, short what, void *arg)
{
	struct domain *d = arg;
	struct timeval wait = { 0 };
	unsigned int ms;

	(void)fd;
	(void)what;
	if (!lingers(d)) {
		torn_down(d);
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

static void destroy_in_hypervisor(struct domain *d)
{
	int rc;

	d->stage = TEARDOWN_HYPERVISOR;
	if (d->console)
		console_disconnect(d->console);
	rc = lingers(d) ? control_domain_destroy(d->m->control, d->domid) : 0;
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

static void stop_guest(struct domain *d)
{
	if (d->domid == DOMAIN_NO_ID) {
		torn_down(d);
		return;
	}
	d->stage = TEARDOWN_DEVICES;
	if (lingers(d))
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
	teardown_by_uuid(d->m, d->config->uuid);
	d->domid = DOMAIN_NO_ID;
	torn_down(d);
}

/* The twin takes over name, uuid and console; the old one stays for study. */
static void make_twin(struct domain *d)
{
	struct domain_config *config = persist_copy_config(d->config);
	char name[sizeof(config->name)], old_uuid[DOMAIN_UUID_TEXT];
	struct domain *twin = config ? domain_new(d->m, config) : NULL;

	d->twin_due = false;
	if (!twin) {
		log_warn("%s: no memory for its restart", d->config->name);
		return;
	}
	snprintf(name, sizeof(name), "%.110s-%u", d->config->name, d->domid);
	memcpy(d->config->name, name, sizeof(name));
	memcpy(old_uuid, d->uuid, sizeof(old_uuid));
	domain_uuid_random(d->config->uuid);
	domain_uuid_format(d->config->uuid, d->uuid);
	control_domain_set_uuid(d->m->control, d->domid, d->config->uuid);
	layout_rename(d, old_uuid);
	if (d->console)
		console_disconnect(d->console);
	twin->console = d->console;
	twin->lc.quick = d->lc.quick;
	twin->lc.reason = d->lc.reason;
	d->console = NULL;
	persist_save(d);
	persist_save(twin);
	create_begin(twin, 0);
}

void teardown_devices_gone(struct domain *d)
{
	if (d->lc.state == LC_DYING && d->stage == TEARDOWN_DEVICES)
		destroy_in_hypervisor(d);
	else if (d->twin_due)
		make_twin(d);
}

unsigned int teardown_by_uuid(struct hospesd *m, const uint8_t uuid[16])
{
	static struct xen_domctl_getdomaininfo infos[256];
	unsigned int found = 0;
	uint32_t first = 1;
	char text[DOMAIN_UUID_TEXT];
	int n;

	domain_uuid_format(uuid, text);
	do {
		n = control_domain_list(m->control, first, infos, 256);
		for (int i = 0; i < n; i++) {
			first = infos[i].domain + 1u;
			if (memcmp(infos[i].handle, uuid, 16) ||
			    (infos[i].flags & XEN_DOMINF_dying))
				continue;
			control_domain_destroy(m->control, infos[i].domain);
			store_release(m->store, infos[i].domain);
			layout_remove(m, infos[i].domain, text);
			found++;
		}
	} while (n == 256);
	return found;
}
