/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules for single page table entries: which bits a guest may set, which
 * ones we add, which references an entry holds.
 *
 * A present L1 entry that maps RAM holds one general reference of the frame,
 * and a writable type reference as well if it is writable.  Entries that map
 * devices hold nothing.  An entry of an upper table holds a type reference
 * of the table below, which page_type.c takes.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "pv/leaf.h"
#include "x86/cpuid.h"
#include "x86/irq.h"

/*
 * When a domain last lost a writable mapping of somebody else's frame.  Its
 * CPUs are not among those of the owner, so the owner's next change of type
 * looks at all CPUs.
 */
static u64 foreign_clock;

static void foreign_clock_set(void)
{
	u64 now = tlb_clock(), old = READ_ONCE(foreign_clock);

	while (old < now &&
	       !__atomic_compare_exchange_n(&foreign_clock, &old, now, false,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
}

void pte_flush_for_table(struct domain *d, enum frame_type old)
{
	u64 since;

	tlb_flush_since(&d->dirty, d->unmap_clock);
	if (old != FT_WRITABLE)
		return;
	since = __atomic_load_n(&foreign_clock, __ATOMIC_SEQ_CST);
	if (since)
		tlb_flush_all_since(since);
}

/* No RAM, so that no references are counted for it. */
static bool frame_is_mmio(mfn_t m)
{
	return !mfn_valid(m) || frame_word_owner(frame_read(m)) == OWNER_IO;
}

int pte_check_leaf(const struct domain *d, u64 *pte)
{
	if (*pte & ~(d->privileged ? PTE_LEAF_OK | PTE_CACHE : PTE_LEAF_OK))
		return -EINVAL;
	*pte = leaf_complete(d, *pte);
	return 0;
}

int pte_check_table(const struct domain *d, enum frame_type type, u64 *pte)
{
	if (*pte & ~PTE_TABLE_OK)
		return -EINVAL;
	if (!d->pv.is_32bit) {
		*pte |= PTE_U;
		if (type == FT_L4)
			*pte |= PTE_A;
	} else if (type == FT_L3) {
		/* In PAE mode these have no rights; in ours they need them. */
		if (*pte & (PTE_SOFT | PTE_NX))
			return -EINVAL;
		*pte |= PTE_U | PTE_RW | PTE_A;
	}
	return 0;
}

/*
 * Devices: dom0 only, never cached, some frames read-only or not at all.  That
 * some cache bit is always set is what leaf_is_ram() knows them by.
 */
static int get_mmio(const struct domain *d, u64 *pte)
{
	mfn_t m = pte_mfn(*pte);
	unsigned int slot;

	if (!d->privileged)
		return -EPERM;
	if (m.v >> (cpu_features.phys_bits - PAGE_SHIFT))
		return -EINVAL;
	if (mmio_frame_denied(m))
		return -EPERM;
	if (mmio_frame_readonly(m))
		*pte &= ~PTE_RW;
	slot = (*pte & PTE_PAT ? 4 : 0) | (*pte & PTE_PCD ? 2 : 0) |
	       (*pte & PTE_PWT ? 1 : 0);
	if (slot == 0)			/* write-back */
		*pte |= PTE_PCD | PTE_PWT;
	else if (slot == 1 || slot == 5) /* write-through, write-protected */
		*pte |= PTE_PCD;
	return 0;
}

/* A former table: whoever may still walk it must forget it first. */
static void settle(struct domain *d, mfn_t m)
{
	struct frame *f = mfn_frame(m);
	u64 w = READ_ONCE(f->word);

	for (;;) {
		if (frame_word_types(w) || frame_word_type(w) < FT_L1 ||
		    w & FRAME_LOCKED)
			return;
		if (__atomic_compare_exchange_n(&f->word, &w, w | FRAME_LOCKED,
						false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			break;
	}
	tlb_flush_since(&d->dirty, d->unmap_clock);
	__atomic_fetch_and(&f->word, ~(FRAME_LOCKED | FRAME_TYPE_MASK),
			   __ATOMIC_SEQ_CST);
}

/* Ours to map, but in use as something that must not be written? */
static int not_writable(const struct domain *d, mfn_t m)
{
	return frame_owner(m) == d->id ? -EBUSY : -EINVAL;
}

int pte_get_writable(struct domain *d, mfn_t m)
{
	int rc = 0;
	u64 w;

	if (!mfn_valid(m))
		return -EINVAL;
	w = frame_read(m);
	if (likely(frame_word_type(w) < FT_L1))
		return frame_get_writable(m, d->id) ? 0 : not_writable(d, m);
	if (!frame_get(m, d->id))
		return -EINVAL;
	w = frame_read(m);
	if (w & FRAME_PARTIAL &&
	    !(frame_word_types(w) & FRAME_PARTIAL_HELD))
		rc = page_undo_partial(d, m);
	if (!rc) {
		settle(d, m);
		if (!frame_get_writable(m, d->id))
			rc = not_writable(d, m);
	}
	frame_put(m);
	return rc;
}

int pte_get_leaf(struct domain *d, u64 *pte, unsigned int owner)
{
	mfn_t m = pte_mfn(*pte);
	int rc = pte_check_leaf(d, pte);

	if (rc)
		return rc;
	if (frame_is_mmio(m)) {
		if (owner != d->id && owner != OWNER_IO)
			return -EINVAL;
		return get_mmio(d, pte);
	}
	if (owner == OWNER_IO)
		return -EINVAL;
	if (!(*pte & PTE_RW))
		return frame_get(m, owner) ? 0 : -EINVAL;
	if (owner == d->id)
		return pte_get_writable(d, m);
	if (frame_get_writable(m, owner))
		return 0;
	return frame_owner(m) == owner ? -EBUSY : -EINVAL;
}

void pte_put_leaf(struct domain *d, u64 pte)
{
	mfn_t m = pte_mfn(pte);

	if (!(pte & PTE_P) || frame_is_mmio(m))
		return;
	if (!(pte & PTE_RW)) {
		frame_put(m);
		return;
	}
	/* The stamp must be there before another type can be. */
	if (frame_word_owner(frame_read(m)) == d->id)
		d->unmap_clock = tlb_clock();
	else
		foreign_clock_set();
	frame_put_writable(m);
}
