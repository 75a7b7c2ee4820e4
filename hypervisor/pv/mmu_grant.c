/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page table entries of grant mappings.  The references of such an entry are
 * those of any other: the entry holds them, and whoever clears it by ordinary
 * means drops them.  The grant tables take them before, and drop them after
 * (when the TLBs are flushed).
 *
 * Mappings come in runs, often at addresses in a row.  During a run the
 * mmu_lock is held, so no table becomes another, or a table no more: the last
 * walk serves for all addresses of its L1 table, and a frame that was found to
 * be one stays one.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"

#define REGION_SHIFT	21		/* what an L1 table maps */

void pv_grant_begin(struct pv_grant_run *r, struct vcpu *v)
{
	r->v = v;
	r->d = v->domain;
	r->table = NULL;
	r->checked = INVALID_MFN;
	spin_lock(&r->d->pv.mmu_lock);
}

void pv_grant_end(struct pv_grant_run *r)
{
	spin_unlock(&r->d->pv.mmu_lock);
}

int pv_grant_check(const struct domain *d, u64 *pte)
{
	return pte_check_leaf(d, pte);
}

static bool is_l1(const struct domain *d, mfn_t m)
{
	u64 w;

	if (!mfn_valid(m))
		return false;
	w = frame_read(m);
	return frame_word_owner(w) == d->id && frame_word_type(w) == FT_L1 &&
	       frame_word_types(w) && !(w & FRAME_PARTIAL);
}

/* An entry of a live L1 table of the domain; NULL if it is none (any more). */
static inline u64 *find_slot(struct pv_grant_run *r, maddr_t where)
{
	mfn_t m = maddr_to_mfn(where);

	if (where.v & 7)
		return NULL;
	if (unlikely(!mfn_eq(m, r->checked))) {
		if (!is_l1(r->d, m))
			return NULL;
		r->checked = m;
	}
	return maddr_to_virt(where);
}

static inline u64 *walk(struct pv_grant_run *r, u64 va)
{
	u64 *slot;

	if (r->table && va >> REGION_SHIFT == r->region)
		return &r->table[l1_index(va)];
	slot = mmu_walk_kernel(r->v, va);
	if (!slot)
		return NULL;
	r->region = va >> REGION_SHIFT;
	r->table = slot - l1_index(va);
	return slot;
}

int pv_grant_map(struct pv_grant_run *r, u64 where, bool is_pte, u64 pte,
		 maddr_t *at)
{
	u64 *slot, old;

	slot = is_pte ? find_slot(r, MADDR(where)) : walk(r, where);
	if (!slot)
		return -EINVAL;
	*at = virt_to_maddr(slot);
	old = READ_ONCE(*slot);
	WRITE_ONCE(*slot, pte);
	if (unlikely(old & PTE_P))
		pte_put_leaf(r->d, old);
	return 0;
}

static inline bool maps(const u64 *slot, u64 pte)
{
	u64 e = READ_ONCE(*slot);

	return e & PTE_P && !((e ^ pte) & (PTE_ADDR | PTE_RW));
}

int pv_grant_unmap(struct pv_grant_run *r, maddr_t where, u64 pte)
{
	u64 *slot = find_slot(r, where);

	if (!slot || !maps(slot, pte))
		return -EINVAL;
	WRITE_ONCE(*slot, 0);
	return 0;
}

/* Another grant's entry must stay where its handle knows it to be. */
static bool movable(const struct domain *d, u64 pte)
{
	return !(pte & PTE_P) || frame_owner(pte_mfn(pte)) == d->id;
}

int pv_grant_replace(struct pv_grant_run *r, maddr_t where, u64 pte, u64 from)
{
	u64 *slot = find_slot(r, where);
	u64 *source = walk(r, from);

	if (!source || source == slot || !movable(r->d, READ_ONCE(*source)))
		return -EFAULT;
	if (!slot || !maps(slot, pte))
		return -EINVAL;
	WRITE_ONCE(*slot, READ_ONCE(*source));
	WRITE_ONCE(*source, 0);
	return 0;
}
