/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One use of a grant entry.  The granter's entry shows it by GTF_reading and
 * GTF_writing, set together with a look at the rest of the word so that the
 * granter cannot take the entry back at the same moment.
 */
#include "core/gnttab_private.h"
#include "lib/printf.h"

struct grant_entry_v1 *grant_entry(struct domain *rd, u32 ref)
{
	return (struct grant_entry_v1 *)
		rd->gnttab.shared[ref / GRANTS_A_FRAME] + ref % GRANTS_A_FRAME;
}

struct grant_active *grant_active(struct domain *rd, u32 ref)
{
	return rd->gnttab.active[ref / GRANTS_A_FRAME] + ref % GRANTS_A_FRAME;
}

/* The flags and the domain id are one word of 32 bits. */
static int mark(struct grant_entry_v1 *e, unsigned int domid, bool readonly)
{
	u32 *word = (u32 *)e, w = READ_ONCE(*word), new;

	do {
		if ((w & GTF_type_mask) != GTF_permit_access ||
		    w >> 16 != domid || (!readonly && w & GTF_readonly))
			return GNTST_general_error;
		new = w | GTF_reading | (readonly ? 0 : GTF_writing);
	} while (!__atomic_compare_exchange_n(word, &w, new, false,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return GNTST_okay;
}

static int pin(struct domain *rd, u32 ref, unsigned int domid, bool readonly)
{
	struct grant_active *a;
	bool first;
	int rc;

	if (!grant_ref_valid(rd, ref))
		return GNTST_bad_gntref;
	a = grant_active(rd, ref);
	first = !a->readers && !a->writers;
	if (!first && (a->domid != domid || a->readers > 1U << 20 ||
		       a->writers > 1U << 20))
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
	if (clear)
		__atomic_fetch_and(&grant_entry(rd, ref)->flags, ~clear,
				   __ATOMIC_SEQ_CST);
}

void grant_unpin(struct domain *rd, u32 ref, bool readonly)
{
	spin_lock(&rd->gnttab.lock);
	unpin(rd, ref, readonly);
	spin_unlock(&rd->gnttab.lock);
}

/* Only its own, ordinary memory may a domain grant. */
static bool get_frame(const struct domain *rd, mfn_t m, bool readonly)
{
	if (!mfn_valid(m) || frame_read(m) & FRAME_SHARED)
		return false;
	return readonly ? frame_get(m, rd->id)
			: frame_get_writable(m, rd->id);
}

int grant_acquire(struct domain *rd, u32 ref, unsigned int domid,
		  bool readonly, mfn_t *m)
{
	int rc;

	spin_lock(&rd->gnttab.lock);
	rc = pin(rd, ref, domid, readonly);
	if (rc == GNTST_okay) {
		*m = MFN(grant_active(rd, ref)->frame);
		if (!get_frame(rd, *m, readonly)) {
			unpin(rd, ref, readonly);
			rc = mfn_valid(*m) ? GNTST_general_error
					   : GNTST_bad_page;
		}
	}
	spin_unlock(&rd->gnttab.lock);
	return rc;
}

void grant_release(struct domain *rd, u32 ref, bool readonly, mfn_t m)
{
	if (readonly)
		frame_put(m);
	else
		frame_put_writable(m);
	grant_unpin(rd, ref, readonly);
}
