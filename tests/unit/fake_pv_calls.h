/* SPDX-License-Identifier: BSD-2-Clause */
/* What guests of the model machine do: calls, trees of tables. */
#ifndef TESTS_UNIT_FAKE_PV_CALLS_H
#define TESTS_UNIT_FAKE_PV_CALLS_H

#include "tests/unit/fake_pv.h"

#include "mm/hvmap.h"

#define RW_KERNEL	(PTE_P | PTE_RW | PTE_A | PTE_D)
#define RO_KERNEL	(PTE_P | PTE_A | PTE_D)
#define TABLE		(PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D)
#define SELF		DOMID_SELF

/* Like a guest: a preempted call is made again with what is left. */
long update_list(struct mmu_update *u, unsigned int n, u32 *done, u32 foreign);
long update(mfn_t table, unsigned int index, u64 val, u32 foreign);
long ext(unsigned int cmd, u64 arg, u32 foreign);

/* What the frame is in use as; FT_NONE: not by type. */
static inline enum frame_type type_of(mfn_t m)
{
	u64 w = frame_read(m);

	return frame_word_types(w) ? frame_word_type(w) : FT_NONE;
}

/* The tables of a 32-bit guest; l1 is for VA 0, and maps data there. */
struct tree32 {
	mfn_t l3, l2[4], l1, data;
};

struct tree32 fake_make_tree32(struct domain *d);

#endif
