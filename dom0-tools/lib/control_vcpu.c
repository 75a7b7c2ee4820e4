/* SPDX-License-Identifier: BSD-2-Clause */
/* Control calls about one vCPU. */
#include "lib/control_private.h"

#include <errno.h>
#include <string.h>

static int context_op(struct control *c, uint32_t domid, uint32_t vcpu,
		      uint32_t cmd, void *data)
{
	struct xen_domctl op = { .u.vcpucontext.vcpu = vcpu };

	set_xen_guest_handle(op.u.vcpucontext.ctxt, data);
	return control_domctl(c, &op, cmd, domid);
}

/* The hypervisor takes as much as the kind of domain says. */
int control_vcpu_set_context32(struct control *c, uint32_t domid,
			       uint32_t vcpu, const void *ctx, size_t size)
{
	void *data = control_data(c, size);

	if (!data)
		return -ENOMEM;
	memcpy(data, ctx, size);
	return context_op(c, domid, vcpu, XEN_DOMCTL_setvcpucontext, data);
}

int control_vcpu_set_context(struct control *c, uint32_t domid, uint32_t vcpu,
			     const struct vcpu_guest_context *ctx)
{
	return control_vcpu_set_context32(c, domid, vcpu, ctx, sizeof(*ctx));
}

int control_vcpu_get_context(struct control *c, uint32_t domid, uint32_t vcpu,
			     struct vcpu_guest_context *ctx)
{
	void *data = control_data(c, sizeof(*ctx));
	int rc;

	if (!data)
		return -ENOMEM;
	rc = context_op(c, domid, vcpu, XEN_DOMCTL_getvcpucontext, data);
	if (rc == 0)
		memcpy(ctx, data, sizeof(*ctx));
	return rc;
}

int control_vcpu_info(struct control *c, uint32_t domid, uint32_t vcpu,
		      struct xen_domctl_getvcpuinfo *info)
{
	struct xen_domctl op = { .u.getvcpuinfo.vcpu = vcpu };
	int rc = control_domctl(c, &op, XEN_DOMCTL_getvcpuinfo, domid);

	if (rc == 0)
		*info = op.u.getvcpuinfo;
	return rc;
}

static int affinity_op(struct control *c, uint32_t domid, uint32_t vcpu,
		       uint32_t cmd, uint8_t *data, uint32_t bits)
{
	struct xen_domctl op = { .cmd = 0 };
	struct xen_domctl_vcpuaffinity *a = &op.u.vcpuaffinity;

	a->vcpu = vcpu;
	a->flags = XEN_VCPUAFFINITY_HARD;
	a->cpumap_hard.nr_bits = bits;
	set_xen_guest_handle(a->cpumap_hard.bitmap, data);
	return control_domctl(c, &op, cmd, domid);
}

int control_vcpu_get_affinity(struct control *c, uint32_t domid, uint32_t vcpu,
			      uint8_t *map, uint32_t bits)
{
	size_t size = (bits + 7) / 8;
	uint8_t *data = control_data(c, size);
	int rc;

	if (!data)
		return -ENOMEM;
	memset(data, 0, size);
	rc = affinity_op(c, domid, vcpu, XEN_DOMCTL_getvcpuaffinity, data,
			 bits);
	if (rc == 0)
		memcpy(map, data, size);
	return rc;
}

int control_vcpu_set_affinity(struct control *c, uint32_t domid, uint32_t vcpu,
			      const uint8_t *map, uint32_t bits)
{
	size_t size = (bits + 7) / 8;
	uint8_t *data = control_data(c, size);

	if (!data)
		return -ENOMEM;
	memcpy(data, map, size);
	return affinity_op(c, domid, vcpu, XEN_DOMCTL_setvcpuaffinity, data,
			   bits);
}
