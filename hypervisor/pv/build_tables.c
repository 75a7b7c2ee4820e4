/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initial page tables.  They are filled as plain memory, then one typed
 * reference to the top validates them by the rules for any guest's tables.
 */
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/hvmap.h"
#include "pv/build.h"

#define TABLE_FLAGS	(PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D)
#define LEAF_FLAGS	(PTE_P | PTE_A | PTE_D)

static __init u64 spanned(u64 va, u64 size, unsigned int shift)
{
	return ((va + size - 1) >> shift) - (va >> shift) + 1;
}

__init u64 tables_needed(bool is_32bit, u64 va, u64 size)
{
	if (is_32bit)
		return 4 + spanned(va, size, 21);
	return spanned(va, size, 39) + spanned(va, size, 30) +
	       spanned(va, size, 21);
}

static __init u64 *next_table(struct table_builder *b, mfn_t *m)
{
	u64 *table;

	ASSERT(b->next < b->end);
	*m = MFN(b->p2m[b->next++]);
	table = mfn_to_virt(*m);
	memset(table, 0, PAGE_SIZE);
	return table;
}

__init void tables_map(struct table_builder *b, u64 va, mfn_t m, bool writable)
{
	u64 *table = b->top;

	for (unsigned int shift = b->top_shift; shift > PAGE_SHIFT; shift -= 9) {
		u64 *e = &table[va >> shift & 511];
		mfn_t below;

		if (*e & PTE_P) {
			table = mfn_to_virt(pte_mfn(*e));
			continue;
		}
		table = next_table(b, &below);
		*e = pte_make(below, TABLE_FLAGS);
	}
	table[l1_index(va)] = pte_make(m, LEAF_FLAGS |
				       (writable ? PTE_RW : 0));
}

__init void tables_make_l2(struct table_builder *b)
{
	for (unsigned int i = 0; i < 4; i++) {
		mfn_t below;

		if (b->top[i] & PTE_P)
			continue;
		next_table(b, &below);
		b->top[i] = pte_make(below, TABLE_FLAGS);
	}
}
