/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's own page tables.  One idle top-level table; its slots
 * 256-271 are copied into every guest's top-level table, and never change
 * after boot (the tables under them may).
 */
#ifndef HOSPES_MM_HVMAP_H
#define HOSPES_MM_HVMAP_H

#include "mm/addr.h"

/* Page table entry bits. */
#define PTE_P		BIT(0)
#define PTE_RW		BIT(1)
#define PTE_U		BIT(2)
#define PTE_PWT		BIT(3)
#define PTE_PCD		BIT(4)
#define PTE_A		BIT(5)
#define PTE_D		BIT(6)
#define PTE_PSE		BIT(7)
#define PTE_PAT		BIT(7)
#define PTE_G		BIT(8)
#define PTE_AVAIL	(7UL << 9)
#define PTE_GUEST_KERNEL BIT(52)
#define PTE_NX		BIT(63)
#define PTE_ADDR	0x000ffffffffff000UL

static inline mfn_t pte_mfn(u64 pte)
{
	return MFN((pte & PTE_ADDR) >> PAGE_SHIFT);
}

static inline u64 pte_make(mfn_t m, u64 flags)
{
	return m.v << PAGE_SHIFT | flags;
}

extern u64 *hvmap_idle_l4;	/* pointer into the direct map */

static inline unsigned int l4_index(u64 va) { return va >> 39 & 511; }
static inline unsigned int l3_index(u64 va) { return va >> 30 & 511; }
static inline unsigned int l2_index(u64 va) { return va >> 21 & 511; }
static inline unsigned int l1_index(u64 va) { return va >> 12 & 511; }

void hvmap_init(void);
/* W^X, no user-accessible page but M2P: walks all tables; panics if not so. */
void hvmap_check(void);
void hvmap_seal(void);		/* read-only after init, free init memory */

/* Map device registers, uncached. Never unmapped. Panics without memory. */
void *hvmap_device(maddr_t a, size_t size);
/* Map @frames frames at @va (4 KiB each) in the hypervisor's area. */
int hvmap_map(u64 va, mfn_t m, unsigned int frames, u64 flags);
/* Pointer to the L1 entry of a hypervisor address (allocates tables). */
u64 *hvmap_l1e(u64 va);

/* Copy our slots 256-271 into a guest's top-level table. */
void hvmap_fill_l4(u64 *l4);

#endif
