/* SPDX-License-Identifier: BSD-2-Clause */
/* Fills the page tables that plan_make laid out. */
#include "builder/plan.h"

#define PTE_PRESENT 0x01ull
#define PTE_WRITE 0x02ull
#define PTE_USER 0x04ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull

#define PTE_LEAF (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY)
#define PTE_TABLE (PTE_LEAF | PTE_USER)
/* The processor wants all else of a PAE root's entries to be zero. */
#define PTE_PAE_ROOT PTE_PRESENT

static bool inside(const struct plan_range *range, uint64_t pfn)
{
	return pfn >= range->pfn && pfn - range->pfn < range->count;
}

/* The bits of an address that one table of a level decides, and those below. */
static unsigned int span_shift(unsigned int level)
{
	return PLAN_PAGE_SHIFT + 9 * level;
}

/* The address that the first table of a level begins with. */
static uint64_t first_address(const struct plan_tables *t, unsigned int level)
{
	if (t->pae && level >= 2)
		return 0;
	return t->start >> span_shift(level) << span_shift(level);
}

/*
 * The index, counted from the first table of a level, of the entry for the
 * first table (or page) of the level below.
 */
static uint64_t first_entry(const struct plan_tables *t, unsigned int level)
{
	return (first_address(t, level - 1) - first_address(t, level)) >>
		span_shift(level - 1);
}

/* Entries of a level above 1: table n of the level below is at slot n. */
static void fill_upper(const struct plan_tables *t, unsigned int level,
		       const uint64_t *frames, uint64_t *table)
{
	uint64_t first = first_entry(t, level);
	uint64_t flags = t->pae && level == 3 ? PTE_PAE_ROOT : PTE_TABLE;

	for (uint64_t i = 0; i < t->count[level - 1]; i++)
		table[first + i] = frames[t->pfn[level - 1] + i] <<
			PLAN_PAGE_SHIFT | flags;
}

static void fill_leaves(const struct plan_tables *t, const uint64_t *frames,
			const struct plan_range *readonly, uint64_t *table)
{
	uint64_t first = first_entry(t, 1);
	uint64_t count = (t->end - t->start) >> PLAN_PAGE_SHIFT;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t pfn = t->target + i;
		uint64_t flags = inside(readonly, pfn) ?
			PTE_LEAF & ~PTE_WRITE : PTE_LEAF;

		table[first + i] = frames[pfn] << PLAN_PAGE_SHIFT | flags;
	}
}

/*
 * The tables of one level are contiguous, so entry n of all of them together
 * is simply index n from the first table on.
 */
void plan_fill_tables(const struct plan_tables *t, const uint64_t *frames,
		      const struct plan_range *readonly, uint64_t *pages,
		      uint64_t *l4)
{
	const uint64_t words = PLAN_PAGE_SIZE / sizeof(uint64_t);

	for (unsigned int level = t->pae ? 3 : 4; level >= 2; level--) {
		uint64_t *table = pages +
			(t->pfn[level] - t->all.pfn) * words;

		if (t->count[level] == 0)
			table = l4;
		fill_upper(t, level, frames, table);
	}
	fill_leaves(t, frames, readonly,
		    pages + (t->pfn[1] - t->all.pfn) * words);
}
