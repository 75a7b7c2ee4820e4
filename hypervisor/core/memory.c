/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames given to and taken from domains.  tot_pages counts the frames whose
 * allocation reference the domain holds; memory_lock orders it, and the end
 * of the domain: nothing is assigned once it is dying.
 */
#include "core/domain.h"
#include "core/memory.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/tlb.h"

static void assign_block(struct domain *d, mfn_t m, unsigned int order,
			 u64 pfn)
{
	for (u64 i = 0; i < 1UL << order; i++)
		m2p_set(MFN(m.v + i), pfn == ~0UL ? M2P_INVALID : pfn + i);
	frame_assign(m, 1UL << order, d);
}

static bool reserve(struct domain *d, u64 n)
{
	bool ok;

	spin_lock(&d->memory_lock);
	ok = !d->dying && d->tot_pages + n <= d->max_pages;
	if (ok)
		d->tot_pages += n;
	spin_unlock(&d->memory_lock);
	return ok;
}

static void unreserve(struct domain *d, u64 n)
{
	spin_lock(&d->memory_lock);
	d->tot_pages -= n;
	spin_unlock(&d->memory_lock);
}

int memory_assign(struct domain *d, mfn_t m, unsigned int order, u64 pfn)
{
	int rc = -ESRCH;

	spin_lock(&d->memory_lock);
	if (!d->dying) {
		assign_block(d, m, order, pfn);
		rc = 0;
	}
	spin_unlock(&d->memory_lock);
	return rc;
}

mfn_t memory_alloc(struct domain *d, unsigned int order,
		   unsigned int addr_bits, u64 pfn)
{
	u64 n = 1UL << order;
	mfn_t m;

	if (!reserve(d, n))
		return INVALID_MFN;
	m = heap_alloc_claimed(&d->claim, order,
			       m2p32_addr_bits(d->pv.is_32bit, addr_bits));
	if (!mfn_eq(m, INVALID_MFN)) {
		if (!memory_assign(d, m, order, pfn))
			return m;
		heap_free(m, order);
	}
	unreserve(d, n);
	return INVALID_MFN;
}

int memory_claim(struct domain *d, u64 pages)
{
	int rc = -EINVAL;

	spin_lock(&d->memory_lock);
	if (!pages)
		rc = heap_claim(&d->claim, 0);
	else if (!d->dying && !READ_ONCE(d->claim) && pages > d->tot_pages &&
		 pages <= d->max_pages)
		rc = heap_claim(&d->claim, pages - d->tot_pages);
	spin_unlock(&d->memory_lock);
	return rc;
}

int memory_release(struct domain *d, mfn_t m)
{
	int rc = -EINVAL;

	if (!frame_get(m, d->id))
		return -EINVAL;
	if (frame_release_allocation(m)) {
		unreserve(d, 1);
		rc = 0;
	}
	frame_put(m);
	return rc;
}

/*
 * Frames are ours from frame_reclaim() on; after the flush nobody can write to
 * them any more.
 */
void memory_release_wiped(struct domain *d, mfn_t *frames, unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (frame_reclaim(frames[i]))
			frames[count++] = frames[i];
		else
			memory_release(d, frames[i]);
	}
	if (!count)
		return;
	unreserve(d, count);
	tlb_flush_all_since(tlb_clock());
	for (unsigned int i = 0; i < count; i++) {
		memset(mfn_to_virt(frames[i]), 0, PAGE_SIZE);
		heap_free_wiped(frames[i]);
		smp_poll();
	}
}

int memory_steal(struct domain *d, mfn_t m)
{
	u64 w;

	if (!frame_get(m, d->id))
		return -EINVAL;
	if (!frame_release_allocation(m)) {
		frame_put(m);
		return -EINVAL;
	}
	w = frame_read(m);
	if (frame_word_refs(w) == 1 && !frame_word_types(w))
		return 0;
	memory_unsteal(m);
	return -EBUSY;
}

/* Our reference becomes the allocation's again. */
void memory_unsteal(mfn_t m)
{
	__atomic_fetch_or(&mfn_frame(m)->word, FRAME_ALLOCATED,
			  __ATOMIC_SEQ_CST);
}

int memory_set_map(struct domain *d, const struct e820_entry *e,
		   unsigned int count)
{
	struct e820_entry *map = NULL, *old;

	if (count > E820_MAX)
		return -EINVAL;
	if (count) {
		map = heap_zalloc(count * sizeof(*e));
		if (!map)
			return -ENOMEM;
		memcpy(map, e, count * sizeof(*e));
	}
	spin_lock(&d->memory_lock);
	old = d->memory_map;
	d->memory_map = map;
	d->memory_map_count = count;
	spin_unlock(&d->memory_lock);
	heap_zfree(old);
	return 0;
}

void memory_drop_map(struct domain *d)
{
	memory_set_map(d, NULL, 0);
}
