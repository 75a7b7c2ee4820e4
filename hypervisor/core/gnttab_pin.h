/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One use of a grant entry, in line: mapping and copying do little else.  The
 * granter's entry shows it by GTF_reading and GTF_writing, set together with a
 * look at the rest of the word so that the granter cannot take the entry back
 * at the same moment.  The lock of the granter is held.
 */
#ifndef HOSPES_CORE_GNTTAB_PIN_H
#define HOSPES_CORE_GNTTAB_PIN_H

#include "core/gnttab_private.h"
#include "mm/frame_ref.h"

#define GRANT_PINS_MAX	(1U << 20)

/*
 * The flags and the domain id are one word of 32 bits.  What shows already needs
 * no write: the granter leaves an entry alone that shows a use.
 */
static inline int grant_mark(struct grant_entry_v1 *e, unsigned int domid,
			     bool readonly)
{
	u32 *word = (u32 *)e, w = READ_ONCE(*word), new;

	do {
		if ((w & GTF_type_mask) != GTF_permit_access ||
		    w >> 16 != domid || (!readonly && w & GTF_readonly))
			return GNTST_general_error;
		new = w | GTF_reading | (readonly ? 0 : GTF_writing);
	} while (new != w &&
		 !__atomic_compare_exchange_n(word, &w, new, false,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return GNTST_okay;
}

/* Only the mark: the page table entry's references went with it. */
static inline void grant_unpin(const struct domain *rd, u32 ref, bool readonly)
{
	struct grant_active *a;
	u16 clear = 0;

	/* A table that is gone has no entries to correct. */
	if (!grant_ref_valid(rd, ref))
		return;
	a = grant_active(rd, ref);
	if (readonly)
		a->readers--;
	else
		a->writers--;
	if (!a->writers)
		clear |= GTF_writing;
	if (!a->writers && !a->readers)
		clear |= GTF_reading;
	/* Mostly there is nothing to clear while others use it. */
	if (READ_ONCE(grant_entry(rd, ref)->flags) & clear)
		__atomic_fetch_and(&grant_entry(rd, ref)->flags, ~clear,
				   __ATOMIC_SEQ_CST);
}

/* Only its own, ordinary memory may a domain grant. */
static inline bool grant_get_frame(const struct domain *rd, mfn_t m, bool readonly)
{
	if (!mfn_valid(m) || frame_read(m) & FRAME_SHARED)
		return false;
	return readonly ? frame_get_inline(m, rd->id)
			: frame_get_writable_inline(m, rd->id);
}

/*
 * For @domid: mark entry @ref of @rd as in use, and take the references of the
 * frame that reading (general) or writing (and a writable type) needs.
 * GNTST_*.
 */
static __inlined int grant_acquire(const struct domain *rd, u32 ref, unsigned int domid,
		  bool readonly, mfn_t *m)
{
	struct grant_active *a;
	bool first;
	int rc;

	if (!grant_ref_valid(rd, ref))
		return GNTST_bad_gntref;
	a = grant_active(rd, ref);
	first = !(a->readers | a->writers);
	if (!first && (a->domid != domid || a->readers > GRANT_PINS_MAX ||
		       a->writers > GRANT_PINS_MAX))
		return GNTST_general_error;
	rc = grant_mark(grant_entry(rd, ref), domid, readonly);
	if (rc)
		return rc;
	if (first) {
		a->domid = domid;
		a->frame = READ_ONCE(grant_entry(rd, ref)->frame);
	}
	if (readonly)
		a->readers++;
	else
		a->writers++;
	*m = MFN(a->frame);
	if (likely(grant_get_frame(rd, *m, readonly)))
		return GNTST_okay;
	grant_unpin(rd, ref, readonly);
	return mfn_valid(*m) ? GNTST_general_error : GNTST_bad_page;
}

static __inlined void grant_release(const struct domain *rd, u32 ref,
				    bool readonly, mfn_t m)
{
	if (readonly)
		frame_put_inline(m);
	else
		frame_put_writable_inline(m);
	grant_unpin(rd, ref, readonly);
}

#endif
