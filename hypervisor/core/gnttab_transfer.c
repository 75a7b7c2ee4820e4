/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GNTTABOP_transfer: the caller gives a page away.  The receiver gets a frame
 * of its own with the same content, and the caller's goes back to the heap, so
 * neither has a translation of the other's frame.
 */
#include "core/gnttab_private.h"
#include "core/memory.h"
#include "lib/string.h"

/* What an entry says that waits for a page of @domid's. */
static u32 waiting(unsigned int domid)
{
	return GTF_accept_transfer | domid << 16;
}

/*
 * Asked before anything is taken for the receiver: who did not ask for a page
 * shall not find its limit reached because of us.
 */
static bool entry_waits(struct domain *e, u32 ref, unsigned int domid)
{
	bool waits;

	spin_lock(&e->gnttab.lock);
	waits = grant_ref_valid(e, ref) &&
		READ_ONCE(*(u32 *)grant_entry(e, ref)) == waiting(domid);
	spin_unlock(&e->gnttab.lock);
	return waits;
}

static bool commit_entry(struct domain *e, u32 ref, unsigned int domid,
			 mfn_t m)
{
	struct grant_entry_v1 *entry = grant_entry(e, ref);
	u32 *word = (u32 *)entry, w = waiting(domid);

	if (!__atomic_compare_exchange_n(word, &w, w | GTF_transfer_committed,
					 false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		return false;
	m2p_set(m, READ_ONCE(entry->frame));
	WRITE_ONCE(entry->frame, m.v);
	__atomic_fetch_or(&entry->flags, GTF_transfer_completed,
			  __ATOMIC_SEQ_CST);
	return true;
}

static int give(struct domain *e, u32 ref, mfn_t from)
{
	unsigned int self = current->domain->id;
	bool ok;
	mfn_t m;

	if (!entry_waits(e, ref, self))
		return GNTST_bad_gntref;
	m = memory_alloc(e, 0, 0, ~0UL);
	if (mfn_eq(m, INVALID_MFN))
		return GNTST_general_error;
	memcpy(mfn_to_virt(m), mfn_to_virt(from), PAGE_SIZE);
	spin_lock(&e->gnttab.lock);
	ok = grant_ref_valid(e, ref) && commit_entry(e, ref, self, m);
	spin_unlock(&e->gnttab.lock);
	if (ok)
		return GNTST_okay;
	memory_release(e, m);
	return GNTST_bad_gntref;
}

static void transfer(struct gnttab_transfer *op)
{
	struct domain *d = current->domain, *e;
	mfn_t m = MFN(op->mfn);

	if (memory_steal(d, m)) {
		op->status = GNTST_bad_page;
		return;
	}
	e = domain_get(op->domid);
	if (!e || e->dying || e == d)
		op->status = GNTST_bad_domain;
	else
		op->status = give(e, op->ref, m);
	if (e)
		domain_put(e);
	if (op->status == GNTST_okay) {
		memory_free_stolen(m);
		memory_unpromise(d, 1);
	} else {
		memory_unsteal(d, m);
	}
}

void grant_transfer_batch(void *ops, unsigned int n)
{
	struct gnttab_transfer *op = ops;

	for (unsigned int i = 0; i < n; i++)
		transfer(&op[i]);
}
