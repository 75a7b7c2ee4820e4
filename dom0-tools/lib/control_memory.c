/* SPDX-License-Identifier: BSD-2-Clause */
/* Control calls about memory and page tables. */
#include "lib/control_private.h"

#include <errno.h>
#include <string.h>

long control_memory_populate(struct control *c, uint32_t domid, size_t count,
			     unsigned int order, xen_pfn_t *gpfns)
{
	struct xen_memory_reservation op = {
		.nr_extents = count,
		.extent_order = order,
		.domid = (domid_t)domid,
	};
	xen_pfn_t *data = control_data(c, count * sizeof(*gpfns));
	long done;

	if (!data)
		return -ENOMEM;
	memcpy(data, gpfns, count * sizeof(*gpfns));
	set_xen_guest_handle(op.extent_start, data);
	done = control_call(c, __HYPERVISOR_memory_op, XENMEM_populate_physmap,
			    &op, sizeof(op));
	if (done < 0)
		return done;
	if ((size_t)done > count)
		return -EIO;
	memcpy(gpfns, data, (size_t)done * sizeof(*gpfns));
	return done;
}

int control_memory_claim(struct control *c, uint32_t domid, uint64_t pages)
{
	struct xen_memory_reservation op = {
		.nr_extents = pages,
		.domid = (domid_t)domid,
	};

	return (int)control_call(c, __HYPERVISOR_memory_op,
				 XENMEM_claim_pages, &op, sizeof(op));
}

int control_memory_max_frame(struct control *c, uint64_t *mfn)
{
	long rc = control_call(c, __HYPERVISOR_memory_op,
			       XENMEM_maximum_ram_page, NULL, 0);

	if (rc < 0)
		return (int)rc;
	*mfn = (uint64_t)rc;
	return 0;
}

int control_hypercall_init(struct control *c, uint32_t domid, uint64_t mfn)
{
	struct xen_domctl op = { .u.hypercall_init.gmfn = mfn };

	return control_domctl(c, &op, XEN_DOMCTL_hypercall_init, domid);
}

int control_m2p_frames(struct control *c, xen_pfn_t *mfns, size_t max)
{
	struct xen_machphys_mfn_list op = { .max_extents = (unsigned int)max };
	xen_pfn_t *data = control_data(c, max * sizeof(*mfns));
	long rc;

	if (!data)
		return -ENOMEM;
	set_xen_guest_handle(op.extent_start, data);
	rc = control_call(c, __HYPERVISOR_memory_op, XENMEM_machphys_mfn_list,
			  &op, sizeof(op));
	if (rc < 0)
		return (int)rc;
	if (op.nr_extents > max)
		return -EIO;
	memcpy(mfns, data, op.nr_extents * sizeof(*mfns));
	return (int)op.nr_extents;
}

/*
 * Both calls take (ops, count, done, domain); `done` is not asked for: the
 * callers give up on the first failure anyway.
 */
static int batch_call(struct control *c, unsigned int nr, uint32_t domid,
		      const void *ops, size_t count, size_t size)
{
	void *data = control_data(c, count * size);
	int rc;

	if (!data)
		return -ENOMEM;
	memcpy(data, ops, count * size);
	rc = xencall4(c->call, nr, (uintptr_t)data, count, 0, domid);
	if (rc < 0)
		return errno ? -errno : -EIO;
	return 0;
}

int control_mmu_update(struct control *c, uint32_t domid,
		       const struct mmu_update *ops, size_t count)
{
	return batch_call(c, __HYPERVISOR_mmu_update, domid, ops, count,
			  sizeof(*ops));
}

int control_mmuext(struct control *c, uint32_t domid,
		   const struct mmuext_op *ops, size_t count)
{
	return batch_call(c, __HYPERVISOR_mmuext_op, domid, ops, count,
			  sizeof(*ops));
}
