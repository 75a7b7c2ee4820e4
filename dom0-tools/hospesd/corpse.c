/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rename-restart: what is left of a guest that ended stays under another name
 * and uuid, for study, while the guest starts again.  One a guest: the first is
 * the most telling one, and the host's memory has an end.
 *
 * Killed at any moment, another hospesd finds either the guest with its remains
 * (the corpse's record then names a domain that is not its), or the corpse and a
 * guest that has nothing left: the change of the domain's handle decides.
 */
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/log.h"

struct domain *corpse_of(const struct domain *d)
{
	struct domain *c;

	LIST_FOREACH(c, &d->m->domains, link)
		if (!strcmp(c->corpse_of, d->uuid))
			return c;
	return NULL;
}

static bool name_taken(struct hospesd *m, const char *name)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		if (!strcmp(d->config->name, name))
			return true;
	return false;
}

static void choose_name(const struct domain *d, char *name, size_t size)
{
	snprintf(name, size, "%.100s-%u", d->config->name, d->domid);
	for (unsigned int i = 2; name_taken(d->m, name); i++)
		snprintf(name, size, "%.100s-%u-%u", d->config->name, d->domid,
			 i);
}

static struct domain *make(struct domain *d)
{
	struct domain_config *config = persist_copy_config(d->config);
	struct domain *c;

	if (!config)
		return NULL;
	choose_name(d, config->name, sizeof(config->name));
	domain_uuid_random(config->uuid);
	c = domain_new(d->m, config);
	if (!c)
		return NULL;
	memcpy(c->corpse_of, d->uuid, sizeof(c->corpse_of));
	c->domid = d->domid;
	c->built = d->built;
	c->lc.state = LC_SHUTDOWN;
	c->lc.reason = d->lc.reason;
	return c;
}

/* False: nothing has changed. */
static bool rename_it(struct domain *d, struct domain *c)
{
	int rc = persist_save(c);

	if (!rc)
		rc = control_domain_set_uuid(d->m->control, d->domid,
					     c->config->uuid);
	if (!rc)
		return true;
	log_warn("%s: it cannot be kept as %s: %s", d->config->name,
		 c->config->name, strerror(-rc));
	persist_remove(c->m, c->uuid);
	return false;
}

void corpse_put_aside(struct domain *d)
{
	struct domain *c = make(d);

	d->twin_due = false;
	if (!c || !rename_it(d, c)) {
		if (c)
			domain_free(c);
		domain_event(d, LC_EV_ASIDE, -1);
		return;
	}
	log_info("%s: what is left of it is kept as %s", d->config->name,
		 c->config->name);
	layout_rename(c, d->uuid);
	if (d->console)
		console_disconnect(d->console);
	d->domid = DOMAIN_NO_ID;
	devices_clear(d);
	domain_event(d, LC_EV_ASIDE, 0);
}
