/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a restart of hospesd: domains that run are taken up again with their
 * consoles and backends, what was half done is finished.  What was half built
 * is taken down; if it was a reboot, the building begins again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/diag.h"
#include "lib/json.h"
#include "lib/log.h"

static void read_life(struct domain *d, const struct json *record)
{
	int state = lifecycle_state_parse(json_get_string(record, "state", ""));

	if (state >= 0)
		d->lc.state = (enum lifecycle_state)state;
	d->lc.reason = (int)json_get_int(record, "reason", -1);
	d->lc.restart = json_get_bool(record, "restart", false);
	d->lc.start_paused = json_get_bool(record, "start-paused", false);
	d->lc.failures = (unsigned int)json_get_int(record, "failures", 0);
	d->lc.credit_ms = (uint64_t)json_get_int(record, "credit-ms", 0);
	d->start_ms = (uint64_t)json_get_int(record, "start-ms", 0);
	snprintf(d->error, sizeof(d->error), "%s",
		 json_get_string(record, "error", ""));
	snprintf(d->corpse_of, sizeof(d->corpse_of), "%s",
		 json_get_string(record, "corpse-of", ""));
}

static void read_domid(struct domain *d, const struct json *record)
{
	const struct json *built = json_get(record, "built");
	int64_t reserved = json_get_int(record, "reserved", 0);

	d->reserved = reserved > 0;
	if (d->reserved)
		d->domid = (uint32_t)reserved;
	else if (built && build_result_read(built, &d->built))
		d->domid = d->built.domid;
}

static struct domain *make_domain(struct hospesd *m, const struct json *record)
{
	const struct json *config_json = json_get(record, "config");
	struct diag diag = { 0 };
	struct domain_config *config;

	config = config_json ? domain_config_read(config_json, &diag) : NULL;
	if (!config)
		log_warn("a record in %s/domains is not usable: %s",
			 m->opt.run_dir, diag.errors ?
			 diag_first_error(&diag) : "it has no config");
	diag_free(&diag);
	return config ? domain_new(m, config) : NULL;
}

static void read_domain(struct hospesd *m, const struct json *record)
{
	struct domain *d = make_domain(m, record);

	if (!d)
		return;
	read_life(d, record);
	read_domid(d, record);
	if (!d->corpse_of[0])
		d->console = console_new(m, d->config->name);
	images_adopt(d, json_get(record, "images"));
	if (devices_adopt(d, json_get(record, "devices")))
		log_warn("%s: no memory for its devices", d->config->name);
}

/* True when the hypervisor still has exactly this incarnation. */
static bool still_there(const struct domain *d,
			struct xen_domctl_getdomaininfo *info)
{
	return d->domid != DOMAIN_NO_ID &&
	       !control_domain_info(d->m->control, d->domid, info) &&
	       !memcmp(info->handle, d->config->uuid, sizeof(info->handle)) &&
	       !(info->flags & XEN_DOMINF_dying);
}

static void connect_console(struct domain *d)
{
	int rc = !d->console ? -ENOMEM : console_connect(d->console, d->domid,
				d->built.console_mfn, d->built.console_port);

	if (rc)
		log_warn("%s: its console cannot be served: %s",
			 d->config->name, strerror(-rc));
}

/* It was being taken down, or half built, or it ended while we were away. */
static void adopt_remains(struct domain *d, bool restart)
{
	log_info("%s: taking down what is left of it%s", d->config->name,
		 restart ? ", to start it again" : "");
	d->lc.restart = restart;
	d->lc.state = LC_DYING;
	persist_save(d);
	teardown_begin(d);
}

static void adopt_waiting(struct domain *d)
{
	struct xen_domctl_getdomaininfo info;
	uint64_t now = hospesd_now_ms();

	if (!still_there(d, &info)) {
		/* Made, and we were killed before that could be recorded? */
		teardown_by_uuid(d->m, d->config->uuid);
		d->domid = DOMAIN_NO_ID;
		d->reserved = false;
	}
	create_wait(d, d->start_ms > now ? (unsigned int)(d->start_ms - now) :
		    0);
	persist_save(d);
}

static bool was_put_aside(const struct domain *d, struct domain **corpse)
{
	struct xen_domctl_getdomaininfo info;

	*corpse = corpse_of(d);
	return *corpse && (*corpse)->domid == d->domid &&
	       still_there(*corpse, &info);
}

/* It had ended, and what its policy says may have been begun. */
static void adopt_ended(struct domain *d, bool there)
{
	struct domain *corpse;

	if (there) {
		connect_console(d);
		lifecycle_settle(&d->lc);
	} else if (was_put_aside(d, &corpse)) {
		layout_rename(corpse, d->uuid);
		d->domid = DOMAIN_NO_ID;
		devices_clear(d);
		domain_event(d, LC_EV_ASIDE, 0);
	} else {
		adopt_remains(d, lifecycle_restarts_after(&d->lc));
	}
}

static void adopt_running(struct domain *d,
			  const struct xen_domctl_getdomaininfo *info)
{
	connect_console(d);
	d->lc.state = info->flags & XEN_DOMINF_paused ? LC_PAUSED :
		LC_RUNNING;
	persist_save(d);
	log_info("%s: domain %u taken over, %s", d->config->name, d->domid,
		 lifecycle_state_name(d->lc.state));
}

static void adopt_corpse(struct domain *d, bool there)
{
	if (there)
		return;
	/* The guest has it still, or nobody has. */
	d->domid = DOMAIN_NO_ID;
	devices_clear(d);
	adopt_remains(d, false);
}

static bool is_corpse(const struct domain *d)
{
	return d->corpse_of[0] && d->lc.state == LC_SHUTDOWN;
}

static void adopt_one(struct domain *d)
{
	struct xen_domctl_getdomaininfo info;
	bool there = still_there(d, &info);

	if (is_corpse(d))
		adopt_corpse(d, there);
	else if (d->lc.state == LC_WAITING)
		adopt_waiting(d);
	else if (d->lc.state == LC_BUILDING)
		/* Nobody waits for a first build any more; a reboot goes on. */
		adopt_remains(d, d->lc.reason >= 0);
	else if (d->lc.state == LC_DYING)
		adopt_remains(d, d->lc.restart);
	/* The record may be older than the end of a suspend. */
	else if (d->lc.state == LC_SHUTDOWN &&
		 (!there || info.flags & XEN_DOMINF_shutdown))
		adopt_ended(d, there);
	else if (there)
		adopt_running(d, &info);
	else
		adopt_remains(d, false);
}

static void reap_mark(struct hospesd *m, const uint8_t uuid[16])
{
	char text[DOMAIN_UUID_TEXT];
	struct domain *d;

	/* One with a record was dealt with by it. */
	domain_uuid_format(uuid, text);
	LIST_FOREACH(d, &m->domains, link)
		if (!strcmp(d->uuid, text))
			return;
	if (teardown_by_uuid(m, uuid))
		log_info("%s: a half-built domain was destroyed", text);
}

static void adopt_those(struct hospesd *m, bool corpses)
{
	struct domain *d, *next;

	for (d = LIST_FIRST(&m->domains); d; d = next) {
		next = LIST_NEXT(d, link);
		if (is_corpse(d) == corpses)
			adopt_one(d);
	}
}

void adopt_all(struct hospesd *m)
{
	/* All of them first: whose is what is seen by comparing. */
	persist_each(m, read_domain);
	/* One that was never put aside must not keep the real one from it. */
	adopt_those(m, true);
	adopt_those(m, false);
	persist_each_mark(m, reap_mark);
	hospesd_poll_soon(m);
}
