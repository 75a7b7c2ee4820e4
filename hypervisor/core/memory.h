/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain's memory: what it may have, what it has. */
#ifndef HOSPES_CORE_MEMORY_H
#define HOSPES_CORE_MEMORY_H

#include "boot/boot.h"
#include "mm/addr.h"

struct domain;

/*
 * Allocate 2^@order frames for @d within its limit, as pseudo-physical
 * frames from @pfn on (~0: none yet).  INVALID_MFN if that is not possible.
 */
mfn_t memory_alloc(struct domain *d, unsigned int order,
		   unsigned int addr_bits, u64 pfn);
/*
 * Keep so much free memory for @d that it can come to have @pages; 0 gives it
 * up, as does its end.  -EINVAL: it has one, or so many pages, already, or may
 * not have them.  -ENOMEM.
 */
int memory_claim(struct domain *d, u64 pages);
/* What it has, and is about to get. */
u64 memory_pages(struct domain *d);
/*
 * Give up the allocation of a frame of @d.  Mappings may outlive it; it counts
 * as @d's until they are gone.
 */
int memory_release(struct domain *d, mfn_t m);

/*
 * Of a dying domain: releases @n frames, whose array is spoiled.  Those that
 * nobody else uses are wiped, so that nothing of it lingers and the next domain
 * is built sooner.
 */
void memory_release_wiped(struct domain *d, mfn_t *frames, unsigned int n);

/*
 * Exchange and transfer: take a frame that nothing but its allocation refers
 * to; nobody can use it then.  A promise to @d for one frame stands for it.  It
 * goes back to @d with its promise, or alone to the heap.
 */
int memory_steal(struct domain *d, mfn_t m);
void memory_unsteal(struct domain *d, mfn_t m);
void memory_free_stolen(mfn_t m);
void memory_unpromise(struct domain *d, u64 n);
/*
 * Keep a promise to @d with a block of ours.  -ESRCH: it is dying, the block is
 * in the heap again.
 */
int memory_assign(struct domain *d, mfn_t m, unsigned int order, u64 pfn);

/* The memory map that the toolstack set for a domain. */
int memory_set_map(struct domain *d, const struct e820_entry *e,
		   unsigned int count);
void memory_drop_map(struct domain *d);

#endif
