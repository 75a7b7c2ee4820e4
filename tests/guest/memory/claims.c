/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claims: free memory that is kept for a domain. They are bounded by what is
 * free and not claimed, are used up by what the domain is given, end with it,
 * and nobody else is given what is claimed.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include "memory.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define SPARE	8		/* frames that a peer may have beyond its own */

static struct xen_memory_reservation request;

static long claim(unsigned int domid, unsigned long pages)
{
	memset(&request, 0, sizeof(request));
	request.nr_extents = pages;
	request.domid = domid;
	return memory_op(XENMEM_claim_pages, &request);
}

static unsigned long free_pages(unsigned long *claimed)
{
	struct xen_sysctl op;

	memset(&op, 0, sizeof(op));
	op.cmd = XEN_SYSCTL_physinfo;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	CHECK_EQ(HC1(sysctl, &op), 0);
	*claimed = op.u.physinfo.outstanding_pages;
	return op.u.physinfo.free_pages;
}

static unsigned long all_claimed(void)
{
	unsigned long n;

	free_pages(&n);
	return n;
}

static void domctl(unsigned int cmd, const struct peer *p,
		   struct xen_domctl *op)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = p->id;
	CHECK_EQ(HC1(domctl, op), 0);
}

static unsigned long claim_of(const struct peer *p)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	domctl(XEN_DOMCTL_getdomaininfo, p, &op);
	CHECK_EQ(op.domain, p->id);
	return op.u.getdomaininfo.outstanding_pages;
}

static void set_limit(const struct peer *p, u64 pages)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	op.u.max_mem.max_memkb = pages * 4;
	domctl(XEN_DOMCTL_max_mem, p, &op);
}

static long give(const struct peer *p, unsigned int cmd, unsigned int n)
{
	static xen_pfn_t list[SPARE];
	struct xen_memory_reservation r = { .nr_extents = n, .domid = p->id };
	unsigned int i;

	for (i = 0; cmd == XENMEM_populate_physmap && i < n; i++)
		list[i] = 100 + i;
	set_xen_guest_handle(r.extent_start, list);
	return memory_op(cmd, &r);
}

/* No other member has a meaning here, so none may say anything. */
static void check_arguments(const struct peer *p)
{
	static xen_pfn_t list[1];

	CHECK_EQ(claim(NO_DOMAIN, 1), -XEN_EINVAL);
	CHECK_EQ(memory_op(XENMEM_claim_pages, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(memory_op(XENMEM_claim_pages | 1 << 6, &request),
		 -XEN_EINVAL);
	claim(p->id, 0);
	request.nr_extents = PEER_FRAMES + 1;
	request.extent_order = 1;
	CHECK_EQ(memory_op(XENMEM_claim_pages, &request), -XEN_EINVAL);
	request.extent_order = 0;
	request.mem_flags = 1;
	CHECK_EQ(memory_op(XENMEM_claim_pages, &request), -XEN_EINVAL);
	request.mem_flags = 0;
	set_xen_guest_handle(request.extent_start, list);
	CHECK_EQ(memory_op(XENMEM_claim_pages, &request), -XEN_EINVAL);
	CHECK_EQ(claim(p->id, PEER_FRAMES), -XEN_EINVAL);
	CHECK_EQ(claim(p->id, PEER_FRAMES + SPARE + 1), -XEN_EINVAL);
	CHECK_EQ(claim_of(p), 0);
}

static void check_use(const struct peer *p, unsigned long before)
{
	CHECK_EQ(claim(p->id, PEER_FRAMES + 4), 0);
	CHECK_EQ(claim_of(p), 4);
	CHECK_EQ(all_claimed(), before + 4);
	CHECK_EQ(claim(p->id, PEER_FRAMES + 5), -XEN_EINVAL);
	CHECK_EQ(give(p, XENMEM_populate_physmap, 3), 3);
	CHECK_EQ(claim_of(p), 1);
	CHECK_EQ(all_claimed(), before + 1);
	/* What it gives back it has no claim on. */
	CHECK_EQ(give(p, XENMEM_decrease_reservation, 3), 3);
	CHECK_EQ(claim_of(p), 1);
	CHECK_EQ(claim(p->id, 0), 0);
	CHECK_EQ(claim(p->id, 0), 0);
	CHECK_EQ(all_claimed(), before);
	/* More than it has a claim on is within its limit still. */
	CHECK_EQ(claim(p->id, PEER_FRAMES + 2), 0);
	CHECK_EQ(give(p, XENMEM_populate_physmap, SPARE), SPARE);
	CHECK_EQ(claim_of(p), 0);
	CHECK_EQ(give(p, XENMEM_decrease_reservation, SPARE), SPARE);
	CHECK_EQ(all_claimed(), before);
}

/* With all that is free claimed, only its holder is given any. */
static void check_all_of_it(struct peer *p, struct peer *other)
{
	unsigned long before, free = free_pages(&before);

	set_limit(p, PEER_FRAMES + free + 1);
	CHECK_EQ(claim(p->id, PEER_FRAMES + free - before + 1), -XEN_ENOMEM);
	CHECK_EQ(claim_of(p), 0);
	CHECK_EQ(claim(p->id, PEER_FRAMES + free - before), 0);
	CHECK_EQ(free_pages(&before), free);
	CHECK_EQ(claim(other->id, PEER_FRAMES + 1), -XEN_ENOMEM);
	CHECK_EQ(give(other, XENMEM_populate_physmap, 1), 0);
	CHECK_EQ(give(p, XENMEM_populate_physmap, 2), 2);
	CHECK_EQ(give(p, XENMEM_decrease_reservation, 2), 2);
	CHECK_EQ(give(other, XENMEM_populate_physmap, 2), 2);
	CHECK_EQ(give(other, XENMEM_decrease_reservation, 2), 2);
}

void memory_check_claims(void)
{
	struct peer p, other;
	unsigned long before;

	subject("claims");
	if (!is_dom0()) {
		CHECK_EQ(claim(DOMID_SELF, 1), -XEN_EPERM);
		CHECK_EQ(claim(0, 0), -XEN_EPERM);
		return;
	}
	if (!peer_create(&p))
		return;
	if (!peer_create(&other))
		return;
	before = all_claimed();
	check_arguments(&p);
	check_use(&p, before);
	check_all_of_it(&p, &other);
	/* Its end gives all of it up. */
	CHECK_EQ(peer_destroy(&p), 0);
	CHECK_EQ(all_claimed(), before);
	CHECK_EQ(give(&other, XENMEM_populate_physmap, 1), 1);
	CHECK_EQ(peer_destroy(&other), 0);
}
