/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory_op.  The command's upper bits hold the first extent still to be
 * done when a call was preempted.
 */
#include <xen/memory.h>

#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/memory.h"
#include "core/shared_info.h"
#include "hypercall/memory.h"
#include "lib/printf.h"
#include "mm/heap.h"

#define CMD_BITS	6
/* Largest extents: zeroing one is not preempted. */
#define MAX_ORDER	9
#define MAX_ORDER_CONTROL 12

struct extents {
	struct domain *d;
	gva_t list;
	u64 count;
	unsigned int order, addr_bits;
};

static int put_mfn(const struct extents *e, u64 i, mfn_t m)
{
	u64 v = m.v;

	return e->list.v ? copy_elem_to_guest(e->list, i, &v) : 0;
}

static int extent_increase(const struct extents *e, u64 i)
{
	mfn_t m = memory_alloc(e->d, e->order, e->addr_bits, ~0UL);

	if (mfn_eq(m, INVALID_MFN))
		return -ENOMEM;
	return put_mfn(e, i, m);
}

static int extent_populate(const struct extents *e, u64 i)
{
	u64 pfn;
	mfn_t m;

	if (copy_elem_from_guest(&pfn, e->list, i))
		return -EFAULT;
	m = memory_alloc(e->d, e->order, e->addr_bits, pfn);
	if (mfn_eq(m, INVALID_MFN))
		return -ENOMEM;
	return put_mfn(e, i, m);
}

static int extent_decrease(const struct extents *e, u64 i)
{
	u64 mfn;
	int rc;

	if (copy_elem_from_guest(&mfn, e->list, i))
		return -EFAULT;
	for (u64 n = 0; n < 1UL << e->order; n++) {
		rc = memory_release(e->d, MFN(mfn + n));
		if (rc)
			return rc;
	}
	return 0;
}

static int (*extent_fn(unsigned int op))(const struct extents *, u64)
{
	switch (op) {
	case XENMEM_increase_reservation:
		return extent_increase;
	case XENMEM_populate_physmap:
		return extent_populate;
	default:
		return extent_decrease;
	}
}

/* Returns how many extents were done, whatever stopped it. */
static long reservation(unsigned int op, u64 start, gva_t arg)
{
	int (*fn)(const struct extents *, u64) = extent_fn(op);
	struct xen_memory_reservation r;
	struct extents e;
	u64 i = start;
	int rc;

	if (copy_from_guest(&r, arg, sizeof(r)))
		return start;
	e = (struct extents){
		.list = GVA(r.extent_start.p), .count = r.nr_extents,
		.order = r.extent_order,
		.addr_bits = XENMEMF_get_address_bits(r.mem_flags),
	};
	if (e.count > ~0UL >> CMD_BITS || start > e.count ||
	    e.order > (current->domain->privileged ? MAX_ORDER_CONTROL
						   : MAX_ORDER))
		return start;
	e.d = domain_get_target(r.domid, &rc);
	if (!e.d)
		return start;
	for (; i < e.count; i++) {
		if (i > start && hypercall_preempt()) {
			domain_put(e.d);
			return hypercall_restart(op | i << CMD_BITS, arg.v, 0,
						 0);
		}
		if (fn(&e, i))
			break;
	}
	domain_put(e.d);
	return i;
}

/* ---- questions ----------------------------------------------------------------- */

/* The page goes with the domain, under the lock. */
static long max_gpfn(struct domain *d)
{
	long n;

	spin_lock(&d->memory_lock);
	n = d->shared ? shared_max_pfn(d) - 1 : 0;
	spin_unlock(&d->memory_lock);
	return n;
}

static long ask_domain(unsigned int op, gva_t arg)
{
	struct xen_memory_domain q;
	struct domain *d;
	long n;
	int rc = -ESRCH;

	if (copy_from_guest(&q, arg, sizeof(q)))
		return -EFAULT;
	d = domain_get_target(q.domid, &rc);
	if (!d)
		return rc;
	if (op == XENMEM_current_reservation)
		n = memory_pages(d);
	else if (op == XENMEM_maximum_reservation)
		n = d->max_pages;
	else
		n = max_gpfn(d);
	domain_put(d);
	return n;
}

static long machphys_mapping(gva_t arg)
{
	struct xen_machphys_mapping m = {
		.v_start = M2P_VIRT,
		.v_end = M2P_VIRT + 256 * GIB,
		.max_mfn = frame_count - 1,
	};

	return copy_to_guest(arg, &m, sizeof(m)) ? -EFAULT : 0;
}

static long claim(u64 start, gva_t arg)
{
	struct xen_memory_reservation r;
	struct domain *d;
	int rc;

	if (policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&r, arg, sizeof(r)))
		return -EFAULT;
	if (start || r.extent_start.p || r.extent_order || r.mem_flags)
		return -EINVAL;
	d = domain_get(r.domid);
	if (!d)
		return -EINVAL;
	rc = memory_claim(d, r.nr_extents);
	domain_put(d);
	return rc;
}

long hc_memory_op(u64 cmd, gva_t arg)
{
	unsigned int op = cmd & ((1U << CMD_BITS) - 1);
	u64 start = cmd >> CMD_BITS;

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return reservation(op, start, arg);
	case XENMEM_exchange:
		return memory_exchange(arg);
	case XENMEM_maximum_ram_page:
		return frame_count - 1;
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return ask_domain(op, arg);
	case XENMEM_machphys_mapping:
		return machphys_mapping(arg);
	case XENMEM_memory_map:
		return memory_map_get(arg);
	case XENMEM_machine_memory_map:
		return memory_map_machine(arg);
	case XENMEM_set_memory_map:
		return memory_map_set(arg);
	case XENMEM_claim_pages:
		return claim(start, arg);
	case XENMEM_acquire_resource:
		return memory_acquire_resource(arg);
	case XENMEM_get_vnumainfo:
		return -EOPNOTSUPP;
	default:
		return -ENOSYS;
	}
}
