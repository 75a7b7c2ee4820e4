/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API says of domains: the list, and all of one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/api_reply.h"
#include "hospesd/domain.h"
#include "lib/json.h"

#define PAGE_KIB 4
#define CHUNK 64

static struct domain *find_by_info(struct hospesd *m,
				   const struct xen_domctl_getdomaininfo *info)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		if (!memcmp(d->config->uuid, info->handle, 16))
			return d;
	return NULL;
}

static void put_info(struct json_writer *w, const char *name,
		     const struct xen_domctl_getdomaininfo *info)
{
	uint32_t flags = info->flags;
	char uuid[DOMAIN_UUID_TEXT];

	domain_uuid_format(info->handle, uuid);
	json_put_string(w, "name", name);
	json_put_int(w, "domid", info->domain);
	json_put_string(w, "uuid", uuid);
	json_put_bool(w, "running", flags & XEN_DOMINF_running);
	json_put_bool(w, "blocked", flags & XEN_DOMINF_blocked);
	json_put_bool(w, "paused", flags & XEN_DOMINF_paused);
	json_put_bool(w, "shutdown", flags & XEN_DOMINF_shutdown);
	if (flags & XEN_DOMINF_shutdown)
		json_put_int(w, "reason",
			     (int64_t)control_shutdown_reason(info));
	json_put_bool(w, "dying", flags & XEN_DOMINF_dying);
	json_put_int(w, "memory-kib", (int64_t)(info->tot_pages +
					      info->outstanding_pages) *
		     PAGE_KIB);
	json_put_int(w, "max-memory-kib", (int64_t)info->max_pages * PAGE_KIB);
	json_put_int(w, "vcpus", info->nr_online_vcpus);
	json_put_int(w, "cpu-ns", (int64_t)info->cpu_time);
}

/* What hospesd itself knows of one of its own. */
static void put_state(struct json_writer *w, const struct domain *d)
{
	uint64_t now = hospesd_now_ms();

	json_put_string(w, "state", lifecycle_state_name(d->lc.state));
	json_put_bool(w, "restarts", lifecycle_restarts(&d->lc) ||
		      d->twin_due);
	if (d->lc.state != LC_WAITING)
		return;
	json_put_string(w, "waits", d->error);
	json_put_int(w, "start-in-ms", d->start_ms > now ?
		     (int64_t)(d->start_ms - now) : 0);
}

static void put_row(struct json_writer *w, struct domain *d,
		    const struct xen_domctl_getdomaininfo *info,
		    const char *name)
{
	json_open_object(w, NULL);
	put_info(w, name, info);
	if (d)
		put_state(w, d);
	json_close_object(w);
}

/* One that the hypervisor has no domain for, at the moment. */
static void put_idless(struct json_writer *w, const struct domain *d)
{
	json_open_object(w, NULL);
	json_put_string(w, "name", d->config->name);
	json_put_string(w, "uuid", d->uuid);
	json_put_int(w, "vcpus", d->config->vcpus);
	put_state(w, d);
	json_close_object(w);
}

static bool wanted(const char *which, const char *name,
		   const struct xen_domctl_getdomaininfo *info)
{
	char text[DOMAIN_UUID_TEXT];

	if (!which || !strcmp(which, name))
		return true;
	snprintf(text, sizeof(text), "%u", info->domain);
	if (!strcmp(which, text))
		return true;
	domain_uuid_format(info->handle, text);
	return !strcasecmp(which, text) && info->domain;
}

/* Others' domains have the name that their tools gave them. */
static const char *name_of(struct hospesd *m, const struct domain *d,
			   const struct xen_domctl_getdomaininfo *info,
			   char **from_store)
{
	if (!info->domain)
		return "Domain-0";
	if (d)
		return d->config->name;
	*from_store = store_read(m->store, "/local/domain/%u/name",
				 info->domain);
	return *from_store && **from_store ? *from_store : "(unnamed)";
}

static unsigned int list_known(struct hospesd *m, struct json_writer *w,
			       const char *which,
			       const struct xen_domctl_getdomaininfo *info)
{
	struct domain *d = find_by_info(m, info);
	char *from_store = NULL;
	const char *name = name_of(m, d, info, &from_store);
	bool is_wanted = wanted(which, name, info);

	if (d)
		d->listed = true;
	if (is_wanted)
		put_row(w, d, info, name);
	free(from_store);
	return is_wanted;
}

static unsigned int list_idless(struct hospesd *m, struct json_writer *w,
				const char *which)
{
	unsigned int count = 0;
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link) {
		if (d->listed || (which && strcmp(which, d->config->name) &&
				  strcasecmp(which, d->uuid)))
			continue;
		put_idless(w, d);
		count++;
	}
	return count;
}

unsigned int reply_list(struct hospesd *m, struct json_writer *w,
			const char *which)
{
	struct xen_domctl_getdomaininfo infos[CHUNK];
	unsigned int count = 0;
	uint32_t first = 0;
	struct domain *d;
	int n;

	LIST_FOREACH(d, &m->domains, link)
		d->listed = false;
	json_open_array(w, "domains");
	do {
		n = control_domain_list(m->control, first, infos, CHUNK);
		for (int i = 0; i < n; i++) {
			first = infos[i].domain + 1u;
			count += list_known(m, w, which, &infos[i]);
		}
	} while (n == CHUNK);
	count += list_idless(m, w, which);
	json_close_array(w);
	return count;
}

static void put_devices(struct domain *d, struct json_writer *w)
{
	static const char *const states[] = {
		"none", "starting", "ready", "closing", "failed", "gone",
	};

	json_open_array(w, "devices");
	for (size_t i = 0; i < d->devices.count; i++) {
		const struct device *dev = &d->devices.list[i];
		char trouble[512];

		json_open_object(w, NULL);
		json_put_string(w, "kind", device_kind_name(dev->kind));
		json_put_int(w, "index", dev->index);
		json_put_int(w, "devid", dev->devid);
		json_put_string(w, "backend", states[dev->state]);
		json_put_int(w, "pid", dev->backend.pid);
		if (dev->kind == DEVICE_VIF)
			json_put_string(w, "ifname", dev->ifname);
		device_trouble(dev, trouble, sizeof(trouble));
		if (*trouble)
			json_put_string(w, "error", trouble);
		json_close_object(w);
	}
	json_close_array(w);
}

void reply_info(struct domain *d, struct json_writer *w)
{
	struct xen_domctl_getdomaininfo info;
	char log[512];

	json_open_object(w, "domain");
	if (d->domid != DOMAIN_NO_ID &&
	    !control_domain_info(d->m->control, d->domid, &info)) {
		put_info(w, d->config->name, &info);
	} else {
		json_put_string(w, "name", d->config->name);
		json_put_string(w, "uuid", d->uuid);
	}
	put_state(w, d);
	if (d->corpse_of[0])
		json_put_string(w, "left-of", d->corpse_of);
	if (d->lc.reason >= 0)
		json_put_string(w, "last-shutdown",
				lifecycle_reason_name(d->lc.reason));
	if (d->domid != DOMAIN_NO_ID && !d->reserved)
		json_put_string(w, "guest-os", d->built.guest_os);
	snprintf(log, sizeof(log), "%s/%s.console.log", d->m->opt.log_dir,
		 d->config->name);
	json_put_string(w, "console-log", log);
	put_devices(d, w);
	domain_config_write(w, "config", d->config);
	json_close_object(w);
}
