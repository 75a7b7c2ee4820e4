/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed references to page tables and descriptor pages.
 *
 * The first reference of a type validates the frame: every entry is checked
 * and takes the references it needs, down to the leaves; the last one undoes
 * that.  Types of tables only ever refer downwards (L4 to L3 ... L1), so there
 * are no cycles, and all of a tree belongs to one domain, whose mmu_lock
 * serialises all of this.  Writable references come and go without that lock,
 * by compare-and-exchange; they and table types exclude each other because
 * the type changes only while nobody holds one.
 *
 * Preemption.  A table remembers in its own word for how many entries (from
 * the first) references are held (FRAME_PARTIAL).  Validation goes on upwards
 * from there, undoing goes downwards.  The table itself keeps the general and
 * the type reference meanwhile.  After a validation that nobody continues
 * the table stays like that until it is wanted for something else or the
 * domain ends.  While it is being undone the reference belongs to the one who
 * undoes it and must call again (FRAME_PARTIAL_HELD).
 */
#include "core/domain.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "pv/page_type.h"
#include "x86/tlb.h"

#define ENTRIES		512

static bool cas(struct frame *f, u64 *old, u64 new)
{
	return __atomic_compare_exchange_n(&f->word, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Set the types field and the flags of our state, leaving the rest. */
static void set_state(mfn_t m, unsigned int types, u64 flags)
{
	struct frame *f = mfn_frame(m);
	u64 w = READ_ONCE(f->word), new;

	do {
		new = w & ~(FRAME_TYPES_MASK | FRAME_PARTIAL | FRAME_VALIDATED);
		new |= (u64)types << FRAME_TYPES_SHIFT | flags;
	} while (!cas(f, &w, new));
}

static void set_partial(mfn_t m, unsigned int done, unsigned int held)
{
	set_state(m, (done + 1) | held, FRAME_PARTIAL);
}

static unsigned int partial_done(u64 w)
{
	return (frame_word_types(w) & FRAME_PARTIAL_DONE) - 1;
}

static bool partial_held(u64 w)
{
	return frame_word_types(w) & FRAME_PARTIAL_HELD;
}

static bool is_hv_slot(enum frame_type type, unsigned int i)
{
	return type == FT_L4 && i >= HV_SLOT_FIRST && i <= HV_SLOT_LAST;
}

static int entry_get(struct domain *d, enum frame_type type, u64 *slot,
		     bool preemptible)
{
	u64 pte = READ_ONCE(*slot), fixed = pte;
	int rc;

	if (type == FT_SEGDESC)
		return pv_check_descriptor(d, slot) ? 0 : -EINVAL;
	if (!(pte & PTE_P))
		return 0;
	if (type == FT_L1) {
		rc = pte_get_leaf(d, &fixed, d->id);
	} else {
		rc = pte_check_table(type, &fixed);
		if (!rc)
			rc = page_get_type(d, pte_mfn(pte), type - 1,
					   preemptible);
	}
	if (!rc && fixed != pte)
		WRITE_ONCE(*slot, fixed);
	return rc;
}

static int entry_put(struct domain *d, enum frame_type type, u64 pte,
		     bool preemptible)
{
	if (type == FT_SEGDESC || !(pte & PTE_P))
		return 0;
	if (type == FT_L1) {
		pte_put_leaf(d, pte);
		return 0;
	}
	return page_put_type(d, pte_mfn(pte), preemptible);
}

/* The references of the first @n entries, from the last to the first. */
static int undo(struct domain *d, mfn_t m, enum frame_type type,
		unsigned int n, bool preemptible)
{
	u64 *table = mfn_to_virt(m);
	unsigned int i = n;
	int rc = 0;

	while (i > 0) {
		i--;
		if (is_hv_slot(type, i) || !(table[i] & PTE_P))
			continue;
		if (preemptible && type != FT_L1 && i + 1 < n &&
		    hypercall_preempt())
			rc = -ERESTART;
		else
			rc = entry_put(d, type, table[i], preemptible);
		if (rc)
			break;
	}
	if (rc) {
		set_partial(m, i + 1, FRAME_PARTIAL_HELD);
		return rc;
	}
	if (type == FT_L4)
		memset(&table[HV_SLOT_FIRST], 0,
		       (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * sizeof(*table));
	/* Caches may hold pointers to this table: see settle() in pte.c. */
	d->unmap_clock = tlb_clock();
	set_state(m, 0, 0);
	frame_put(m);
	return 0;
}

static int validate(struct domain *d, mfn_t m, enum frame_type type,
		    unsigned int first, bool preemptible)
{
	u64 *table = mfn_to_virt(m);
	int rc = 0;
	unsigned int i;

	for (i = first; i < ENTRIES; i++) {
		if (is_hv_slot(type, i))
			continue;
		if (preemptible && type > FT_L1 && type <= FT_L4 &&
		    i > first && table[i] & PTE_P && hypercall_preempt())
			rc = -ERESTART;
		else
			rc = entry_get(d, type, &table[i], preemptible);
		if (rc)
			break;
	}
	if (rc == -ERESTART) {
		set_partial(m, i, 0);
		return rc;
	}
	if (rc) {
		/* What succeeded until here cannot fail to be undone. */
		undo(d, m, type, i, false);
		return rc;
	}
	if (type == FT_L4)
		hvmap_fill_l4(table);
	set_state(m, 1, FRAME_VALIDATED);
	return 0;
}

/*
 * First reference: from a state without any.  True if the word was as @w.
 */
static bool claim(struct domain *d, mfn_t m, u64 w, enum frame_type type)
{
	enum frame_type old = frame_word_type(w);
	u64 new = (w & ~(FRAME_TYPE_MASK | FRAME_VALIDATED)) + FRAME_ONE_REF +
		  FRAME_ONE_TYPE;

	new |= (u64)type << FRAME_TYPE_SHIFT;
	if (!cas(mfn_frame(m), &w, new))
		return false;
	if (old != FT_NONE && old != type)
		pte_flush_for_table(d, old);
	return true;
}

/* What page_get_type() has to do about a frame in state @w. */
static int check_word(const struct domain *d, u64 w)
{
	if (frame_word_owner(w) != d->id || !frame_word_refs(w) ||
	    w & FRAME_SHARED)
		return -EINVAL;
	if (frame_word_refs(w) == FRAME_REFS_MASK ||
	    (!(w & FRAME_PARTIAL) &&
	     frame_word_types(w) == FRAME_TYPES_MASK >> FRAME_TYPES_SHIFT))
		return -EBUSY;
	return 0;
}

int page_get_type(struct domain *d, mfn_t m, enum frame_type type,
		  bool preemptible)
{
	struct frame *f = mfn_frame(m);
	u64 w;
	int rc;

	if (!mfn_valid(m))
		return -EINVAL;
	for (;;) {
		w = READ_ONCE(f->word);
		rc = check_word(d, w);
		if (rc)
			return rc;
		if (w & FRAME_LOCKED) {
			smp_poll();
			cpu_relax();
		} else if (w & FRAME_PARTIAL) {
			if (partial_held(w))
				return -EBUSY;
			if (frame_word_type(w) == type) {
				set_state(m, 1, 0);
				return validate(d, m, type, partial_done(w),
						preemptible);
			}
			page_undo_partial(d, m, false);
		} else if (!frame_word_types(w)) {
			if (claim(d, m, w, type))
				return validate(d, m, type, 0, preemptible);
		} else if (frame_word_type(w) != type) {
			return -EBUSY;
		} else if (cas(f, &w, w + FRAME_ONE_REF + FRAME_ONE_TYPE)) {
			return 0;
		}
	}
}

int page_put_type(struct domain *d, mfn_t m, bool preemptible)
{
	struct frame *f = mfn_frame(m);
	u64 w = READ_ONCE(f->word);
	unsigned int n = ENTRIES;

	while (!(w & FRAME_PARTIAL) && frame_word_types(w) > 1) {
		if (cas(f, &w, w - FRAME_ONE_TYPE)) {
			frame_put(m);
			return 0;
		}
	}
	ASSERT(frame_word_types(w) && frame_word_type(w) >= FT_L1);
	if (w & FRAME_PARTIAL)
		n = partial_done(w);
	set_state(m, 1, 0);
	return undo(d, m, frame_word_type(w), n, preemptible);
}

int page_undo_partial(struct domain *d, mfn_t m, bool preemptible)
{
	u64 w = frame_read(m);

	set_state(m, 1, 0);
	return undo(d, m, frame_word_type(w), partial_done(w), preemptible);
}
