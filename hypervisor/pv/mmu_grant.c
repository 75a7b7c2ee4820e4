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

/* The entry named by a linear address or by its machine address. */
static u64 *find_slot(struct vcpu *v, u64 where, bool is_pte)
{
	mfn_t m = maddr_to_mfn(MADDR(where));
	u64 w;

	if (!is_pte)
		return mmu_walk_current(v, where);
	if (where & 7 || !mfn_valid(m))
		return NULL;
	w = frame_read(m);
	if (frame_word_owner(w) != v->domain->id ||
	    frame_word_type(w) != FT_L1 || !frame_word_types(w) ||
	    w & FRAME_PARTIAL)
		return NULL;
	return maddr_to_virt(MADDR(where));
}

int pv_mmu_grant_map(struct vcpu *v, u64 where, bool is_pte, u64 pte)
{
	struct domain *d = v->domain;
	int rc = -EINVAL;
	u64 *slot, old;

	spin_lock(&d->pv.mmu_lock);
	slot = find_slot(v, where, is_pte);
	if (slot)
		rc = pte_check_leaf(d, &pte);
	if (!rc) {
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

int pv_mmu_grant_unmap(struct vcpu *v, u64 where, bool is_pte, u64 pte)
{
	struct domain *d = v->domain;
	int rc = -EINVAL;
	u64 *slot;

	spin_lock(&d->pv.mmu_lock);
	slot = find_slot(v, where, is_pte);
	if (slot && maps(slot, pte)) {
		WRITE_ONCE(*slot, 0);
		rc = 0;
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

int pv_mmu_grant_replace(struct vcpu *v, u64 va, u64 pte, u64 from)
{
	struct domain *d = v->domain;
	u64 *slot, *source;
	int rc = -EINVAL;

	spin_lock(&d->pv.mmu_lock);
	slot = find_slot(v, va, false);
	source = find_slot(v, from, false);
	if (slot && source && slot != source && maps(slot, pte)) {
		WRITE_ONCE(*slot, READ_ONCE(*source));
		WRITE_ONCE(*source, 0);
		rc = 0;
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}
