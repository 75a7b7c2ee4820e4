/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control of domains by the tools: one row per operation.
 *
 * One operation runs at a time.  Who does not get the lock starts the
 * hypercall again instead of waiting: the holder may wait for that very vCPU
 * to stop.
 */
#include "hypercall/control.h"

#define BACK		BIT(0)	/* copy the argument back on success */
#define NO_DOMAIN	BIT(1)	/* names none, or one that need not exist */
#define ALIVE		BIT(2)	/* not for a dying domain */
#define OTHER		BIT(3)	/* not on the caller's own domain */

static const struct {
	u32 cmd;
	u32 flags;
	domctl_fn *fn;
} ops[] = {
	{ XEN_DOMCTL_createdomain, NO_DOMAIN | BACK, domctl_create },
	{ XEN_DOMCTL_destroydomain, OTHER, domctl_destroy },
	{ XEN_DOMCTL_pausedomain, OTHER, domctl_pause },
	{ XEN_DOMCTL_unpausedomain, ALIVE, domctl_unpause },
	{ XEN_DOMCTL_resumedomain, OTHER | ALIVE, domctl_resume },
	{ XEN_DOMCTL_getdomaininfo, NO_DOMAIN | BACK, domctl_info },
	{ XEN_DOMCTL_setvcpuaffinity, ALIVE | BACK, domctl_set_affinity },
	{ XEN_DOMCTL_getvcpuaffinity, BACK, domctl_get_affinity },
	{ XEN_DOMCTL_setnodeaffinity, 0, domctl_node_affinity },
	{ XEN_DOMCTL_max_mem, ALIVE, domctl_max_mem },
	{ XEN_DOMCTL_setvcpucontext, OTHER | ALIVE, domctl_set_context },
	{ XEN_DOMCTL_getvcpucontext, OTHER, domctl_get_context },
	{ XEN_DOMCTL_getvcpuinfo, BACK, domctl_vcpu_info },
	{ XEN_DOMCTL_max_vcpus, OTHER | ALIVE, domctl_max_vcpus },
	{ XEN_DOMCTL_scheduler_op, ALIVE | BACK, domctl_scheduler },
	{ XEN_DOMCTL_setdomainhandle, ALIVE, domctl_set_handle },
	{ XEN_DOMCTL_irq_permission, 0, domctl_permission_irq },
	{ XEN_DOMCTL_iomem_permission, 0, domctl_permission_iomem },
	{ XEN_DOMCTL_ioport_permission, 0, domctl_permission_ioport },
	{ XEN_DOMCTL_hypercall_init, ALIVE, domctl_hypercall_init },
	{ XEN_DOMCTL_settimeoffset, ALIVE, domctl_time_offset },
	{ XEN_DOMCTL_set_address_size, ALIVE, domctl_set_address_size },
	{ XEN_DOMCTL_get_address_size, BACK, domctl_get_address_size },
	{ XEN_DOMCTL_getpageframeinfo3, ALIVE, domctl_page_types },
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_DOMCTL);

static long run(unsigned int row, struct xen_domctl *op)
{
	u32 flags = ops[row].flags;
	struct domain *d = NULL;
	long rc = policy_host(current->domain);

	if (rc)
		return rc;
	if (flags & NO_DOMAIN)
		return ops[row].fn(NULL, op);
	d = domain_get(op->domain == DOMID_SELF ? current->domain->id
						: op->domain);
	if (!d)
		return -ESRCH;
	rc = policy_control(current->domain, d);
	if (!rc && ((flags & ALIVE && d->dying) ||
		    (flags & OTHER && d == current->domain)))
		rc = -EINVAL;
	if (!rc)
		rc = ops[row].fn(d, op);
	domain_put(d);
	return rc;
}

static long dispatch(struct xen_domctl *op, gva_t arg)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++) {
		long rc;

		if (ops[i].cmd != op->cmd)
			continue;
		rc = run(i, op);
		if (!rc && ops[i].flags & BACK &&
		    copy_to_guest(arg, op, sizeof(*op)))
			rc = -EFAULT;
		return rc;
	}
	return -ENOSYS;
}

long hc_domctl(gva_t arg)
{
	struct xen_domctl op;
	long rc;

	if (policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
		return -EACCES;
	domain_reap();
	if (!spin_trylock(&lock))
		return hypercall_restart(arg.v, 0, 0, 0);
	rc = dispatch(&op, arg);
	spin_unlock(&lock);
	return rc == -ERESTART ? hypercall_restart(arg.v, 0, 0, 0) : rc;
}
