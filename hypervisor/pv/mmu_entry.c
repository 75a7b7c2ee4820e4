/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of single entries in live page tables.  The new entry takes its
 * references first, then the entry is changed, then the old one's references
 * are dropped.  Nothing but the processor's A and D bits changes an entry
 * behind our back, as the owner's mmu_lock is held and nobody can map the
 * table writable.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "pv/leaf.h"
#include "pv/page_type.h"

static void store(u64 *slot, u64 val, bool preserve_ad)
{
	u64 old = READ_ONCE(*slot), new;

	if (!preserve_ad) {
		WRITE_ONCE(*slot, val);
		return;
	}
	do {
		new = val | (old & (PTE_A | PTE_D));
	} while (!__atomic_compare_exchange_n(slot, &old, new, false,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
}

/*
 * To take the references of a new entry can mean to undo a table whose
 * validation was left, and everything that was a table by that alone.  If the
 * entry's own table is among that, the old entry holds nothing any more.
 */
static bool is_table(const struct domain *d, const u64 *slot,
		     enum frame_type type)
{
	return page_word_is_table(d, frame_read(virt_to_mfn(slot)), type);
}

int mmu_entry_set_leaf(const struct mmu_target *t, u64 *slot, u64 val)
{
	u64 old = READ_ONCE(*slot);
	int rc;

	if (!(val & PTE_P)) {
		store(slot, val, t->preserve_ad);
		pte_put_leaf(t->pt, old);
		return 0;
	}
	if (leaf_same_references(old, val)) {
		rc = pte_check_leaf(t->pt, &val);
		if (!rc)
			store(slot, val, t->preserve_ad);
		return rc;
	}
	rc = pte_get_leaf(t->pt, &val, t->owner);
	if (rc)
		return rc;
	if (!is_table(t->pt, slot, FT_L1)) {
		pte_put_leaf(t->pt, val);
		return -ERESTART;
	}
	store(slot, val, t->preserve_ad);
	pte_put_leaf(t->pt, old);
	return 0;
}

__noinline int mmu_entry_set_own_leaf(struct domain *d, u64 *slot, u64 val)
{
	const struct mmu_target own = { .pt = d, .owner = d->id };

	return mmu_entry_set_leaf(&own, slot, val);
}

static int set_table(const struct mmu_target *t, enum frame_type type,
		     u64 *slot, u64 val)
{
	u64 old = READ_ONCE(*slot);
	unsigned int index = (u64)slot / sizeof(u64) % 512;
	int rc;

	if (page_is_hv_slot(t->pt, type, index))
		return -EINVAL;
	/* The last gigabyte of a 32-bit guest stays as it was validated. */
	if (t->pt->pv.is_32bit && type == FT_L3 && index == 3)
		return -EINVAL;
	if (val & PTE_P) {
		rc = pte_check_table(t->pt, type, &val);
		if (rc)
			return rc;
		if (!(old & PTE_P) || (old ^ val) & PTE_ADDR) {
			rc = page_get_type(t->pt, pte_mfn(val),
					   page_child_type(t->pt, type, index),
					   true);
			if (rc)
				return rc == -EBUSY ? -EINVAL : rc;
			if (!is_table(t->pt, slot, type)) {
				mmu_drop_table(current, t->pt, pte_mfn(val));
				return -ERESTART;
			}
		} else {
			old = 0;	/* its reference stays */
		}
	}
	store(slot, val, t->preserve_ad);
	if (old & PTE_P)
		mmu_drop_table(current, t->pt, pte_mfn(old));
	return 0;
}

/* Memory that is no page table now: guests fill tables before they pin them. */
static int set_plain(const struct mmu_target *t, u64 *slot, mfn_t m, u64 val)
{
	int rc = pte_get_writable(t->pt, m);

	if (rc)
		return rc == -ERESTART ? rc : -EINVAL;
	store(slot, val, t->preserve_ad);
	frame_put_writable(m);
	return 0;
}

/* No reference is needed: with the lock held, a table stays a table. */
int mmu_entry_write(const struct mmu_target *t, maddr_t where, u64 val)
{
	mfn_t m = maddr_to_mfn(where);
	u64 *slot = maddr_to_virt(where);
	u64 w;

	if (where.v & 7 || !mfn_valid(m))
		return -EINVAL;
	w = frame_read(m);
	if (frame_word_owner(w) != t->pt->id)
		return -EINVAL;
	if (!frame_type_is_table(frame_word_type(w)) || !frame_word_types(w))
		return set_plain(t, slot, m, val);
	if (w & FRAME_PARTIAL)
		return -EINVAL;
	if (frame_word_type(w) == FT_L1)
		return mmu_entry_set_leaf(t, slot, val);
	return set_table(t, frame_word_type(w), slot, val);
}

/* ---- for emulated writes --------------------------------------------------- */

static int emulated_write(struct domain *d, u64 *slot, u64 old, u64 new)
{
	u64 val = new;
	int rc;

	if (!is_table(d, slot, FT_L1))
		return -EINVAL;
	if (val & PTE_P) {
		rc = pte_get_leaf(d, &val, d->id);
		if (rc)
			return rc == -ERESTART ? -EAGAIN : rc;
	}
	if (!is_table(d, slot, FT_L1) ||
	    !__atomic_compare_exchange_n(slot, &old, val, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		pte_put_leaf(d, val);
		return -EAGAIN;
	}
	pte_put_leaf(d, old);
	return 0;
}

int pv_mmu_emulated_write(struct vcpu *v, maddr_t where, u64 old, u64 new)
{
	struct domain *d = v->domain;
	int rc;

	if (where.v & 7 || !mfn_valid(maddr_to_mfn(where)))
		return -EINVAL;
	spin_lock(&d->pv.mmu_lock);
	rc = emulated_write(d, maddr_to_virt(where), old, new);
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}
