/* SPDX-License-Identifier: BSD-2-Clause */
/* domctl: operations on the vCPUs of a domain. */
#include "hypercall/compat32.h"
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

/* --- contexts, in the layout of the domain they belong to ------------------------- */

struct contexts {
	vcpu_guest_context_t native;
	struct c32_vcpu_guest_context c32;
};

static int get_contexts(const struct domain *d, struct contexts *c, gva_t from)
{
	if (!domain_is_32bit(d))
		return copy_from_guest(&c->native, from, sizeof(c->native));
	if (copy_from_guest(&c->c32, from, sizeof(c->c32)))
		return -EFAULT;
	compat32_context_in(&c->native, &c->c32);
	return 0;
}

static int put_contexts(const struct domain *d, gva_t to, struct contexts *c)
{
	if (!domain_is_32bit(d))
		return copy_to_guest(to, &c->native, sizeof(c->native));
	compat32_context_out(&c->c32, &c->native);
	return copy_to_guest(to, &c->c32, sizeof(c->c32));
}

long domctl_set_context(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpucontext *x = &op->u.vcpucontext;
	struct contexts *c;
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
	rc = get_contexts(d, c, GVA(x->ctxt.p));
	if (!rc) {
		domain_pause(d);
		rc = vcpu_set_context(v, &c->native);
		domain_unpause(d);
	}
	/* The domain's own, which the builder's first context brings. */
	if (!rc && !v->id)
		d->vm_assist = c->native.vm_assist & VM_ASSISTS;
	heap_zfree(c);
	return rc;
}

long domctl_get_context(struct domain *d, struct xen_domctl *op)
{
	struct xen_domctl_vcpucontext *x = &op->u.vcpucontext;
	struct contexts *c;
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
	d->kind->get_context(v, &c->native);
	vcpu_unpause(v);
	rc = put_contexts(d, GVA(x->ctxt.p), c);
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
