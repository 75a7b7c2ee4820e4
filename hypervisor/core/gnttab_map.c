/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping of grants by paravirtual domains; gnttab_unmap.c has the way back.
 *
 * Who owns what.  A use of a grant is a pin of the granter's entry and the
 * references of its frame; a mapping has one use for its host part, one for
 * its device part.  The host part's frame references belong to the page table
 * entry: an ordinary update that overwrites the entry drops them, as it does
 * for any entry.  The handle remembers where the entry is (not just its
 * linear address, which may lead elsewhere later; and nothing can copy or
 * move the entry of a foreign frame).
 *
 * Operations in a row that name the same granter are a run: it is looked up
 * once, and the locks of the page tables and of both grant tables are taken
 * once.  So a handle is there for others only when its mapping is complete.
 */
#include "core/gnttab_pin.h"
#include "lib/errno.h"
#include "mm/hvmap.h"
#include "x86/tlb.h"

#define AVAIL_SHIFT	9
#define AVAIL_BITS	7U

u64 grant_pte(mfn_t m, u32 flags)
{
	u64 pte = pte_make(m, PTE_P | PTE_A | PTE_D | PTE_NX);

	if (!(flags & GNTMAP_readonly))
		pte |= PTE_RW;
	if (flags & GNTMAP_application_map)
		pte |= PTE_U;
	return pte | (u64)(flags >> _GNTMAP_guest_avail0 & AVAIL_BITS) <<
		     AVAIL_SHIFT;
}

struct run {
	struct pv_grant_run ptes;
	struct domain *ld;
	struct domain *rd;	/* held, and locked with @ld; NULL: no run */
	domid_t domid;		/* as operations name it */
	u32 flags;		/* of the last operation, */
	u64 bits;		/* and its entry without a frame; 0: refused */
};

static void run_end(struct run *r)
{
	if (!r->rd)
		return;
	spin_unlock_pair(&r->ld->gnttab.lock, &r->rd->gnttab.lock);
	pv_grant_end(&r->ptes);
	domain_put(r->rd);
	r->rd = NULL;
}

static bool run_begin(struct run *r, domid_t domid)
{
	if (domid == r->ld->id) {
		domain_hold(r->ld);
		r->rd = r->ld;
	} else {
		r->rd = domain_get(domid);
	}
	if (!r->rd)
		return false;
	r->domid = domid;
	pv_grant_begin(&r->ptes, current);
	spin_lock_pair(&r->ld->gnttab.lock, &r->rd->gnttab.lock);
	return true;
}

static u64 entry_bits(struct run *r, u32 flags)
{
	if (flags != r->flags) {
		r->flags = flags;
		r->bits = grant_pte(MFN(0), flags);
		if (pv_grant_check(r->ld, &r->bits))
			r->bits = 0;
	}
	return r->bits;
}

static int map_host(struct run *r, const struct gnttab_map_grant_ref *op,
		    mfn_t *m, maddr_t *slot)
{
	bool ro = op->flags & GNTMAP_readonly;
	u64 bits = entry_bits(r, op->flags);
	int rc;

	rc = grant_acquire(r->rd, op->ref, r->ld->id, ro, m);
	if (rc)
		return rc;
	if (likely(bits) &&
	    !pv_grant_map(&r->ptes, op->host_addr,
			  op->flags & GNTMAP_contains_pte,
			  bits | m->v << PAGE_SHIFT, slot))
		return GNTST_okay;
	grant_release(r->rd, op->ref, ro, *m);
	return GNTST_general_error;
}

/* The device part failed. */
static void undo_host(struct run *r, const struct gnttab_map_grant_ref *op,
		      mfn_t m, maddr_t slot)
{
	bool ro = op->flags & GNTMAP_readonly;

	if (pv_grant_unmap(&r->ptes, slot, grant_pte(m, op->flags))) {
		grant_unpin(r->rd, op->ref, ro);
		return;
	}
	tlb_flush_mask(&r->ld->dirty);
	grant_release(r->rd, op->ref, ro, m);
}

static int map_parts(struct run *r, const struct gnttab_map_grant_ref *op,
		     mfn_t *m, maddr_t *slot)
{
	bool ro = op->flags & GNTMAP_readonly;
	int rc = GNTST_okay;

	if (op->flags & GNTMAP_host_map)
		rc = map_host(r, op, m, slot);
	if (likely(rc || !(op->flags & GNTMAP_device_map)))
		return rc;
	rc = grant_acquire(r->rd, op->ref, r->ld->id, ro, m);
	if (rc && op->flags & GNTMAP_host_map)
		undo_host(r, op, *m, *slot);
	return rc;
}

static int map_one(struct run *r, struct gnttab_map_grant_ref *op)
{
	maddr_t slot = MADDR(0);
	mfn_t m = INVALID_MFN;
	struct maptrack *t;
	int rc;

	if (r->rd->dying)
		return GNTST_bad_domain;
	if (!grant_handle_reserve(r->ld))
		return GNTST_no_space;
	rc = map_parts(r, op, &m, &slot);
	if (rc)
		return rc;
	perf_count(grant_maps);
	t = grant_handle_new(r->ld, r->rd, &op->handle);
	t->where = op->host_addr;
	t->slot = slot;
	t->ref = op->ref;
	t->frame = m.v;
	t->flags = op->flags;
	op->dev_bus_addr = mfn_to_maddr(m).v;
	return GNTST_okay;
}

static bool has_parts(u32 flags)
{
	return flags & MAP_PARTS &&
	       (flags & (GNTMAP_contains_pte | GNTMAP_host_map)) !=
	       GNTMAP_contains_pte;
}

void grant_map_batch(void *ops, unsigned int n)
{
	struct gnttab_map_grant_ref *op = ops, *end = op + n;
	struct run r = { .ld = current->domain };

	for (; op < end; op++) {
		op->handle = ~0U;
		op->dev_bus_addr = 0;
		if (!has_parts(op->flags)) {
			op->status = GNTST_bad_gntref;
			continue;
		}
		if (r.rd && op->dom != r.domid)
			run_end(&r);
		if (!r.rd && !run_begin(&r, op->dom))
			op->status = GNTST_bad_domain;
		else
			op->status = map_one(&r, op);
	}
	run_end(&r);
}
