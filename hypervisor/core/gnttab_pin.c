/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One use of a grant entry.  The granter's entry shows it by GTF_reading and
 * GTF_writing, set together with a look at the rest of the word so that the
 * granter cannot take the entry back at the same moment.
 */
#include "core/gnttab_private.h"
#include "lib/printf.h"

#define PINS_MAX	(1U << 20)

/*
 * The flags and the domain id are one word of 32 bits.  What shows already needs
 * no write: the granter leaves an entry alone that shows a use.
 */
static inline int mark(struct grant_entry_v1 *e, unsigned int domid,
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

static void unpin(struct domain *rd, u32 ref, bool readonly)
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

void grant_unpin(struct domain *rd, u32 ref, bool readonly)
{
	unpin(rd, ref, readonly);
}

/* Only its own, ordinary memory may a domain grant. */
static inline bool get_frame(const struct domain *rd, mfn_t m, bool readonly)
{
	if (!mfn_valid(m) || frame_read(m) & FRAME_SHARED)
		return false;
	return readonly ? frame_get_inline(m, rd->id)
			: frame_get_writable_inline(m, rd->id);
}

int grant_acquire(struct domain *rd, u32 ref, unsigned int domid,
		  bool readonly, mfn_t *m)
{
	struct grant_active *a;
	bool first;
	int rc;

	if (!grant_ref_valid(rd, ref))
		return GNTST_bad_gntref;
	a = grant_active(rd, ref);
	first = !(a->readers | a->writers);
	if (!first && (a->domid != domid || a->readers > PINS_MAX ||
		       a->writers > PINS_MAX))
		return GNTST_general_error;
	rc = mark(grant_entry(rd, ref), domid, readonly);
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
	if (likely(get_frame(rd, *m, readonly)))
		return GNTST_okay;
	unpin(rd, ref, readonly);
	return mfn_valid(*m) ? GNTST_general_error : GNTST_bad_page;
}

void grant_release(struct domain *rd, u32 ref, bool readonly, mfn_t m)
{
	if (readonly)
		frame_put_inline(m);
	else
		frame_put_writable_inline(m);
	unpin(rd, ref, readonly);
}
