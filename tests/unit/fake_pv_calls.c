/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_pv_calls.h. */
#include <string.h>

#include "tests/unit/fake_pv_calls.h"

long update_list(struct mmu_update *u, unsigned int n, u32 *done, u32 foreign)
{
	u64 a[4] = { (u64)u, n, (u64)done, foreign };
	long rc;

	do {
		fake_restarted = false;
		rc = pv_mmu_update(GVA(a[0]), a[1], GVA(a[2]), a[3]);
		memcpy(a, fake_restart_args, sizeof(a));
	} while (fake_restarted);
	return rc;
}

long update(mfn_t table, unsigned int index, u64 val, u32 foreign)
{
	struct mmu_update u = {
		.ptr = (table.v << PAGE_SHIFT) + index * 8, .val = val
	};

	return update_list(&u, 1, NULL, foreign);
}

long ext(unsigned int cmd, u64 arg, u32 foreign)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };
	u64 a[4] = { (u64)&op, 1, 0, foreign };
	long rc;

	do {
		fake_restarted = false;
		rc = pv_mmuext_op(GVA(a[0]), a[1], GVA(a[2]), a[3]);
		memcpy(a, fake_restart_args, sizeof(a));
	} while (fake_restarted);
	return rc;
}

struct tree32 fake_make_tree32(struct domain *d)
{
	struct tree32 t;

	/* The top comes last, so that a scan meets its parts first. */
	t.data = fake_give(d);
	t.l1 = fake_give(d);
	for (unsigned int i = 0; i < 4; i++)
		t.l2[i] = fake_give(d);
	t.l3 = fake_give(d);
	for (unsigned int i = 0; i < 4; i++)
		fake_table(t.l3)[i] = pte_make(t.l2[i], PTE_P);
	fake_table(t.l2[0])[0] = pte_make(t.l1, TABLE);
	fake_table(t.l1)[0] = pte_make(t.data, RW_KERNEL);
	return t;
}
