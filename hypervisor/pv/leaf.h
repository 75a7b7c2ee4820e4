/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * L1 entries: the rules for their bits, and the short way for changes of them.
 *
 * Nearly all changes concern entries of a domain's own, validated tables, old
 * and new not present or for its own ordinary memory.  The leaf_try_*() do
 * these with nothing but the words of the two frames.  They return false, with
 * nothing done, where more is to be looked at; that says nothing about the
 * entry.  Then it is for pte.c and mmu_entry.c to grant or refuse it.
 *
 * The mmu_lock of the tables' owner is held.
 */
#ifndef HOSPES_PV_LEAF_H
#define HOSPES_PV_LEAF_H

#include "core/domain.h"
#include "mm/frame_ref.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "x86/tlb.h"

/* Bits 52-61 belong to software; 62 is refused, as nobody may use it. */
#define PTE_SOFT	(0x3ffUL << 52)
#define PTE_TABLE_OK	(PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D | PTE_AVAIL | \
			 PTE_SOFT | PTE_NX | PTE_ADDR)
#define PTE_LEAF_OK	(PTE_TABLE_OK | PTE_G)
/* For domains with devices. */
#define PTE_CACHE	(PTE_PAT | PTE_PCD | PTE_PWT)

/* The bits that we add to an allowed entry of a table of @d. */
static inline u64 leaf_complete(const struct domain *d, u64 pte)
{
	/* A kernel in ring 1 is a supervisor: nothing has to be added. */
	if (d->pv.is_32bit)
		return pte;
	/*
	 * The guest's kernel runs in ring 3 as well.  Its own pages carry
	 * a mark; they must not outlive a switch to the user's tables, whose
	 * pages may, as they are in both.
	 */
	if (!(pte & PTE_U))
		pte |= PTE_U | PTE_GUEST_KERNEL;
	return pte & PTE_GUEST_KERNEL ? pte & ~PTE_G : pte | PTE_G;
}

/*
 * Entries of live tables that map devices are never write-back (get_mmio() in
 * pte.c), so one without cache bits maps RAM, and holds its references.
 */
static inline bool leaf_is_ram(u64 pte)
{
	return !(pte & PTE_CACHE);
}

/*
 * @new, present, is for the same frame of RAM as @old, and as writable: then
 * its references are there already.
 */
static inline bool leaf_same_references(u64 old, u64 new)
{
	return (old & (PTE_P | PTE_CACHE)) == PTE_P &&
	       !((old ^ new) & (PTE_ADDR | PTE_RW));
}

/* Bits that every domain may set; more of them are for pte.c to judge. */
static inline bool leaf_is_common(u64 pte)
{
	return likely(!(pte & ~PTE_LEAF_OK));
}

/* Take the references of @pte, present and of common bits. */
static inline bool leaf_try_get(const struct domain *d, u64 pte)
{
	if (!(pte & PTE_RW))
		return frame_try_get(pte_mfn(pte), d->id);
	return frame_try_get_writable(pte_mfn(pte), d->id);
}

/* What is in @slot already becomes an entry of a table of @d. */
static inline bool leaf_try_adopt(const struct domain *d, u64 *slot)
{
	u64 old = READ_ONCE(*slot), pte;

	if (!(old & PTE_P))
		return true;
	if (!leaf_is_common(old))
		return false;
	pte = leaf_complete(d, old);
	if (!leaf_try_get(d, pte))
		return false;
	if (pte != old)
		WRITE_ONCE(*slot, pte);
	return true;
}

/* Drop the references of an entry that was @pte and is not any more. */
static inline bool leaf_try_put(struct domain *d, u64 pte)
{
	mfn_t m = pte_mfn(pte);
	u64 w;

	if (!(pte & PTE_P))
		return true;
	if (unlikely(!leaf_is_ram(pte)))
		return false;
	if (!(pte & PTE_RW))
		return frame_try_put(m);
	w = frame_read(m);
	if (unlikely(frame_word_owner(w) != d->id))
		return false;
	/* The stamp must be there before another type can be. */
	d->unmap_clock = tlb_clock();
	return frame_try_put_writable(m, w);
}

/* Put @val into an entry of a live L1 table of @d. */
static __inlined bool leaf_try_set(struct domain *d, u64 *slot, u64 val)
{
	u64 old = READ_ONCE(*slot);

	if (val & PTE_P) {
		if (!leaf_is_common(val))
			return false;
		val = leaf_complete(d, val);
		if (leaf_same_references(old, val)) {
			WRITE_ONCE(*slot, val);
			return true;
		}
		if (!leaf_try_get(d, val))
			return false;
	}
	WRITE_ONCE(*slot, val);
	if (!leaf_try_put(d, old))
		pte_put_leaf(d, old);
	return true;
}

#endif
