/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page table entries of grant mappings.  The references of such an entry are
 * those of any other: the entry holds them, and whoever clears it by ordinary
 * means drops them.  core/gnttab.c takes them before, and drops them after
 * (when the TLBs are flushed).
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"

/* An entry of a live L1 table of @d; NULL if it is none (any more). */
static u64 *find_slot(struct domain *d, maddr_t where)
{
	mfn_t m = maddr_to_mfn(where);
	u64 w;

	if (where.v & 7 || !mfn_valid(m))
		return NULL;
	w = frame_read(m);
	if (frame_word_owner(w) != d->id || frame_word_type(w) != FT_L1 ||
	    !frame_word_types(w) || w & FRAME_PARTIAL)
		return NULL;
	return maddr_to_virt(where);
}

int pv_mmu_grant_map(struct vcpu *v, u64 where, bool is_pte, u64 pte,
		     maddr_t *where_pte)
{
	struct domain *d = v->domain;
	int rc = -EINVAL;
	u64 *slot, old;

	spin_lock(&d->pv.mmu_lock);
	slot = is_pte ? find_slot(d, MADDR(where)) : mmu_walk_current(v, where);
	if (slot)
		rc = pte_check_leaf(d, &pte);
	if (!rc) {
		*where_pte = virt_to_maddr(slot);
		old = READ_ONCE(*slot);
		WRITE_ONCE(*slot, pte);
		pte_put_leaf(d, old);
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

static bool maps(const u64 *slot, u64 pte)
{
	u64 e = READ_ONCE(*slot);

	return e & PTE_P && !((e ^ pte) & (PTE_ADDR | PTE_RW));
}

int pv_mmu_grant_unmap(struct vcpu *v, maddr_t where, u64 pte)
{
	struct domain *d = v->domain;
	int rc = -EINVAL;
	u64 *slot;

	spin_lock(&d->pv.mmu_lock);
	slot = find_slot(d, where);
	if (slot && maps(slot, pte)) {
		WRITE_ONCE(*slot, 0);
		rc = 0;
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

/* Another grant's entry must stay where its handle knows it to be. */
static bool movable(const struct domain *d, u64 pte)
{
	return !(pte & PTE_P) || frame_owner(pte_mfn(pte)) == d->id;
}

int pv_mmu_grant_replace(struct vcpu *v, maddr_t where, u64 pte, u64 from)
{
	struct domain *d = v->domain;
	u64 *slot, *source;
	int rc = -EINVAL;

	spin_lock(&d->pv.mmu_lock);
	slot = find_slot(d, where);
	source = mmu_walk_current(v, from);
	if (!source || source == slot || !movable(d, READ_ONCE(*source))) {
		rc = -EFAULT;
	} else if (slot && maps(slot, pte)) {
		WRITE_ONCE(*slot, READ_ONCE(*source));
		WRITE_ONCE(*source, 0);
		rc = 0;
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}
