/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that are answered when their domain has come to some state. */
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "hospesd/api.h"
#include "hospesd/api_client.h"
#include "hospesd/domain.h"
#include "lib/json.h"
#include "lib/store.h"

void api_domain_step(struct domain *d, const char *what, unsigned int ms)
{
	struct client *c;

	LIST_FOREACH(c, &api_clients, link) {
		struct json_writer *w;

		if (c->waits != d || c->kind != WAIT_CREATE)
			continue;
		w = answer_begin("event", "step");
		json_put_string(w, "text", what);
		json_put_int(w, "ms", ms);
		answer_end(c, w);
	}
}

static void wait_done(struct client *c)
{
	c->waits = NULL;
	event_del(c->timer);
	/* There may be another request in the buffer. */
	bufferevent_trigger(c->bev, EV_READ, 0);
}

static void check_create(struct client *c, struct domain *d)
{
	struct json_writer *w;

	if (d->lc.state == LC_RUNNING || d->lc.state == LC_PAUSED) {
		w = answer_begin_ok();
		json_put_string(w, "name", d->config->name);
		json_put_string(w, "uuid", d->uuid);
		json_put_int(w, "domid", d->domid);
		answer_end(c, w);
		wait_done(c);
	} else if (d->lc.state == LC_GONE) {
		answer_error(c, "%s", d->error[0] ? d->error :
			     "it was destroyed while it was built");
		wait_done(c);
	}
}

/* Ended and staying ended, or already in its next life. */
static bool is_off(const struct client *c, const struct domain *d)
{
	return d->lc.state == LC_GONE || d->lc.state == LC_BUILDING ||
	       d->lc.state == LC_WAITING || d->domid != c->domid ||
	       (d->lc.state == LC_SHUTDOWN && !d->twin_due &&
		lifecycle_stays(&d->lc));
}

static bool is_met(const struct client *c, const struct domain *d)
{
	switch (c->kind) {
	case WAIT_GONE:
		return d->lc.state == LC_GONE;
	case WAIT_SHUTDOWN:
		return d->lc.state >= LC_SHUTDOWN || d->domid != c->domid;
	case WAIT_RUNNING:
		return d->lc.state == LC_RUNNING;
	case WAIT_OFF:
		return is_off(c, d);
	case WAIT_SUSPENDED:
		return d->lc.state == LC_SHUTDOWN &&
		       d->lc.reason == LC_SUSPEND;
	case WAIT_REBOOT:
		return d->lc.state == LC_RUNNING && d->domid != c->domid;
	default:
		return false;
	}
}

void wait_check(struct client *c)
{
	struct domain *d = c->waits;

	if (c->kind == WAIT_CREATE) {
		check_create(c, d);
	} else if (is_met(c, d)) {
		answer_ok(c);
		wait_done(c);
	} else if (d->lc.state == LC_GONE) {
		/* The reason begins with the name already. */
		if (d->error[0])
			answer_error(c, "%s", d->error);
		else
			answer_error(c, "%s is gone", d->config->name);
		wait_done(c);
	}
}

void api_domain_changed(struct domain *d)
{
	struct client *c;

	LIST_FOREACH(c, &api_clients, link)
		if (c->waits == d)
			wait_check(c);
}

void wait_timeout(int fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	/* It must not do so later, when nobody expects it any more. */
	if (c->kind == WAIT_SUSPENDED)
		store_write(c->m->store, "", CONTROL_SHUTDOWN,
			    c->waits->domid);
	answer_error(c, "timed out: %s is %s", c->waits->config->name,
		     lifecycle_state_name(c->waits->lc.state));
	wait_done(c);
}

void wait_for(struct client *c, struct domain *d, enum wait_kind kind,
	      int64_t timeout_ms)
{
	struct timeval limit = { .tv_sec = timeout_ms / 1000,
				 .tv_usec = timeout_ms % 1000 * 1000 };

	c->waits = d;
	c->kind = kind;
	c->domid = d->domid;
	if (timeout_ms)
		event_add(c->timer, &limit);
}
