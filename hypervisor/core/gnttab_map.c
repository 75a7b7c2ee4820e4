/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping and unmapping of grants by paravirtual domains.
 *
 * Who owns what.  A use of a grant is a pin of the granter's entry and the
 * references of its frame; a mapping has one use for its host part, one for
 * its device part.  The host part's frame references belong to the page table
 * entry: an ordinary update that overwrites the entry drops them, as it does
 * for any entry.  The handle remembers where the entry is (not just its
 * linear address, which may lead elsewhere later; and nothing can copy or
 * move the entry of a foreign frame).  So unmap first takes the entry away.  If
 * it still mapped the frame, its references are ours again and are dropped
 * after the TLB flush.  If the guest has overwritten it, they are gone already:
 * just the pin is dropped, and the guest is told by GNTST_general_error.
 * With a host_addr that is not the mapping's, nothing changes.
 */
#include "core/gnttab_private.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "mm/hvmap.h"
#include "x86/tlb.h"

#define AVAIL_SHIFT	9
#define AVAIL_BITS	7U

static u64 make_pte(mfn_t m, u32 flags)
{
	u64 pte = pte_make(m, PTE_P | PTE_A | PTE_D | PTE_NX);

	if (!(flags & GNTMAP_readonly))
		pte |= PTE_RW;
	if (flags & GNTMAP_application_map)
		pte |= PTE_U;
	return pte | (u64)(flags >> _GNTMAP_guest_avail0 & AVAIL_BITS) <<
		     AVAIL_SHIFT;
}

/* ---- map ------------------------------------------------------------------------ */

static int map_host(const struct gnttab_map_grant_ref *op, struct domain *rd,
		    mfn_t *m, maddr_t *slot)
{
	struct vcpu *v = current;
	bool ro = op->flags & GNTMAP_readonly;
	int rc;

	rc = grant_acquire(rd, op->ref, v->domain->id, ro, m);
	if (rc)
		return rc;
	if (!pv_mmu_grant_map(v, op->host_addr, op->flags & GNTMAP_contains_pte,
			      make_pte(*m, op->flags), slot))
		return GNTST_okay;
	grant_release(rd, op->ref, ro, *m);
	return GNTST_general_error;
}

static void unmap_host(const struct gnttab_map_grant_ref *op,
		       struct domain *rd, mfn_t m, maddr_t slot)
{
	struct vcpu *v = current;
	bool ro = op->flags & GNTMAP_readonly;

	if (pv_mmu_grant_unmap(v, slot, make_pte(m, op->flags))) {
		grant_unpin(rd, op->ref, ro);
		return;
	}
	tlb_flush_mask(&v->domain->dirty);
	grant_release(rd, op->ref, ro, m);
}

static int map_parts(struct gnttab_map_grant_ref *op, struct domain *rd,
		     maddr_t *slot)
{
	bool ro = op->flags & GNTMAP_readonly;
	mfn_t m = INVALID_MFN, host;
	int rc = GNTST_okay;

	if (op->flags & GNTMAP_host_map)
		rc = map_host(op, rd, &m, slot);
	if (rc)
		return rc;
	host = m;
	if (op->flags & GNTMAP_device_map)
		rc = grant_acquire(rd, op->ref, current->domain->id, ro, &m);
	if (rc && op->flags & GNTMAP_host_map)
		unmap_host(op, rd, host, *slot);
	if (!rc)
		op->dev_bus_addr = mfn_to_maddr(m).v;
	return rc;
}

static int map_into(struct gnttab_map_grant_ref *op, struct domain *rd)
{
	struct domain *ld = current->domain, *put = NULL;
	int handle = grant_handle_new(ld, rd), rc;
	maddr_t slot = MADDR(0);
	struct maptrack *t;

	if (handle < 0)
		return GNTST_no_space;
	rc = map_parts(op, rd, &slot);
	spin_lock(&ld->gnttab.lock);
	t = grant_handle(ld, handle);
	t->busy--;
	if (rc == GNTST_okay) {
		perf_count(grant_maps);
		t->where = op->host_addr;
		t->slot = slot;
		t->ref = op->ref;
		t->frame = op->dev_bus_addr >> PAGE_SHIFT;
		t->flags = op->flags & 0xffff;
		op->handle = handle;
	} else {
		put = grant_handle_drop(ld, handle);
	}
	spin_unlock(&ld->gnttab.lock);
	if (put)
		domain_put(put);
	return rc;
}

void grant_map(struct gnttab_map_grant_ref *op)
{
	struct domain *rd;

	op->handle = ~0U;
	op->dev_bus_addr = 0;
	if (!(op->flags & MAP_PARTS) ||
	    (op->flags & (GNTMAP_contains_pte | GNTMAP_host_map)) ==
	    GNTMAP_contains_pte) {
		op->status = GNTST_bad_gntref;
		return;
	}
	rd = domain_get(op->dom);
	if (!rd || rd->dying)
		op->status = GNTST_bad_domain;
	else
		op->status = map_into(op, rd);
	if (rd)
		domain_put(rd);
}

/* ---- unmap ------------------------------------------------------------------------ */

/* An unmap between its two halves: before and after the TLB flush. */
struct unmap {
	struct domain *rd;	/* NULL: nothing to do */
	u32 handle, ref;
	mfn_t frame;
	maddr_t slot;		/* of the mapping's entry */
	u16 flags;		/* of the mapping */
	u16 parts;		/* to be undone */
	bool overwritten;	/* host part without references */
};

static int claim(struct unmap *u, u32 handle, u16 parts, u64 host, u64 bus)
{
	struct domain *ld = current->domain;
	struct maptrack *t;
	int rc = GNTST_bad_handle;

	u->rd = NULL;
	spin_lock(&ld->gnttab.lock);
	t = grant_handle(ld, handle);
	if (!t)
		goto out;
	rc = GNTST_general_error;
	if (parts & GNTMAP_host_map &&
	    (!(t->flags & GNTMAP_host_map) || host != t->where))
		goto out;
	rc = GNTST_bad_dev_addr;
	if (parts & GNTMAP_device_map &&
	    (!(t->flags & GNTMAP_device_map) || bus >> PAGE_SHIFT != t->frame))
		goto out;
	*u = (struct unmap){
		.rd = t->granter, .handle = handle, .ref = t->ref,
		.frame = MFN(t->frame), .slot = t->slot, .flags = t->flags,
		.parts = parts,
	};
	t->flags &= ~parts;
	t->busy++;
	rc = GNTST_okay;
out:
	spin_unlock(&ld->gnttab.lock);
	return rc;
}

static void unmap_begin(struct gnttab_unmap_grant_ref *op, struct unmap *u)
{
	u16 parts = (op->host_addr ? GNTMAP_host_map : 0) |
		    (op->dev_bus_addr ? GNTMAP_device_map : 0);

	op->status = claim(u, op->handle, parts, op->host_addr,
			   op->dev_bus_addr);
	if (op->status || !(parts & GNTMAP_host_map))
		return;
	if (!pv_mmu_grant_unmap(current, u->slot,
				make_pte(u->frame, u->flags)))
		return;
	u->overwritten = true;
	op->status = GNTST_general_error;
}

/* The host part stays as it was. */
static void unclaim_host(struct unmap *u)
{
	struct domain *ld = current->domain;

	spin_lock(&ld->gnttab.lock);
	grant_handle(ld, u->handle)->flags |= GNTMAP_host_map;
	spin_unlock(&ld->gnttab.lock);
	u->parts &= ~GNTMAP_host_map;
}

static void replace_begin(struct gnttab_unmap_and_replace *op,
			  struct unmap *u)
{
	int rc;

	op->status = claim(u, op->handle, GNTMAP_host_map, op->host_addr, 0);
	if (op->status)
		return;
	rc = -EFAULT;
	if (!(u->flags & GNTMAP_contains_pte))
		rc = pv_mmu_grant_replace(current, u->slot,
					  make_pte(u->frame, u->flags),
					  op->new_addr);
	if (!rc)
		return;
	op->status = GNTST_general_error;
	if (rc == -EFAULT)
		unclaim_host(u);
	else
		u->overwritten = true;
}

static void unmap_end(struct unmap *u)
{
	struct domain *ld = current->domain, *put;
	bool ro = u->flags & GNTMAP_readonly;

	if (!u->rd)
		return;
	perf_count(grant_unmaps);
	if (u->parts & GNTMAP_host_map) {
		if (u->overwritten)
			grant_unpin(u->rd, u->ref, ro);
		else
			grant_release(u->rd, u->ref, ro, u->frame);
	}
	if (u->parts & GNTMAP_device_map)
		grant_release(u->rd, u->ref, ro, u->frame);
	spin_lock(&ld->gnttab.lock);
	grant_handle(ld, u->handle)->busy--;
	put = grant_handle_drop(ld, u->handle);
	spin_unlock(&ld->gnttab.lock);
	if (put)
		domain_put(put);
}

/* Nobody may see a frame after the granter got it back: flush in between. */
static void unmap_finish(struct unmap *u, unsigned int n)
{
	bool any = false;

	for (unsigned int i = 0; i < n; i++)
		any |= u[i].rd && u[i].parts & GNTMAP_host_map;
	if (any)
		tlb_flush_mask(&current->domain->dirty);
	for (unsigned int i = 0; i < n; i++)
		unmap_end(&u[i]);
}

int grant_unmap_batch(gva_t uop, unsigned int count)
{
	struct gnttab_unmap_grant_ref op;
	struct unmap u[GRANT_BATCH];
	unsigned int n;
	int rc = 0;

	for (n = 0; n < count && !rc; n++) {
		u[n].rd = NULL;
		if (copy_elem_from_guest(&op, uop, n)) {
			rc = -EFAULT;
			break;
		}
		unmap_begin(&op, &u[n]);
		if (copy_elem_to_guest(uop, n, &op))
			rc = -EFAULT;
	}
	unmap_finish(u, n);
	return rc;
}

int grant_replace_batch(gva_t uop, unsigned int count)
{
	struct gnttab_unmap_and_replace op;
	struct unmap u[GRANT_BATCH];
	unsigned int n;
	int rc = 0;

	for (n = 0; n < count && !rc; n++) {
		u[n].rd = NULL;
		if (copy_elem_from_guest(&op, uop, n)) {
			rc = -EFAULT;
			break;
		}
		replace_begin(&op, &u[n]);
		if (copy_elem_to_guest(uop, n, &op))
			rc = -EFAULT;
	}
	unmap_finish(u, n);
	return rc;
}

/* ---- the end of the mapping domain ----------------------------------------------- */

static void release_handle(struct domain *d, u32 handle, struct maptrack *t)
{
	bool ro = t->flags & GNTMAP_readonly;
	struct domain *put;

	/* The references of the host part go with the page tables. */
	if (t->flags & GNTMAP_host_map)
		grant_unpin(t->granter, t->ref, ro);
	if (t->flags & GNTMAP_device_map)
		grant_release(t->granter, t->ref, ro, MFN(t->frame));
	spin_lock(&d->gnttab.lock);
	t->flags = 0;
	put = grant_handle_drop(d, handle);
	spin_unlock(&d->gnttab.lock);
	if (put)
		domain_put(put);
}

int gnttab_release_mappings(struct domain *d)
{
	/* No vCPU runs any more, so the table stands still. */
	for (u32 i = 0; i < d->gnttab.handles && d->gnttab.mapped; i++) {
		struct maptrack *t = grant_handle(d, i);

		if (!t)
			continue;
		release_handle(d, i, t);
		if (hypercall_preempt())
			return -ERESTART;
	}
	return 0;
}
