/* SPDX-License-Identifier: BSD-2-Clause */
/* Control calls about one domain: life, limits, scheduling, events. */
#include "lib/control_private.h"

#include <errno.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/sched.h>

#define EVTCHN_PORTS_USUAL 1023

/* The hypervisor's number for "call again", should it ever be let out. */
#define XEN_ERESTART 85

int control_domain_create(struct control *c, const struct control_create *how,
			  uint32_t *domid)
{
	struct xen_domctl op = { .cmd = 0 };
	struct xen_domctl_createdomain *create = &op.u.createdomain;
	int rc;

	memcpy(create->handle, how->uuid, sizeof(create->handle));
	create->flags = how->flags;
	create->max_vcpus = how->vcpus;
	create->max_evtchn_port = how->max_evtchn_port ? how->max_evtchn_port :
		EVTCHN_PORTS_USUAL;
	create->max_grant_frames = how->grant_frames;
	create->max_maptrack_frames = how->maptrack_frames;
	create->grant_opts = XEN_DOMCTL_GRANT_version(1);
	rc = control_domctl(c, &op, XEN_DOMCTL_createdomain, *domid);
	if (rc == 0)
		*domid = op.domain;
	return rc;
}

static int domctl_plain(struct control *c, uint32_t cmd, uint32_t domid)
{
	struct xen_domctl op = { .cmd = 0 };

	return control_domctl(c, &op, cmd, domid);
}

int control_domain_destroy(struct control *c, uint32_t domid)
{
	int rc;

	do
		rc = domctl_plain(c, XEN_DOMCTL_destroydomain, domid);
	while (rc == -EAGAIN || rc == -XEN_ERESTART);
	return rc;
}

int control_domain_pause(struct control *c, uint32_t domid)
{
	return domctl_plain(c, XEN_DOMCTL_pausedomain, domid);
}

int control_domain_unpause(struct control *c, uint32_t domid)
{
	return domctl_plain(c, XEN_DOMCTL_unpausedomain, domid);
}

int control_domain_resume(struct control *c, uint32_t domid)
{
	return domctl_plain(c, XEN_DOMCTL_resumedomain, domid);
}

int control_domain_shutdown(struct control *c, uint32_t domid, int reason)
{
	struct sched_remote_shutdown op = {
		.domain_id = (domid_t)domid,
		.reason = (unsigned int)reason,
	};

	return (int)control_call(c, __HYPERVISOR_sched_op,
				 SCHEDOP_remote_shutdown, &op, sizeof(op));
}

int control_domain_set_uuid(struct control *c, uint32_t domid,
			    const uint8_t uuid[CONTROL_UUID_SIZE])
{
	struct xen_domctl op = { .cmd = 0 };

	memcpy(op.u.setdomainhandle.handle, uuid, CONTROL_UUID_SIZE);
	return control_domctl(c, &op, XEN_DOMCTL_setdomainhandle, domid);
}

int control_domain_max_vcpus(struct control *c, uint32_t domid, uint32_t max)
{
	struct xen_domctl op = { .u.max_vcpus.max = max };

	return control_domctl(c, &op, XEN_DOMCTL_max_vcpus, domid);
}

int control_domain_max_memory(struct control *c, uint32_t domid, uint64_t kib)
{
	struct xen_domctl op = { .u.max_mem.max_memkb = kib };

	return control_domctl(c, &op, XEN_DOMCTL_max_mem, domid);
}

int control_domain_address_size(struct control *c, uint32_t domid,
				unsigned int bits)
{
	struct xen_domctl op = { .u.address_size.size = bits };

	return control_domctl(c, &op, XEN_DOMCTL_set_address_size, domid);
}

/* The call answers for the next existing id: a different one means none. */
int control_domain_info(struct control *c, uint32_t domid,
			struct xen_domctl_getdomaininfo *info)
{
	struct xen_domctl op = { .cmd = 0 };
	int rc = control_domctl(c, &op, XEN_DOMCTL_getdomaininfo, domid);

	if (rc < 0)
		return rc;
	if (op.domain != domid)
		return -ESRCH;
	*info = op.u.getdomaininfo;
	return 0;
}

int control_domain_list(struct control *c, uint32_t first,
			struct xen_domctl_getdomaininfo *infos, size_t max)
{
	struct xen_sysctl op = { .cmd = 0 };
	struct xen_domctl_getdomaininfo *data;
	uint32_t count;
	int rc;

	if (max > UINT16_MAX)
		max = UINT16_MAX;
	data = control_data(c, max * sizeof(*infos));
	if (!data)
		return -ENOMEM;
	op.u.getdomaininfolist.first_domain = (domid_t)first;
	op.u.getdomaininfolist.max_domains = (uint32_t)max;
	set_xen_guest_handle(op.u.getdomaininfolist.buffer, data);
	rc = control_sysctl(c, &op, XEN_SYSCTL_getdomaininfolist);
	if (rc < 0)
		return rc;
	count = op.u.getdomaininfolist.num_domains;
	if (count > max)
		return -EIO;
	memcpy(infos, data, count * sizeof(*infos));
	return (int)count;
}

/* Both schedulers with weights keep the pair at the same place. */
static int sched_op(struct control *c, uint32_t domid, uint32_t cmd,
		    struct control_sched *sched)
{
	struct xen_domctl op = { .cmd = 0 };
	struct xen_domctl_scheduler_op *so = &op.u.scheduler_op;
	uint32_t id;
	int rc = control_sched_id(c, &id);

	if (rc < 0)
		return rc;
	if (id != XEN_SCHEDULER_CREDIT && id != XEN_SCHEDULER_CREDIT2)
		return -EOPNOTSUPP;
	so->sched_id = id;
	so->cmd = cmd;
	so->u.credit.weight = (uint16_t)sched->weight;
	so->u.credit.cap = (uint16_t)sched->cap;
	rc = control_domctl(c, &op, XEN_DOMCTL_scheduler_op, domid);
	if (rc < 0)
		return rc;
	sched->weight = so->u.credit.weight;
	sched->cap = so->u.credit.cap;
	return 0;
}

int control_domain_sched_get(struct control *c, uint32_t domid,
			     struct control_sched *sched)
{
	sched->weight = 0;
	sched->cap = 0;
	return sched_op(c, domid, XEN_DOMCTL_SCHEDOP_getinfo, sched);
}

int control_domain_sched_set(struct control *c, uint32_t domid,
			     const struct control_sched *sched)
{
	struct control_sched copy = *sched;

	if (sched->weight == 0 || sched->weight > UINT16_MAX ||
	    sched->cap > UINT16_MAX)
		return -EINVAL;
	return sched_op(c, domid, XEN_DOMCTL_SCHEDOP_putinfo, &copy);
}

int control_evtchn_alloc_unbound(struct control *c, uint32_t domid,
				 uint32_t remote, uint32_t *port)
{
	struct evtchn_alloc_unbound op = {
		.dom = (domid_t)domid,
		.remote_dom = (domid_t)remote,
	};
	long rc = control_call(c, __HYPERVISOR_event_channel_op,
			       EVTCHNOP_alloc_unbound, &op, sizeof(op));

	if (rc < 0)
		return (int)rc;
	*port = op.port;
	return 0;
}
