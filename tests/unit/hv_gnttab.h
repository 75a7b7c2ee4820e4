/* SPDX-License-Identifier: BSD-2-Clause */
/* Two domains, one of which grants, for the programs that test grant tables. */
#ifndef TESTS_UNIT_HV_GNTTAB_H
#define TESTS_UNIT_HV_GNTTAB_H

#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_pv.h"

#include "core/gnttab_private.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/page_type.h"

#define SELF	DOMID_SELF

/* Domain 1 grants, domain 2 maps; 2's tables cover VA 0. */
static struct domain *d1, *d2;
static struct grant_entry_v1 *entries;
static mfn_t l1, pages[6];

static inline void call(unsigned int cmd, void *op, unsigned int n)
{
	u64 a[4] = { cmd, (u64)op, n, 0 };

	do {
		fake_restarted = false;
		ck_assert_int_ge(gnttab_op(a[0], GVA(a[1]), a[2]),
				 fake_restarted ? -ERESTART : 0);
		memcpy(a, fake_restart_args, sizeof(a));
	} while (fake_restarted);
}

static inline void build_tables(struct domain *d)
{
	u64 flags = PTE_P | PTE_RW | PTE_U | PTE_A;
	mfn_t l4 = fake_give(d), l3 = fake_give(d), l2 = fake_give(d);

	l1 = fake_give(d);
	fake_table(l4)[0] = pte_make(l3, flags);
	fake_table(l3)[0] = pte_make(l2, flags);
	fake_table(l2)[0] = pte_make(l1, flags);
	ck_assert_int_eq(pv_set_cr3(d->vcpus[0], l4, INVALID_MFN), 0);
}

static inline void setup(void)
{
	struct gnttab_setup_table s = { .dom = SELF, .nr_frames = 1 };
	u64 frame;

	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
	d2 = fake_domains[2];
	build_tables(d2);
	s.frame_list.p = &frame;
	call(GNTTABOP_setup_table, &s, 1);
	ck_assert_int_eq(s.status, GNTST_okay);
	entries = mfn_to_virt(MFN(frame));
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = fake_give(d1);
}

static inline void teardown(void)
{
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(gnttab_audit(d1) + gnttab_audit(d2), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

static inline void grant(u32 ref, unsigned int page, u16 flags)
{
	entries[ref].domid = 2;
	entries[ref].frame = pages[page].v;
	entries[ref].flags = GTF_permit_access | flags;
}

static inline struct gnttab_map_grant_ref map(u32 ref, unsigned int slot, u32 flags)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = flags & GNTMAP_contains_pte ?
			     (l1.v << PAGE_SHIFT) + slot * 8 : slot * PAGE_SIZE,
		.flags = flags, .ref = ref, .dom = 1,
	};

	fake_run(2);
	call(GNTTABOP_map_grant_ref, &op, 1);
	return op;
}

static inline int unmap(const struct gnttab_map_grant_ref *m)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = m->flags & GNTMAP_host_map ? m->host_addr : 0,
		.dev_bus_addr = m->flags & GNTMAP_device_map ?
				m->dev_bus_addr : 0,
		.handle = m->handle,
	};

	fake_run(2);
	call(GNTTABOP_unmap_grant_ref, &op, 1);
	return op.status;
}

static inline long update(unsigned int slot, u64 val)
{
	struct mmu_update u = { (l1.v << PAGE_SHIFT) + slot * 8, val };

	fake_run(2);
	return pv_mmu_update(GVA(&u), 1, GVA(0), SELF);
}

#endif
