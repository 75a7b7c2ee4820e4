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
 * domain ends.  While a reference is being dropped it belongs to the one who
 * drops it and must call again (FRAME_PARTIAL_HELD).  While a failed or
 * forgotten validation is being undone the table keeps it itself, and the error
 * (FRAME_PARTIAL_FAILED): whoever asks for the type next goes on undoing, and
 * is told the error at the end.
 *
 * Top-level tables of 32-bit guests are L3 tables of four entries, the last of
 * which leads to a table that has slots of ours (FT_L2_TOP).
 */
#include "core/domain.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "pv/leaf.h"
#include "pv/page_type.h"

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

static unsigned int partial_error(u64 w)
{
	return frame_word_types(w) >> FRAME_PARTIAL_ERROR_SHIFT;
}

static int entry_get(struct domain *d, enum frame_type type, u64 *table,
		     unsigned int i, bool preemptible)
{
	u64 *slot = &table[i], pte = READ_ONCE(*slot), fixed = pte;
	int rc;

	if (type == FT_SEGDESC)
		return pv_check_descriptor(d, slot) ? 0 : -EINVAL;
	if (type == FT_L1) {
		rc = pte_get_leaf(d, &fixed, d->id);
	} else {
		rc = pte_check_table(d, type, &fixed);
		if (!rc)
			rc = page_get_type(d, pte_mfn(pte),
					   page_child_type(d, type, i),
					   preemptible);
	}
	if (!rc && fixed != pte)
		WRITE_ONCE(*slot, fixed);
	return rc;
}

/* Our slots, which are not looked at before: a guest may leave garbage. */
static void fill_hv_slots(const struct domain *d, u64 *table,
			  enum frame_type type)
{
	if (type == FT_L4)
		hvmap_fill_l4(table);
	else if (type == FT_L2_TOP)
		m2p32_fill_l2(table);
	else if (type == FT_L3 && d->pv.is_32bit)
		memset(&table[4], 0, PAGE_SIZE - 4 * sizeof(*table));
}

static void clear_hv_slots(u64 *table, enum frame_type type)
{
	if (type == FT_L4)
		memset(&table[HV_SLOT_FIRST], 0,
		       (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * sizeof(*table));
	else if (type == FT_L2_TOP)
		memset(&table[L2_TOP_HV_SLOT], 0,
		       (ENTRIES - L2_TOP_HV_SLOT) * sizeof(*table));
}

/* The last gigabyte of a 32-bit guest, where we have slots. */
static bool lacks_top(const struct domain *d, const u64 *table,
		      enum frame_type type)
{
	return type == FT_L3 && d->pv.is_32bit && !(table[3] & PTE_P);
}

/* Between two entries: may something else have the processor? */
static bool stop_here(bool preemptible)
{
	return preemptible && hypercall_preempt();
}

/* From entry *@i on; *@i becomes the one that the result is about. */
static int get_leaves(struct domain *d, u64 *table, unsigned int *i)
{
	unsigned int k;
	int rc = 0;

	for (k = *i; k < ENTRIES; k++) {
		if (leaf_try_adopt(d, &table[k]))
			continue;
		rc = entry_get(d, FT_L1, table, k, false);
		if (rc)
			break;
	}
	*i = k;
	return rc;
}

/* The same of other types. */
static int get_entries(struct domain *d, u64 *table, enum frame_type type,
		       unsigned int *i, bool preemptible)
{
	unsigned int first = *i;
	int rc;

	for (; *i < ENTRIES; (*i)++) {
		if (type != FT_SEGDESC &&
		    (!(table[*i] & PTE_P) || page_is_hv_slot(d, type, *i)))
			continue;
		if (*i > first && type != FT_SEGDESC && stop_here(preemptible))
			return -ERESTART;
		rc = entry_get(d, type, table, *i, preemptible);
		if (rc)
			return rc;
	}
	return 0;
}

/* The references of the first @n entries. */
static void put_leaves(struct domain *d, const u64 *table, unsigned int n)
{
	u64 pte;

	while (n-- > 0) {
		pte = READ_ONCE(table[n]);
		if (!leaf_try_put(d, pte))
			pte_put_leaf(d, pte);
	}
}

/*
 * Those of the first *@n entries of an upper table, from the last to the first;
 * *@n: how many still have them.
 */
static int put_entries(struct domain *d, const u64 *table,
		       enum frame_type type, unsigned int *n, bool preemptible)
{
	unsigned int last = *n;
	int rc;

	for (; *n > 0; (*n)--) {
		u64 pte = table[*n - 1];

		if (!(pte & PTE_P) || page_is_hv_slot(d, type, *n - 1))
			continue;
		if (*n < last && stop_here(preemptible))
			return -ERESTART;
		rc = page_put_type(d, pte_mfn(pte), preemptible);
		if (rc)
			return rc;
	}
	return 0;
}

/*
 * The references of the first @n entries.
 * @mark: of the state in which the table is left when this is preempted.
 */
static int undo(struct domain *d, mfn_t m, enum frame_type type,
		unsigned int n, bool preemptible, unsigned int mark)
{
	u64 *table = mfn_to_virt(m);
	int rc = 0;

	if (type == FT_L1)
		put_leaves(d, table, n);
	else if (type != FT_SEGDESC)
		rc = put_entries(d, table, type, &n, preemptible);
	if (rc) {
		set_partial(m, n, mark);
		return rc;
	}
	clear_hv_slots(table, type);
	/* Caches may hold pointers to this table: see settle() in pte.c. */
	d->unmap_clock = tlb_clock();
	set_state(m, 0, 0);
	frame_put(m);
	return 0;
}

/* After @error (positive) at entry @n. */
static int fail(struct domain *d, mfn_t m, enum frame_type type,
		unsigned int n, unsigned int error, bool preemptible)
{
	int rc = undo(d, m, type, n, preemptible, FRAME_PARTIAL_FAILED |
		      error << FRAME_PARTIAL_ERROR_SHIFT);

	return rc ? rc : -(int)error;
}

static int validate(struct domain *d, mfn_t m, enum frame_type type,
		    unsigned int first, bool preemptible)
{
	u64 *table = mfn_to_virt(m);
	unsigned int i = first;
	int rc;

	if (type == FT_L1)
		rc = get_leaves(d, table, &i);
	else
		rc = get_entries(d, table, type, &i, preemptible);
	if (rc == -ERESTART) {
		set_partial(m, i, 0);
		return rc;
	}
	if (!rc && lacks_top(d, table, type))
		rc = -EINVAL;
	if (rc)
		return fail(d, m, type, i, -rc, preemptible);
	perf_count(tables_validated);
	fill_hv_slots(d, table, type);
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

/*
 * A frame between two states, wanted as @type: go on with the validation, or
 * undo it.  0: look at the frame again.  *done: this is the result.
 */
static int get_partial(struct domain *d, mfn_t m, u64 w, enum frame_type type,
		       bool preemptible, bool *done)
{
	unsigned int types = frame_word_types(w);
	int rc;

	*done = true;
	if (types & FRAME_PARTIAL_HELD)
		return -EBUSY;
	if (frame_word_type(w) == type && !(types & FRAME_PARTIAL_FAILED)) {
		set_state(m, 1, 0);
		return validate(d, m, type, partial_done(w), preemptible);
	}
	/* It can be long, and is owed by the one who let it be like that. */
	if (!preemptible)
		return -EBUSY;
	rc = page_undo_partial(d, m);
	if (!rc && frame_word_type(w) == type)
		rc = -(int)partial_error(w);
	*done = rc != 0;
	return rc;
}

int page_get_type(struct domain *d, mfn_t m, enum frame_type type,
		  bool preemptible)
{
	struct frame *f = mfn_frame(m);
	bool done;
	u64 w;
	int rc;

	if (!mfn_valid(m) || (type == FT_L4 && d->pv.is_32bit))
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
			rc = get_partial(d, m, w, type, preemptible, &done);
			if (done)
				return rc;
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
	return undo(d, m, frame_word_type(w), n, preemptible,
		    FRAME_PARTIAL_HELD);
}

int page_undo_partial(struct domain *d, mfn_t m)
{
	u64 w = frame_read(m);
	unsigned int error = partial_error(w) << FRAME_PARTIAL_ERROR_SHIFT;

	set_state(m, 1, 0);
	return undo(d, m, frame_word_type(w), partial_done(w), true,
		    FRAME_PARTIAL_FAILED | error);
}
