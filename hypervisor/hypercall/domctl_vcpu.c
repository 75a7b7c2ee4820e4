/* SPDX-License-Identifier: BSD-2-Clause */
/* domctl: operations on the vCPUs of a domain. */
#include "hypercall/control.h"
#include "mm/heap.h"

long domctl_max_vcpus(struct domain *d, struct xen_domctl *op)
{
	if (op->u.max_vcpus.max != d->max_vcpus)
		return -EINVAL;
	for (unsigned int i = 0; i < d->max_vcpus; i++)
		if (!d->vcpus[i] && !vcpu_create(d, i))
			return -ENOMEM;
	return 0;
}

static struct vcpu *find(struct domain *d, u32 id, long *rc)
{
	struct vcpu *v = vcpu_get(d, id);

	*rc = id < d->max_vcpus ? -ESRCH : -EINVAL;
	return v;
}

long domctl_set_context(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpucontext *x = &op->u.vcpucontext;
	vcpu_guest_context_t *c;
	struct vcpu *v;
	long rc;

	v = find(d, x->vcpu, &rc);
	if (!v)
		return rc;
	if (v->id >= XEN_LEGACY_MAX_VCPUS && mfn_eq(v->info_mfn, INVALID_MFN))
		return -EINVAL;
	c = heap_zalloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	rc = -EFAULT;
	if (!copy_from_guest(c, GVA(x->ctxt.p), sizeof(*c))) {
		domain_pause(d);
		rc = vcpu_set_context(v, c);
		domain_unpause(d);
	}
	heap_zfree(c);
	return rc;
}

long domctl_get_context(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpucontext *x = &op->u.vcpucontext;
	vcpu_guest_context_t *c;
	struct vcpu *v;
	long rc;

	v = find(d, x->vcpu, &rc);
	if (!v)
		return rc;
	if (!(READ_ONCE(v->flags) & VCPU_INITIALISED))
		return -ENODATA;
	c = heap_zalloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	vcpu_pause(v);
	d->kind->get_context(v, c);
	vcpu_unpause(v);
	rc = copy_to_guest(GVA(x->ctxt.p), c, sizeof(*c));
	heap_zfree(c);
	return rc;
}

long domctl_vcpu_info(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_getvcpuinfo *i = &op->u.getvcpuinfo;
	struct vcpu *v;
	long rc;

	v = find(d, i->vcpu, &rc);
	if (!v)
		return rc;
	i->online = !(READ_ONCE(v->flags) & VCPU_DOWN);
	i->blocked = !!(READ_ONCE(v->flags) & VCPU_BLOCKED);
	i->running = READ_ONCE(v->running);
	i->cpu_time = vcpu_cpu_time(v);
	i->cpu = v->cpu;
	return 0;
}

/* --- affinity ----------------------------------------------------------------------- */

static struct cpumask online_part(const struct cpumask *m)
{
	struct cpumask r;

	for (unsigned int i = 0; i < ARRAY_SIZE(r.bits); i++)
		r.bits[i] = m->bits[i] & cpu_online_mask.bits[i];
	return r;
}

static bool wants_nothing(const struct xen_domctl_vcpuaffinity *a)
{
	return !(a->flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT));
}

/* The wish in, what it comes down to on this machine out. */
long domctl_set_affinity(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	struct cpumask m;
	struct vcpu *v;
	long rc;

	v = find(d, a->vcpu, &rc);
	if (!v)
		return rc;
	if (wants_nothing(a))
		return -EINVAL;
	rc = 0;
	if (a->flags & XEN_VCPUAFFINITY_HARD) {
		rc = bitmap_from_guest(m.bits, NR_CPUS, &a->cpumap_hard);
		if (!rc)
			rc = sched_set_affinity(v, &m);
		m = online_part(&m);
		if (!rc)
			rc = bitmap_to_guest(&a->cpumap_hard, m.bits, NR_CPUS);
	}
	if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT) {
		rc = bitmap_from_guest(m.bits, NR_CPUS, &a->cpumap_soft);
		if (rc)
			return rc;
		v->sched.soft_affinity = m;
		m = online_part(&m);
		rc = bitmap_to_guest(&a->cpumap_soft, m.bits, NR_CPUS);
	}
	return rc;
}

long domctl_get_affinity(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	struct vcpu *v;
	long rc;

	v = find(d, a->vcpu, &rc);
	if (!v)
		return rc;
	if (wants_nothing(a))
		return -EINVAL;
	rc = 0;
	if (a->flags & XEN_VCPUAFFINITY_HARD)
		rc = bitmap_to_guest(&a->cpumap_hard, v->sched.affinity.bits,
				     NR_CPUS);
	if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
		rc = bitmap_to_guest(&a->cpumap_soft,
				     v->sched.soft_affinity.bits, NR_CPUS);
	return rc;
}
