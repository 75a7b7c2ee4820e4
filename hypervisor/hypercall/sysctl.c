/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as the tools see it: one row per operation. */
#include "core/console.h"
#include "hypercall/control.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/cpuid.h"
#include "x86/spec_ctrl.h"
#include "x86/time.h"

typedef long sysctl_fn(struct xen_sysctl *op);

static long op_readconsole(struct xen_sysctl *op)
{
	struct xen_sysctl_readconsole *r = &op->u.readconsole;

	return console_read_ring(GVA(r->buffer.p), r->count, r->clear,
				 r->incremental, &r->index, &r->count);
}

static long op_physinfo(struct xen_sysctl *op)
{
	struct xen_sysctl_physinfo *p = &op->u.physinfo;

	memset(p, 0, sizeof(*p));
	p->threads_per_core = 1;
	p->cores_per_socket = cpu_online_count;
	p->nr_cpus = cpu_online_count;
	p->max_cpu_id = cpu_online_count - 1;
	p->nr_nodes = 1;
	p->cpu_khz = tsc_khz;
	p->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
	p->total_pages = heap_total_frames();
	p->free_pages = heap_free_frames();
	p->outstanding_pages = heap_claimed_frames();
	p->max_mfn = frame_count - 1;
	memcpy(p->hw_cap, cpu_features.words, sizeof(p->hw_cap));
	return 0;
}

static long op_sched_id(struct xen_sysctl *op)
{
	op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT;
	return 0;
}

static long op_domains(struct xen_sysctl *op)
{
	struct xen_sysctl_getdomaininfolist *l = &op->u.getdomaininfolist;
	unsigned int id = l->first_domain;
	struct domain *d;

	l->num_domains = 0;
	while (l->num_domains < l->max_domains && (d = domain_next(id))) {
		struct xen_domctl_getdomaininfo i;

		domain_info(d, &i);
		id = d->id + 1;
		domain_put(d);
		if (copy_elem_to_guest(GVA(l->buffer.p), l->num_domains, &i))
			return -EFAULT;
		l->num_domains++;
	}
	return 0;
}

static long op_debug_keys(struct xen_sysctl *op)
{
	struct xen_sysctl_debug_keys *k = &op->u.debug_keys;
	char key;

	for (u32 i = 0; i < k->nr_keys && i < 32; i++) {
		if (copy_elem_from_guest(&key, GVA(k->keys.p), i))
			return -EFAULT;
		debug_key(key);
	}
	return 0;
}

static long op_cpuinfo(struct xen_sysctl *op)
{
	struct xen_sysctl_getcpuinfo *g = &op->u.getcpuinfo;
	u32 n = min(g->max_cpus, cpu_online_count);

	for (u32 i = 0; i < n; i++) {
		struct xen_sysctl_cpuinfo c = {
			.idletime = sched_idle_time(i)
		};

		if (copy_elem_to_guest(GVA(g->info.p), i, &c))
			return -EFAULT;
	}
	g->nr_cpus = n;
	return 0;
}

static long op_availheap(struct xen_sysctl *op)
{
	op->u.availheap.avail_bytes = heap_free_frames() * PAGE_SIZE;
	return 0;
}

/* Every CPU is a core of its own in one package. */
static long op_cputopo(struct xen_sysctl *op)
{
	struct xen_sysctl_cputopoinfo *t = &op->u.cputopoinfo;
	u32 n = min(t->num_cpus, cpu_online_count);

	for (u32 i = 0; t->cputopo.p && i < n; i++) {
		struct xen_sysctl_cputopo c = { .core = i };

		if (copy_elem_to_guest(GVA(t->cputopo.p), i, &c))
			return -EFAULT;
	}
	t->num_cpus = cpu_online_count;
	return 0;
}

static long op_numa(struct xen_sysctl *op)
{
	struct xen_sysctl_numainfo *n = &op->u.numainfo;
	struct xen_sysctl_meminfo m = {
		.memsize = heap_total_frames() * PAGE_SIZE,
		.memfree = heap_free_frames() * PAGE_SIZE,
	};
	u32 distance = 10;

	if (n->num_nodes && n->meminfo.p &&
	    copy_to_guest(GVA(n->meminfo.p), &m, sizeof(m)))
		return -EFAULT;
	if (n->num_nodes && n->distance.p &&
	    copy_to_guest(GVA(n->distance.p), &distance, sizeof(distance)))
		return -EFAULT;
	n->num_nodes = 1;
	return 0;
}

static u32 count_domains(void)
{
	unsigned int id = 0;
	struct domain *d;
	u32 n = 0;

	while ((d = domain_next(id))) {
		id = d->id + 1;
		domain_put(d);
		n++;
	}
	return n;
}

/* One pool with all CPUs. INFO gives the first pool at or above the id. */
static long op_cpupool(struct xen_sysctl *op)
{
	struct xen_sysctl_cpupool_op *p = &op->u.cpupool_op;
	struct cpumask none = { { 0 } };

	switch (p->op) {
	case XEN_SYSCTL_CPUPOOL_OP_INFO:
		if (p->cpupool_id)
			return -ENOENT;
		p->sched_id = XEN_SCHEDULER_CREDIT;
		p->n_dom = count_domains();
		return bitmap_to_guest(&p->cpumap, cpu_online_mask.bits,
				       NR_CPUS);
	case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
		return bitmap_to_guest(&p->cpumap, none.bits, NR_CPUS);
	}
	return -EOPNOTSUPP;
}

static long op_scheduler(struct xen_sysctl *op)
{
	struct xen_sysctl_scheduler_op *s = &op->u.scheduler_op;

	if (s->cpupool_id || s->sched_id != XEN_SCHEDULER_CREDIT)
		return -EINVAL;
	if (s->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
		return -EOPNOTSUPP;
	s->u.sched_credit.tslice_ms = SCHED_SLICE / MS;
	s->u.sched_credit.ratelimit_us = 1000;
	s->u.sched_credit.vcpu_migr_delay_us = 0;
	return 0;
}

/* The bits are the same. */
_Static_assert(SPEC_IBRS == XEN_SYSCTL_HOSPES_SPEC_ibrs &&
	       SPEC_STIBP == XEN_SYSCTL_HOSPES_SPEC_stibp &&
	       SPEC_IBPB == XEN_SYSCTL_HOSPES_SPEC_ibpb &&
	       SPEC_VERW == XEN_SYSCTL_HOSPES_SPEC_verw &&
	       SPEC_RSB == XEN_SYSCTL_HOSPES_SPEC_rsb, "x86/spec_ctrl.h");

static long op_spec_ctrl(struct xen_sysctl *op)
{
	op->u.hospes_spec_ctrl = (struct xen_sysctl_hospes_spec_ctrl){
		.used = spec_ctrl.used,
		.lacking = spec_ctrl.lacking,
		.vulnerable = spec_ctrl.meltdown ?
			      XEN_SYSCTL_HOSPES_VULN_meltdown : 0,
	};
	return 0;
}

static long not_offered(struct xen_sysctl *op)
{
	(void)op;
	return -EOPNOTSUPP;
}

static const struct {
	u32 cmd;
	sysctl_fn *fn;
} ops[] = {
	{ XEN_SYSCTL_readconsole, op_readconsole },
	{ XEN_SYSCTL_physinfo, op_physinfo },
	{ XEN_SYSCTL_sched_id, op_sched_id },
	{ XEN_SYSCTL_getdomaininfolist, op_domains },
	{ XEN_SYSCTL_debug_keys, op_debug_keys },
	{ XEN_SYSCTL_getcpuinfo, op_cpuinfo },
	{ XEN_SYSCTL_availheap, op_availheap },
	{ XEN_SYSCTL_cputopoinfo, op_cputopo },
	{ XEN_SYSCTL_numainfo, op_numa },
	{ XEN_SYSCTL_cpupool_op, op_cpupool },
	{ XEN_SYSCTL_scheduler_op, op_scheduler },
	{ XEN_SYSCTL_get_cpu_levelling_caps, not_offered },
	{ XEN_SYSCTL_get_cpu_featureset, not_offered },
	{ XEN_SYSCTL_get_cpu_policy, not_offered },
	{ XEN_SYSCTL_hospes_perf, sysctl_perf },
	{ XEN_SYSCTL_hospes_spec_ctrl, op_spec_ctrl },
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_DOMCTL);

static long run(struct xen_sysctl *op)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].cmd == op->cmd)
			return ops[i].fn(op);
	return -ENOSYS;
}

/* Debug keys pause domains: as with domctl, nobody waits for the lock. */
long hc_sysctl(gva_t arg)
{
	struct xen_sysctl op;
	long rc;

	if (policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -EACCES;
	domain_reap();
	if (!spin_trylock(&lock))
		return hypercall_restart(arg.v, 0, 0, 0);
	rc = run(&op);
	spin_unlock(&lock);
	if (!rc && copy_to_guest(arg, &op, sizeof(op)))
		return -EFAULT;
	return rc;
}
