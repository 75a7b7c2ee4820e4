/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a restart of hospesd: domains that run are taken up again with their
 * consoles and backends, what was half done is finished.  What was half built
 * is taken down; if it was a reboot, the building begins again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/diag.h"
#include "lib/json.h"
#include "lib/log.h"

static struct domain *read_domain(struct hospesd *m, const struct json *record)
{
	const struct json *config_json = json_get(record, "config");
	const struct json *built = json_get(record, "built");
	struct diag diag = { 0 };
	struct domain_config *config;
	struct domain *d;
	int state;

	config = config_json ? domain_config_read(config_json, &diag) : NULL;
	if (!config) {
		log_warn("a record in %s/domains is not usable: %s",
			 m->opt.run_dir, diag.errors ?
			 diag_first_error(&diag) : "it has no config");
		diag_free(&diag);
		return NULL;
	}
	diag_free(&diag);
	d = domain_new(m, config);
	if (!d)
		return NULL;
	state = lifecycle_state_parse(json_get_string(record, "state", ""));
	if (state >= 0)
		d->lc.state = (enum lifecycle_state)state;
	d->lc.reason = (int)json_get_int(record, "reason", -1);
	d->lc.restart = json_get_bool(record, "restart", false);
	d->lc.start_paused = json_get_bool(record, "start-paused", false);
	d->lc.quick = (unsigned int)json_get_int(record, "quick", 0);
	d->lc.born_ms = hospesd_now_ms();
	d->twin_due = json_get_bool(record, "twin-due", false);
	if (built && build_result_read(built, &d->built))
		d->domid = d->built.domid;
	d->console = console_new(m, d->config->name);
	return d;
}

/* True when the hypervisor still has exactly this incarnation. */
static bool still_there(const struct domain *d,
			struct xen_domctl_getdomaininfo *info)
{
	return d->domid != DOMAIN_NO_ID &&
	       !control_domain_info(d->m->control, d->domid, info) &&
	       !memcmp(info->handle, d->config->uuid, sizeof(info->handle));
}

static void adopt_running(struct domain *d,
			  const struct xen_domctl_getdomaininfo *info)
{
	int rc = !d->console ? -ENOMEM : console_connect(d->console, d->domid,
				d->built.console_mfn, d->built.console_port);

	if (rc)
		log_warn("%s: its console cannot be served: %s",
			 d->config->name, strerror(-rc));
	/* The record may be older than the end of a suspend. */
	if (d->lc.state != LC_SHUTDOWN || !(info->flags & XEN_DOMINF_shutdown))
		d->lc.state = info->flags & XEN_DOMINF_paused ? LC_PAUSED :
			LC_RUNNING;
	persist_save(d);
	log_info("%s: domain %u taken over, %s", d->config->name, d->domid,
		 lifecycle_state_name(d->lc.state));
	if (d->twin_due)
		devices_stop(d);
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

static void adopt_one(struct hospesd *m, const struct json *record)
{
	struct xen_domctl_getdomaininfo info;
	struct domain *d = read_domain(m, record);
	bool there, rebuild;

	if (!d)
		return;
	images_adopt(d, json_get(record, "images"));
	there = still_there(d, &info);
	if (devices_adopt(d, json_get(record, "devices")))
		log_warn("%s: no memory for its devices", d->config->name);
	/* A first build nobody waits for any more; a reboot goes on. */
	rebuild = d->lc.state == LC_BUILDING && d->lc.reason >= 0;
	if (d->lc.state == LC_BUILDING) {
		/* The builder may have got further than the record says. */
		if (!there)
			teardown_by_uuid(m, d->config->uuid);
		adopt_remains(d, rebuild);
	} else if (d->lc.state == LC_DYING) {
		adopt_remains(d, d->lc.restart);
	} else if (!there || (info.flags & XEN_DOMINF_dying)) {
		adopt_remains(d, false);
	} else {
		adopt_running(d, &info);
	}
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

void adopt_all(struct hospesd *m)
{
	persist_each(m, adopt_one);
	persist_each_mark(m, reap_mark);
	hospesd_poll_soon(m);
}
