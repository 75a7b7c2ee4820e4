/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set of domains, and what the life cycle's operations mean for a real
 * one.  See domain.h and lifecycle.h.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/api.h"
#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/log.h"

static struct domain *of(struct lifecycle *lc)
{
	return (struct domain *)((char *)lc - offsetof(struct domain, lc));
}

static void op_build(struct lifecycle *lc)
{
	create_begin(of(lc));
}

static void op_wait(struct lifecycle *lc, unsigned int delay_ms)
{
	struct domain *d = of(lc);

	if (!lc->failures)
		snprintf(d->error, sizeof(d->error), "it restarts too often: "
			 "%u times at once, then every %u s", LIFECYCLE_BURST,
			 LIFECYCLE_PERIOD_MS / 1000);
	log_warn("%s: next start in %u ms: %s", d->config->name, delay_ms,
		 d->error);
	create_wait(d, delay_ms);
}

static void op_teardown(struct lifecycle *lc)
{
	teardown_begin(of(lc));
}

static bool op_pause(struct lifecycle *lc)
{
	struct domain *d = of(lc);
	int rc = control_domain_pause(d->m->control, d->domid);

	if (rc)
		log_warn("%s: cannot pause: %s", d->config->name,
			 strerror(-rc));
	return !rc;
}

static bool op_unpause(struct lifecycle *lc)
{
	struct domain *d = of(lc);
	int rc = control_domain_unpause(d->m->control, d->domid);

	if (rc)
		log_warn("%s: cannot unpause: %s", d->config->name,
			 strerror(-rc));
	return !rc;
}

static bool op_resume(struct lifecycle *lc)
{
	return resume_suspended(of(lc));
}

static bool op_put_aside(struct lifecycle *lc)
{
	struct domain *d = of(lc), *corpse = corpse_of(d);

	if (corpse) {
		log_warn("%s: it is not kept for study, as %s is there already",
			 d->config->name, corpse->config->name);
		return false;
	}
	/* The next incarnation needs the disks. */
	d->twin_due = true;
	devices_stop(d);
	return true;
}

static void free_later(evutil_socket_t fd, short what, void *arg)
{
	struct domain *d = arg;

	(void)fd;
	(void)what;
	domain_config_free(d->config);
	event_free(d->timer);
	free(d);
}

/* Nothing is left: callers up the stack may still hold the pointer. */
static void domain_gone(struct domain *d)
{
	static const struct timeval now;

	persist_mark(d, false);
	persist_remove(d->m, d->uuid);
	console_free(d->console);
	d->console = NULL;
	LIST_REMOVE(d, link);
	event_base_once(d->m->base, -1, EV_TIMEOUT, free_later, d, &now);
}

static void op_changed(struct lifecycle *lc)
{
	struct domain *d = of(lc);

	log_info("%s: %s%s%s", d->config->name,
		 lifecycle_state_name(lc->state),
		 lc->state == LC_SHUTDOWN ? ", reason " : "",
		 lc->state == LC_SHUTDOWN ? lifecycle_reason_name(lc->reason) :
		 "");
	if (lc->state == LC_GONE)
		domain_gone(d);
	else
		persist_save(d);
	api_domain_changed(d);
}

static const struct lifecycle_ops domain_ops = {
	.build = op_build,
	.wait = op_wait,
	.teardown = op_teardown,
	.pause = op_pause,
	.unpause = op_unpause,
	.resume = op_resume,
	.put_aside = op_put_aside,
	.changed = op_changed,
	.now_ms = hospesd_now_ms,
};

static enum lifecycle_policy policy_of(enum domain_action action)
{
	switch (action) {
	case DOMAIN_RESTART:
		return LC_RESTART;
	case DOMAIN_PRESERVE:
		return LC_PRESERVE;
	case DOMAIN_RENAME_RESTART:
		return LC_RENAME_RESTART;
	default:
		return LC_DESTROY;
	}
}

struct domain *domain_new(struct hospesd *m, struct domain_config *config)
{
	struct domain *d = calloc(1, sizeof(*d));

	if (!d) {
		domain_config_free(config);
		return NULL;
	}
	d->m = m;
	d->config = config;
	d->domid = DOMAIN_NO_ID;
	d->builder_fd = -1;
	d->timer = event_new(m->base, -1, 0, NULL, NULL);
	if (!d->timer) {
		domain_config_free(config);
		free(d);
		return NULL;
	}
	domain_uuid_format(config->uuid, d->uuid);
	lifecycle_init(&d->lc, &domain_ops);
	d->lc.on_poweroff = policy_of(config->on_poweroff);
	d->lc.on_reboot = policy_of(config->on_reboot);
	d->lc.on_crash = policy_of(config->on_crash);
	LIST_INSERT_HEAD(&m->domains, d, link);
	return d;
}

int domain_start(struct domain *d)
{
	int rc = persist_save(d);

	if (rc)
		return rc;
	d->console = console_new(d->m, d->config->name);
	if (!d->console) {
		persist_remove(d->m, d->uuid);
		return -ENOMEM;
	}
	create_begin(d);
	return 0;
}

void domain_free(struct domain *d)
{
	LIST_REMOVE(d, link);
	free_later(-1, 0, d);
}

struct domain *domain_find_id(struct hospesd *m, uint32_t domid)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		if (d->domid == domid)
			return d;
	return NULL;
}

struct domain *domain_find_uuid(struct hospesd *m, const char *uuid)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		if (!strcasecmp(d->uuid, uuid))
			return d;
	return NULL;
}

struct domain *domain_find(struct hospesd *m, const char *which)
{
	struct domain *d;
	unsigned long id;
	char *end;

	LIST_FOREACH(d, &m->domains, link)
		if (!strcmp(d->config->name, which))
			return d;
	d = domain_find_uuid(m, which);
	if (d)
		return d;
	id = strtoul(which, &end, 10);
	if (!*which || *end || id >= DOMAIN_NO_ID)
		return NULL;
	return domain_find_id(m, (uint32_t)id);
}

void domain_event(struct domain *d, enum lifecycle_event ev, int reason)
{
	if (lifecycle_handle(&d->lc, ev, reason))
		log_debug("%s: event %d has no meaning while %s",
			  d->config->name, ev,
			  lifecycle_state_name(d->lc.state));
}

void domain_set_error(struct domain *d, const char *fmt, ...)
{
	size_t len = strlen(d->config->name);
	char text[sizeof(d->error)];
	va_list ap;
	bool named;

	if (d->error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* What the builder says does not begin with the name. */
	named = !strncmp(text, d->config->name, len) && text[len] == ':';
	snprintf(d->error, sizeof(d->error), "%s%s%.880s",
		 named ? "" : d->config->name, named ? "" : ": ", text);
	log_warn("%s", d->error);
}

void domain_step(struct domain *d, const char *what)
{
	uint64_t now = hospesd_now_ms();

	api_domain_step(d, what, (unsigned int)(now - d->step_ms));
	d->step_ms = now;
}

static void poll_one(struct domain *d,
		     const struct xen_domctl_getdomaininfo *info)
{
	if (!info || (info->flags & XEN_DOMINF_dying) ||
	    memcmp(info->handle, d->config->uuid, sizeof(info->handle)))
		domain_event(d, LC_EV_VANISHED, 0);
	else if ((info->flags & XEN_DOMINF_shutdown) &&
		 d->lc.state != LC_SHUTDOWN)
		domain_event(d, LC_EV_STOPPED,
			     (int)control_shutdown_reason(info));
	else if (d->devices.count)
		devices_tidy(d);
}

void domain_poll(struct hospesd *m)
{
	struct xen_domctl_getdomaininfo info;
	struct domain *d, *next;

	for (d = LIST_FIRST(&m->domains); d; d = next) {
		int rc;

		next = LIST_NEXT(d, link);
		if (d->domid == DOMAIN_NO_ID || d->reserved ||
		    d->lc.state == LC_BUILDING || d->lc.state == LC_DYING)
			continue;
		rc = control_domain_info(m->control, d->domid, &info);
		if (!rc || rc == -ESRCH)
			poll_one(d, rc ? NULL : &info);
	}
}
