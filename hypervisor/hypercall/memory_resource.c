/* SPDX-License-Identifier: BSD-2-Clause */
/* XENMEM_acquire_resource: frames of ours that dom0's tools may map. */
#include <xen/memory.h>

#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/memory.h"

#define MAX_FRAMES	GNTTAB_MAX_FRAMES

static int put_grant_frames(struct domain *d, gva_t list, u64 first,
			    unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		mfn_t m;
		u64 v;
		int rc = gnttab_shared_frame(d, first + i, &m);

		if (rc)
			return rc;
		v = m.v;
		if (copy_elem_to_guest(list, i, &v))
			return -EFAULT;
	}
	return 0;
}

static long grant_table(struct domain *d, gva_t arg,
			struct xen_mem_acquire_resource *r)
{
	unsigned int most = d->gnttab.max_frames;

	if (r->id != XENMEM_resource_grant_table_id_shared)
		return -EINVAL;
	if (!r->frame_list.p) {
		if (r->nr_frames)
			return -EINVAL;
		r->nr_frames = most;
		return copy_to_guest(arg, r, sizeof(*r));
	}
	if (r->nr_frames > MAX_FRAMES || r->frame > most ||
	    r->nr_frames > most - r->frame)
		return -EINVAL;
	return put_grant_frames(d, GVA(r->frame_list.p), r->frame,
				r->nr_frames);
}

long memory_acquire_resource(gva_t arg)
{
	struct xen_mem_acquire_resource r;
	struct domain *d;
	int err = -ESRCH;
	long rc;

	if (copy_from_guest(&r, arg, sizeof(r)))
		return -EFAULT;
	if (policy_host(current->domain))
		return -EPERM;
	d = domain_get_target(r.domid, &err);
	if (!d)
		return err;
	if (d->dying)
		rc = -ESRCH;
	else if (r.type == XENMEM_resource_grant_table)
		rc = grant_table(d, arg, &r);
	else
		rc = -EOPNOTSUPP;
	domain_put(d);
	return rc;
}
