/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * References to frames.  Every change is one compare-and-exchange of the word,
 * so there is no lock; the CPU that drops the last reference frees the frame.
 */
#include "core/domain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "x86/tlb.h"

static u32 owned[FRAME_MAX_DOMID];	/* atomic */
static u32 charged[FRAME_MAX_DOMID];	/* atomic: those that are not shared */
static u64 owned_total;			/* atomic */

unsigned int frame_owner(mfn_t m)
{
	return mfn_valid(m) ? frame_word_owner(frame_read(m)) : OWNER_FREE;
}

bool frame_get(mfn_t m, unsigned int owner)
{
	u64 w;

	if (!mfn_valid(m))
		return false;
	w = frame_read(m);
	do {
		if (!frame_word_may_get(w, owner))
			return false;
	} while (!frame_replace(m, &w, w + FRAME_ONE_REF));
	return true;
}

bool frame_get_any(mfn_t m, unsigned int *owner)
{
	unsigned int o = frame_owner(m);

	if (o == OWNER_FREE || o == OWNER_IO)
		return false;
	*owner = o;
	return frame_get(m, o);
}

/* @by frames of the kind of @w come to their owner, or are taken from it. */
static void owner_changes(u64 w, int by)
{
	unsigned int owner = frame_word_owner(w);

	if (owner >= FRAME_MAX_DOMID)
		return;
	__atomic_fetch_add(&owned[owner], by, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&owned_total, by, __ATOMIC_SEQ_CST);
	if (!(w & FRAME_SHARED))
		__atomic_fetch_add(&charged[owner], by, __ATOMIC_SEQ_CST);
}

u64 frame_charged_count(unsigned int domid)
{
	return domid < FRAME_MAX_DOMID ? READ_ONCE(charged[domid]) : 0;
}

u64 frame_owned_count(unsigned int domid)
{
	return domid < FRAME_MAX_DOMID ? READ_ONCE(owned[domid]) : 0;
}

u64 frame_owned_total(void)
{
	return READ_ONCE(owned_total);
}

/* @w: the word as it was when its last reference went. */
static void give_back(mfn_t m, u64 w)
{
	m2p_set(m, M2P_INVALID);
	owner_changes(w, -1);
	heap_free(m, 0);
}

/* Drop what @what names (references, flags); frees at refs 0. */
static void drop(mfn_t m, u64 what)
{
	u64 w = frame_read(m), new;

	do {
		BUG_ON(frame_word_refs(w) < frame_word_refs(what));
		BUG_ON(!(w & FRAME_PARTIAL) &&
		       frame_word_types(w) < frame_word_types(what));
		new = w - what;
		if (!frame_word_refs(new)) {
			BUG_ON(frame_word_types(new));
			new = (u64)OWNER_FREE << FRAME_OWNER_SHIFT;
		}
	} while (!frame_replace(m, &w, new));
	if (!frame_word_refs(new))
		give_back(m, w);
}

void frame_put(mfn_t m)
{
	drop(m, FRAME_ONE_REF);
}

/*
 * A former table becomes ordinary memory: first all CPUs must forget what they
 * know of it as a table.  (Most come through pv/pte.c, which flushes less.)
 * True if the word was as @w.
 */
static bool retype_writable(mfn_t m, u64 w)
{
	u64 locked = w + FRAME_ONE_REF + FRAME_LOCKED;

	if (!frame_replace(m, &w, locked))
		return false;
	tlb_flush_all_since(tlb_clock());
	/* Meanwhile only the references can have changed. */
	do {
		w = frame_read(m);
		locked = w & ~(FRAME_LOCKED | FRAME_TYPE_MASK |
			       FRAME_VALIDATED);
		locked += FRAME_ONE_TYPE |
			  (u64)FT_WRITABLE << FRAME_TYPE_SHIFT;
	} while (!frame_replace(m, &w, locked));
	return true;
}

/* 1: one more reference of the type it has; 0: the first; -1: refused. */
static int may_write(u64 w, unsigned int owner)
{
	if (!frame_word_may_get(w, owner) || w & FRAME_PARTIAL)
		return -1;
	if (!frame_word_types(w))
		return 0;
	if (frame_word_type(w) != FT_WRITABLE ||
	    (w & FRAME_TYPES_MASK) == FRAME_TYPES_MASK)
		return -1;
	return 1;
}

bool frame_get_writable(mfn_t m, unsigned int owner)
{
	u64 w;
	int more;

	if (!mfn_valid(m))
		return false;
	w = frame_read(m);
	for (;;) {
		more = may_write(w, owner);
		if (more < 0)
			return false;
		if (w & FRAME_LOCKED) {
			smp_poll();
			cpu_relax();
			w = frame_read(m);
			continue;
		}
		if (!more && frame_word_type(w) >= FT_L1) {
			if (retype_writable(m, w))
				return true;
			w = frame_read(m);
			continue;
		}
		if (frame_replace(m, &w, frame_word_written(w)))
			return true;
	}
}

void frame_put_writable(mfn_t m)
{
	drop(m, FRAME_ONE_REF + FRAME_ONE_TYPE);
}

static u64 owner_word(const struct domain *d)
{
	return (u64)d->id << FRAME_OWNER_SHIFT;
}

void frame_assign(mfn_t m, u64 n, struct domain *d)
{
	u64 w = owner_word(d) | FRAME_ALLOCATED | FRAME_ONE_REF;

	frame_set_add(&d->frames, m, n);
	owner_changes(w, n);
	memset64(&mfn_frame(m)->word, w, n);
}

void frame_share(mfn_t m, struct domain *d)
{
	u64 w = owner_word(d) | FRAME_SHARED | FRAME_ONE_REF | FRAME_ONE_TYPE |
		(u64)FT_WRITABLE << FRAME_TYPE_SHIFT;

	frame_set_add(&d->frames, m, 1);
	owner_changes(w, 1);
	WRITE_ONCE(mfn_frame(m)->word, w);
}

/* The flag stays: as long as others map it, it is no memory of the owner's. */
void frame_put_shared(mfn_t m)
{
	drop(m, FRAME_ONE_REF + FRAME_ONE_TYPE);
}

bool frame_release_allocation(mfn_t m)
{
	u64 w = frame_read(m), new;

	do {
		if (!(w & FRAME_ALLOCATED))
			return false;
		BUG_ON(!frame_word_refs(w));
		new = (w & ~FRAME_ALLOCATED) - FRAME_ONE_REF;
		if (!frame_word_refs(new)) {
			BUG_ON(frame_word_types(new));
			new = (u64)OWNER_FREE << FRAME_OWNER_SHIFT;
		}
	} while (!frame_replace(m, &w, new));
	if (!frame_word_refs(new))
		give_back(m, w);
	return true;
}

/* Its word with another owner: all else, the type too, is as it was. */
static u64 word_of(u64 w, u64 owner)
{
	return (w & ~(~0UL << FRAME_OWNER_SHIFT)) | owner << FRAME_OWNER_SHIFT;
}

bool frame_reclaim(mfn_t m, unsigned int owner)
{
	u64 w;

	if (!mfn_valid(m))
		return false;
	w = frame_read(m);
	do {
		if (frame_word_owner(w) != owner || !(w & FRAME_ALLOCATED) ||
		    w & FRAME_LOCKED || frame_word_refs(w) != 1 ||
		    frame_word_types(w))
			return false;
	} while (!frame_replace(m, &w, word_of(w, OWNER_XEN)));
	owner_changes(w, -1);
	return true;
}

void frame_restore(mfn_t m, unsigned int owner)
{
	u64 w = word_of(frame_read(m), owner);

	owner_changes(w, 1);
	WRITE_ONCE(mfn_frame(m)->word, w);
}

/* NULL, or what is wrong with the word. */
static const char *word_fault(u64 w)
{
	unsigned int owner = frame_word_owner(w), refs = frame_word_refs(w);
	unsigned int types = frame_word_types(w);

	if (owner == OWNER_FREE || owner == OWNER_IO)
		return refs ? "references to a frame that nobody owns" : NULL;
	if (!refs)
		return "an owner without a reference";
	if (owner >= FRAME_MAX_DOMID)
		return owner == OWNER_XEN ? NULL : "unknown owner";
	if (frame_word_type(w) > FT_L2_TOP)
		return "unknown type";
	if (!(w & FRAME_PARTIAL) && types > refs)
		return "more type references than references";
	if (types && frame_word_type(w) == FT_NONE)
		return "type references without a type";
	if ((w & FRAME_PINNED) && !types && !(w & FRAME_PARTIAL))
		return "pinned without a type reference";
	if ((w & FRAME_VALIDATED) && (w & FRAME_PARTIAL))
		return "validated and not";
	return NULL;
}

bool frame_word_sane(u64 w)
{
	const char *fault = word_fault(w);

	if (fault)
		pr_err("frame word %#018lx: %s\n", w, fault);
	return !fault;
}
