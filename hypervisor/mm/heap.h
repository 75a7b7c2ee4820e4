/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's free memory: a buddy allocator of frames, and small objects
 * of the hypervisor on top of it.
 *
 * The list links of a free block, its order and the flush stamp stand inside
 * the block's first frame (direct map), so that a free frame costs nothing
 * elsewhere.  Free frames are scrubbed (zero apart from that header) before
 * they reach a new owner: heap_alloc() returns zeroed memory.
 *
 * Stale translations: heap_free() stamps the block with the TLB clock;
 * heap_alloc() makes CPUs flush that did not since (tlb.h).
 */
#ifndef HOSPES_MM_HEAP_H
#define HOSPES_MM_HEAP_H

#include "mm/addr.h"

#define HEAP_MAX_ORDER	18	/* 1 GiB */

/*
 * 2^@order contiguous frames, all below 2^@addr_bits bytes (0: anywhere;
 * then high memory is preferred so that low memory stays for DMA).
 * Owner is OWNER_XEN with one reference. INVALID_MFN if there is none.
 */
mfn_t heap_alloc(unsigned int order, unsigned int addr_bits);
/* As heap_alloc() without zeroing; the caller overwrites all of it. */
mfn_t heap_alloc_dirty(unsigned int order, unsigned int addr_bits);
/*
 * A claim: so many free frames are kept for who holds *@claim; nobody else is
 * given them.  They are counted, not chosen.  What its holder allocates comes out
 * of it.  @frames 0 gives it up.  -ENOMEM: fewer are free and unclaimed.
 */
int heap_claim(u64 *claim, u64 frames);
mfn_t heap_alloc_claimed(u64 *claim, unsigned int order,
			 unsigned int addr_bits);
u64 heap_claimed_frames(void);	/* by all */
/* Give back; the frames' words must have refs == 0 or be OWNER_XEN. */
void heap_free(mfn_t m, unsigned int order);
/*
 * One frame, OWNER_XEN, that was zeroed after the last TLB entry for it was
 * flushed: its next owner need not wait for that.
 */
void heap_free_wiped(mfn_t m);

/* Boot: add a range of RAM frames [first, end). */
void heap_add_range(mfn_t first, mfn_t end);

u64 heap_free_frames(void);
u64 heap_total_frames(void);	/* of RAM, used or not */
void heap_set_total(u64 frames);	/* at boot */

/* Zeroed object of the hypervisor, or NULL. Sizes up to 1 MiB. 16-aligned. */
void *heap_zalloc(size_t size);
void heap_zfree(void *p);	/* NULL is allowed */
/* One zeroed page as a pointer into the direct map, or NULL. */
void *heap_page(void);
void heap_page_free(void *p);

/* Frames in use by the hypervisor itself (for info and benchmarks). */
u64 heap_own_frames(void);

#endif
