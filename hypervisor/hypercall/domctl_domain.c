/* SPDX-License-Identifier: BSD-2-Clause */
/* domctl: operations on a domain as a whole. */
#include "hypercall/control.h"
#include "lib/string.h"
#include "mm/frame.h"

#define CREATE_FLAGS	(XEN_DOMCTL_CDF_s3_integrity | \
			 XEN_DOMCTL_CDF_oos_off | XEN_DOMCTL_CDF_xs_domain)
#define MAPTRACK_FRAMES	1024
#define PAGE_TYPES_MAX	1024u

/* --- create and destroy --------------------------------------------------------- */

static long check_create(const struct xen_domctl_createdomain *c)
{
	u32 version = XEN_DOMCTL_GRANT_version(c->grant_opts);

	if (c->flags & (XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap |
			XEN_DOMCTL_CDF_nested_virt | XEN_DOMCTL_CDF_vpmu |
			XEN_DOMCTL_CDF_iommu))
		return -EOPNOTSUPP;
	if (c->flags & ~CREATE_FLAGS || c->iommu_opts ||
	    c->arch.emulation_flags || c->vmtrace_size || c->cpupool_id)
		return -EINVAL;
	if (!c->max_vcpus || c->max_vcpus > MAX_VCPUS)
		return -EINVAL;
	if (c->max_grant_frames > GNTTAB_MAX_FRAMES ||
	    c->max_maptrack_frames > MAPTRACK_FRAMES)
		return -EINVAL;
	/* Who may go up to version 2 gets version 1, as set_version says. */
	return version == 1 || version == 2 ? 0 : -EINVAL;
}

long domctl_create(struct domain *unused, struct xen_domctl *op)
{
	const struct xen_domctl_createdomain *c = &op->u.createdomain;
	struct domain_params p = {
		.max_vcpus = c->max_vcpus,
		.max_evtchn = c->max_evtchn_port,
		.max_grant_frames = c->max_grant_frames < 0 ?
			GNTTAB_MAX_FRAMES : (u32)c->max_grant_frames,
		.max_maptrack_frames = c->max_maptrack_frames < 0 ?
			MAPTRACK_FRAMES : (u32)c->max_maptrack_frames,
		.handle = c->handle,
	};
	long rc = check_create(c);
	struct domain *d;
	int err;

	(void)unused;
	if (rc)
		return rc;
	d = domain_create(op->domain && op->domain < FRAME_MAX_DOMID ?
			  op->domain : -1, &p, &pv_kind, &err);
	if (!d)
		return err;
	op->domain = d->id;
	return 0;
}

long domctl_destroy(struct domain *d, struct xen_domctl *op)
{
	(void)op;
	return domain_kill(d);
}

/* --- life cycle -------------------------------------------------------------------- */

long domctl_pause(struct domain *d, struct xen_domctl *op)
{
	(void)op;
	/* A second pause changes nothing, and is no error to the tools. */
	domain_pause_by_controller(d);
	return 0;
}

long domctl_unpause(struct domain *d, struct xen_domctl *op)
{
	(void)op;
	return domain_unpause_by_controller(d);
}

long domctl_resume(struct domain *d, struct xen_domctl *op)
{
	(void)op;
	domain_resume(d);
	return 0;
}

/* The domain, or else the next one above it. */
long domctl_info(struct domain *unused, struct xen_domctl *op)
{
	struct domain *d;

	(void)unused;
	if (op->domain == DOMID_SELF)
		op->domain = current->domain->id;
	if (op->domain >= DOMID_FIRST_RESERVED)
		return -EINVAL;
	d = domain_next(op->domain);
	if (!d)
		return -ESRCH;
	domain_info(d, &op->u.getdomaininfo);
	op->domain = d->id;
	domain_put(d);
	return 0;
}

/* --- properties ---------------------------------------------------------------------- */

long domctl_max_mem(struct domain *d, struct xen_domctl *op)
{
	spin_lock(&d->memory_lock);
	d->max_pages = min(op->u.max_mem.max_memkb / 4, (u64)UINT32_MAX);
	spin_unlock(&d->memory_lock);
	return 0;
}

long domctl_set_handle(struct domain *d, struct xen_domctl *op)
{
	memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
	return 0;
}

long domctl_time_offset(struct domain *d, struct xen_domctl *op)
{
	d->time_offset = op->u.settimeoffset.time_offset_seconds;
	domain_update_wallclock(d);
	return 0;
}

long domctl_set_address_size(struct domain *d, struct xen_domctl *op)
{
	switch (op->u.address_size.size) {
	case 64:
		return domain_is_32bit(d) ? -EINVAL : 0;
	case 32:
		return domain_set_32bit(d);
	}
	return -EINVAL;
}

long domctl_get_address_size(struct domain *d, struct xen_domctl *op)
{
	op->u.address_size.size = domain_is_32bit(d) ? 32 : 64;
	return 0;
}

long domctl_hypercall_init(struct domain *d, struct xen_domctl *op)
{
	mfn_t m = MFN(op->u.hypercall_init.gmfn);

	if (!frame_get_writable(m, d->id))
		return -EACCES;
	if (domain_is_32bit(d))
		pv_fill_hypercall_page32(mfn_to_virt(m));
	else
		pv_fill_hypercall_page(mfn_to_virt(m));
	frame_put_writable(m);
	return 0;
}

static long sched_get_or_set(struct domain *d, u32 cmd, u16 *weight, u16 *cap)
{
	switch (cmd) {
	case XEN_DOMCTL_SCHEDOP_putinfo:
		return sched_set_params(d, *weight, *cap);
	case XEN_DOMCTL_SCHEDOP_getinfo:
		*weight = d->sched.weight;
		*cap = d->sched.cap;
		return 0;
	}
	return -EINVAL;
}

long domctl_scheduler(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;

	if (s->sched_id != XEN_SCHEDULER_CREDIT)
		return -EINVAL;
	return sched_get_or_set(d, s->cmd, &s->u.credit.weight,
				&s->u.credit.cap);
}

/* One node: any wish that is not empty holds. */
long domctl_node_affinity(struct domain *d, struct xen_domctl *op)
{
	u64 nodes;
	long rc = bitmap_from_guest(&nodes, 64, &op->u.nodeaffinity.nodemap);

	(void)d;
	if (rc)
		return rc;
	return nodes & 1 ? 0 : -EINVAL;
}

/* --- hardware: taken away from nobody, given to nobody but dom0 ------------------ */

static long permission(const struct domain *d, bool allow)
{
	return allow && !d->privileged ? -EOPNOTSUPP : 0;
}

long domctl_permission_irq(struct domain *d, struct xen_domctl *op)
{
	return permission(d, op->u.irq_permission.allow_access);
}

long domctl_permission_iomem(struct domain *d, struct xen_domctl *op)
{
	return permission(d, op->u.iomem_permission.allow_access);
}

long domctl_permission_ioport(struct domain *d, struct xen_domctl *op)
{
	return permission(d, op->u.ioport_permission.allow_access);
}

/* --- page types ----------------------------------------------------------------------- */

static u64 page_type(const struct domain *d, mfn_t m)
{
	enum frame_type t;
	u64 w, out;

	if (frame_owner(m) != d->id)
		return XEN_DOMCTL_PFINFO_XTAB;
	w = frame_read(m);
	t = frame_word_type(w);
	if (t == FT_L2_TOP)
		t = FT_L2;
	if (!frame_type_is_table(t) ||
	    (!frame_word_types(w) && !(w & FRAME_PINNED)))
		return XEN_DOMCTL_PFINFO_NOTAB;
	out = (u64)(t - FT_L1 + 1) << XEN_DOMCTL_PFINFO_LTAB_SHIFT;
	return w & FRAME_PINNED ? out | XEN_DOMCTL_PFINFO_LPINTAB : out;
}

/* Words of the caller: 4 bytes if that is a 32-bit guest. */
static int get_word(gva_t array, u64 i, u64 *x)
{
	u32 w;
	int rc;

	if (!domain_is_32bit(current->domain))
		return copy_elem_from_guest(x, array, i);
	rc = copy_elem_from_guest(&w, array, i);
	*x = w;
	return rc;
}

static int put_word(gva_t array, u64 i, u64 x)
{
	u32 w = (u32)x;

	if (!domain_is_32bit(current->domain))
		return copy_elem_to_guest(array, i, &x);
	return copy_elem_to_guest(array, i, &w);
}

/* Frames in, their types out, in the same places. */
long domctl_page_types(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_getpageframeinfo3 *g = &op->u.getpageframeinfo3;
	gva_t array = GVA(g->array.p);

	if (!g->num || g->num > PAGE_TYPES_MAX)
		return -E2BIG;
	for (u64 i = 0; i < g->num; i++) {
		u64 x;

		if (get_word(array, i, &x) ||
		    put_word(array, i, page_type(d, MFN(x))))
			return -EFAULT;
	}
	return 0;
}
