/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a guest between two starts.  As soon as its last incarnation
 * has given everything back, the next one is made: a domain without vCPUs or
 * memory, but with a claim to as much as it will want.  The builder builds in it.
 */
#include <string.h>

#include "hospesd/domain.h"
#include "lib/log.h"

#define PAGE_KIB 4
#define MEMORY_SLACK_KIB 1024	/* as the builder adds to the limit */

/* Of ours, and not on its way out.  False: there is none. */
bool reserve_find(struct hospesd *m, const uint8_t uuid[16], uint32_t *domid)
{
	static struct xen_domctl_getdomaininfo infos[256];
	uint32_t first = 1;
	int n;

	do {
		n = control_domain_list(m->control, first, infos, 256);
		for (int i = 0; i < n; i++) {
			first = infos[i].domain + 1u;
			if (memcmp(infos[i].handle, uuid, 16) ||
			    (infos[i].flags & XEN_DOMINF_dying))
				continue;
			*domid = infos[i].domain;
			return true;
		}
	} while (n == 256);
	return false;
}

static int make_empty(struct domain *d, uint32_t *domid)
{
	const struct domain_config *config = d->config;
	struct control *c = d->m->control;
	struct control_create how = {
		.vcpus = config->vcpus,
		.grant_frames = -1,
		.maptrack_frames = -1,
	};
	int rc;

	memcpy(how.uuid, config->uuid, sizeof(how.uuid));
	*domid = 0;
	rc = control_domain_create(c, &how, domid);
	if (rc)
		return rc;
	rc = control_domain_max_memory(c, *domid, config->max_memory_kib +
				       MEMORY_SLACK_KIB);
	if (!rc)
		rc = control_memory_claim(c, *domid,
					  config->memory_kib / PAGE_KIB);
	if (rc)
		control_domain_destroy(c, *domid);
	return rc;
}

void reserve_make(struct domain *d)
{
	uint32_t domid;
	int rc;

	if (d->reserved)
		return;
	rc = make_empty(d, &domid);
	if (rc) {
		log_warn("%s: its memory cannot be kept for its next start: "
			 "%s", d->config->name, strerror(-rc));
		return;
	}
	d->domid = domid;
	d->reserved = true;
}

/* What it has of its memory, or is promised. */
static uint64_t held_kib(const struct domain *d)
{
	struct xen_domctl_getdomaininfo info;

	if (d->domid == DOMAIN_NO_ID ||
	    control_domain_info(d->m->control, d->domid, &info) ||
	    memcmp(info.handle, d->config->uuid, sizeof(info.handle)))
		return 0;
	return (info.tot_pages + info.outstanding_pages) * PAGE_KIB;
}

uint64_t reserve_missing_kib(struct hospesd *m)
{
	uint64_t sum = 0, held;
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link) {
		if (!lifecycle_restarts(&d->lc))
			continue;
		held = held_kib(d);
		if (held < d->config->memory_kib)
			sum += d->config->memory_kib - held;
	}
	return sum;
}
