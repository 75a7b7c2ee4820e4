/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unmapping of grants, and the end of a domain that has mappings.
 *
 * First the page table entries of a batch are taken away.  If one still mapped
 * its frame, its references are ours again, and are dropped after the TLB flush,
 * of which there is one for the batch: until then the granter can use the frame
 * for nothing else.  If the guest has overwritten the entry, the references are
 * gone already: just the pin is dropped, and the guest is told by
 * GNTST_general_error.  With a host_addr that is not the mapping's, nothing
 * changes.
 *
 * In between no lock is held.  The handle is busy, which keeps it, the granter,
 * and what it says of the mapping.
 */
#include "core/gnttab_pin.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "x86/tlb.h"

/* An unmap between its two halves. */
struct unmap {
	struct maptrack *t;	/* NULL: nothing to do */
	u32 handle;
	u16 parts;		/* to be undone */
	bool overwritten;	/* host part without references */
};

static int claim(struct domain *ld, struct unmap *u, u16 parts, u64 host,
		 u64 bus)
{
	struct maptrack *t = grant_handle(ld, u->handle);

	u->t = NULL;
	if (!t)
		return GNTST_bad_handle;
	if (parts & GNTMAP_host_map &&
	    (!(t->flags & GNTMAP_host_map) || host != t->where))
		return GNTST_general_error;
	if (parts & GNTMAP_device_map &&
	    (!(t->flags & GNTMAP_device_map) || bus >> PAGE_SHIFT != t->frame))
		return GNTST_bad_dev_addr;
	u->t = t;
	u->parts = parts;
	u->overwritten = false;
	t->flags &= ~parts;
	t->busy++;
	return GNTST_okay;
}

static int unmap_begin(struct pv_grant_run *r, struct unmap *u,
		       const struct gnttab_unmap_grant_ref *op)
{
	u16 parts = (op->host_addr ? GNTMAP_host_map : 0) |
		    (op->dev_bus_addr ? GNTMAP_device_map : 0);
	int rc;

	u->handle = op->handle;
	rc = claim(r->d, u, parts, op->host_addr, op->dev_bus_addr);
	if (rc || !(parts & GNTMAP_host_map))
		return rc;
	if (!pv_grant_unmap(r, u->t->slot,
			    grant_pte(MFN(u->t->frame), u->t->flags)))
		return GNTST_okay;
	u->overwritten = true;
	return GNTST_general_error;
}

static int replace_begin(struct pv_grant_run *r, struct unmap *u,
			 const struct gnttab_unmap_and_replace *op)
{
	int rc;

	u->handle = op->handle;
	rc = claim(r->d, u, GNTMAP_host_map, op->host_addr, 0);
	if (rc)
		return rc;
	rc = -EFAULT;
	if (!(u->t->flags & GNTMAP_contains_pte))
		rc = pv_grant_replace(r, u->t->slot,
				      grant_pte(MFN(u->t->frame), u->t->flags),
				      op->new_addr);
	if (!rc)
		return GNTST_okay;
	if (rc == -EFAULT) {
		/* The host part stays as it was. */
		u->t->flags |= GNTMAP_host_map;
		u->parts = 0;
	} else {
		u->overwritten = true;
	}
	return GNTST_general_error;
}

/* The locks of both domains are held. */
static void unmap_end(struct domain *ld, const struct unmap *u)
{
	struct maptrack *t = u->t;
	bool ro = t->flags & GNTMAP_readonly;
	mfn_t m = MFN(t->frame);

	if (u->parts & GNTMAP_host_map) {
		if (unlikely(u->overwritten))
			grant_unpin(t->granter, t->ref, ro);
		else
			grant_release(t->granter, t->ref, ro, m);
	}
	if (u->parts & GNTMAP_device_map)
		grant_release(t->granter, t->ref, ro, m);
	t->busy--;
	perf_count(grant_unmaps);
	grant_handle_drop(ld, t, u->handle);
}

/* All of a row that have the same granter. */
static unsigned int end_run(struct domain *ld, const struct unmap *u,
			    unsigned int n)
{
	struct domain *rd = u->t->granter;
	unsigned int i;

	domain_hold(rd);
	spin_lock_pair(&ld->gnttab.lock, &rd->gnttab.lock);
	for (i = 0; i < n && u[i].t && u[i].t->granter == rd; i++)
		unmap_end(ld, &u[i]);
	spin_unlock_pair(&ld->gnttab.lock, &rd->gnttab.lock);
	domain_put(rd);
	return i;
}

static void unmap_finish(struct domain *ld, const struct unmap *u,
			 unsigned int n)
{
	unsigned int i = 0;
	u16 parts = 0;

	for (i = 0; i < n; i++)
		if (u[i].t)
			parts |= u[i].parts;
	if (parts & GNTMAP_host_map)
		tlb_flush_mask(&ld->dirty);
	for (i = 0; i < n;)
		i += u[i].t ? end_run(ld, &u[i], n - i) : 1;
}

void grant_unmap_batch(void *ops, unsigned int n)
{
	struct gnttab_unmap_grant_ref *op = ops;
	struct unmap u[GRANT_BATCH] __uninitialized;
	struct domain *ld = current->domain;
	struct pv_grant_run r;

	pv_grant_begin(&r, current);
	spin_lock(&ld->gnttab.lock);
	for (unsigned int i = 0; i < n; i++)
		op[i].status = unmap_begin(&r, &u[i], &op[i]);
	spin_unlock(&ld->gnttab.lock);
	pv_grant_end(&r);
	unmap_finish(ld, u, n);
}

void grant_replace_batch(void *ops, unsigned int n)
{
	struct gnttab_unmap_and_replace *op = ops;
	struct unmap u[GRANT_BATCH] __uninitialized;
	struct domain *ld = current->domain;
	struct pv_grant_run r;

	pv_grant_begin(&r, current);
	spin_lock(&ld->gnttab.lock);
	for (unsigned int i = 0; i < n; i++)
		op[i].status = replace_begin(&r, &u[i], &op[i]);
	spin_unlock(&ld->gnttab.lock);
	pv_grant_end(&r);
	unmap_finish(ld, u, n);
}

/* ---- the end of the mapping domain ----------------------------------------------- */

static void release_handle(struct domain *d, u32 handle, struct maptrack *t)
{
	bool ro = t->flags & GNTMAP_readonly;
	struct domain *rd = t->granter;

	domain_hold(rd);
	spin_lock_pair(&d->gnttab.lock, &rd->gnttab.lock);
	/* The references of the host part go with the page tables. */
	if (t->flags & GNTMAP_host_map)
		grant_unpin(rd, t->ref, ro);
	if (t->flags & GNTMAP_device_map)
		grant_release(rd, t->ref, ro, MFN(t->frame));
	t->flags = 0;
	grant_handle_drop(d, t, handle);
	spin_unlock_pair(&d->gnttab.lock, &rd->gnttab.lock);
	domain_put(rd);
}

/* How many free handles are passed over between two looks for other work. */
#define FREE_A_LOOK	64

int gnttab_release_mappings(struct domain *d)
{
	struct gnttab *g = &d->gnttab;
	struct maptrack *t;
	u32 i;

	/* No vCPU runs any more, so what was passed stays free. */
	while (g->released < g->handles && g->mapped) {
		i = g->released++;
		t = grant_handle(d, i);
		if (t)
			release_handle(d, i, t);
		else if (i % FREE_A_LOOK)
			continue;
		if (hypercall_preempt())
			return -ERESTART;
	}
	return 0;
}
