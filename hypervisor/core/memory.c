/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames given to and taken from domains.  What a domain has is what the frame
 * table says it owns: a frame that was released counts until the last mapping,
 * pin or other use of it is gone, and it is back in the heap (mm/frame.c).
 * Besides there is what was promised: frames on their way, allocated but not
 * assigned, or taken to be exchanged.  memory_lock orders promises and the end
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

/* The lock is held. */
static u64 held(const struct domain *d)
{
	return frame_charged_count(d->id) + d->promised;
}

u64 memory_pages(struct domain *d)
{
	u64 n;

	spin_lock(&d->memory_lock);
	n = held(d);
	spin_unlock(&d->memory_lock);
	return n;
}

static bool promise(struct domain *d, u64 n)
{
	bool ok;

	spin_lock(&d->memory_lock);
	ok = !d->dying && held(d) + n <= d->max_pages;
	if (ok)
		d->promised += n;
	spin_unlock(&d->memory_lock);
	return ok;
}

void memory_unpromise(struct domain *d, u64 n)
{
	spin_lock(&d->memory_lock);
	d->promised -= n;
	spin_unlock(&d->memory_lock);
}

int memory_assign(struct domain *d, mfn_t m, unsigned int order, u64 pfn)
{
	bool alive;

	spin_lock(&d->memory_lock);
	alive = !d->dying;
	if (alive)
		assign_block(d, m, order, pfn);
	d->promised -= 1UL << order;
	spin_unlock(&d->memory_lock);
	if (alive)
		return 0;
	heap_free(m, order);
	return -ESRCH;
}

mfn_t memory_alloc(struct domain *d, unsigned int order,
		   unsigned int addr_bits, u64 pfn)
{
	u64 n = 1UL << order;
	mfn_t m;

	if (!promise(d, n))
		return INVALID_MFN;
	m = heap_alloc_claimed(&d->claim, order,
			       m2p32_addr_bits(d->pv.is_32bit, addr_bits));
	if (mfn_eq(m, INVALID_MFN)) {
		memory_unpromise(d, n);
		return m;
	}
	return memory_assign(d, m, order, pfn) ? INVALID_MFN : m;
}

int memory_claim(struct domain *d, u64 pages)
{
	int rc = -EINVAL;

	spin_lock(&d->memory_lock);
	if (!pages)
		rc = heap_claim(&d->claim, 0);
	else if (!d->dying && !READ_ONCE(d->claim) && pages > held(d) &&
		 pages <= d->max_pages)
		rc = heap_claim(&d->claim, pages - held(d));
	spin_unlock(&d->memory_lock);
	return rc;
}

int memory_release(struct domain *d, mfn_t m)
{
	int rc = -EINVAL;

	if (!frame_get(m, d->id))
		return -EINVAL;
	if (frame_release_allocation(m))
		rc = 0;
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
		if (frame_reclaim(frames[i], d->id)) {
			m2p_set(frames[i], M2P_INVALID);
			frames[count++] = frames[i];
		} else {
			memory_release(d, frames[i]);
		}
	}
	if (!count)
		return;
	tlb_flush_all_since(tlb_clock());
	for (unsigned int i = 0; i < count; i++) {
		memset(mfn_to_virt(frames[i]), 0, PAGE_SIZE);
		heap_free_wiped(frames[i]);
		smp_poll();
	}
}

/* What is promised first is not given away while the frame changes hands. */
int memory_steal(struct domain *d, mfn_t m)
{
	spin_lock(&d->memory_lock);
	d->promised++;
	spin_unlock(&d->memory_lock);
	if (frame_reclaim(m, d->id))
		return 0;
	memory_unpromise(d, 1);
	return -EINVAL;
}

void memory_unsteal(struct domain *d, mfn_t m)
{
	bool alive;

	spin_lock(&d->memory_lock);
	alive = !d->dying;
	if (alive)
		frame_restore(m, d->id);
	d->promised--;
	spin_unlock(&d->memory_lock);
	if (!alive)
		memory_free_stolen(m);
}

void memory_free_stolen(mfn_t m)
{
	m2p_set(m, M2P_INVALID);
	heap_free(m, 0);
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
