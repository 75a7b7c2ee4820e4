/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that tries to write its own page tables: by stores to every level,
 * by making them writable, by entries that would map them writable, through
 * pages that change their use while another mapping exists.  All is refused;
 * then it stores without a handler for the fault, which is its end.
 */
#include "guest.h"

static void store(void *p)
{
	*(volatile u64 *)p = 0x67;
}

static u64 *table_at(unsigned int level, u64 va)
{
	const u64 *m2p = (const u64 *)0xffff800000000000UL;
	u64 *t = (u64 *)start_info->pt_base;
	unsigned int l;

	for (l = 4; l > level; l--)
		t = (u64 *)(m2p[(t[va >> (12 + 9 * (l - 1)) & 511] &
				 0x000ffffffffff000) >> 12] << 12);
	return t;
}

static void attack_level(unsigned int level)
{
	u64 *t = table_at(level, (u64)image_start), was = t[511];
	u64 *hole = alloc_page();
	struct mmu_update u;
	struct frame f;

	CHECK_EQ(catch_trap(store, &t[511], &f), 14);
	CHECK_EQ(f.error, 3);
	CHECK(map_page((u64)t, PTE_RW(mfn_of(t)), UVMF_INVLPG) < 0);
	CHECK(map_page((u64)hole, PTE_RW(mfn_of(t)), UVMF_INVLPG) < 0);
	u.ptr = l1_entry_maddr((u64)hole);
	u.val = PTE_RW(mfn_of(t));
	CHECK(HC4(mmu_update, &u, 1, 0, DOMID_SELF) < 0);
	CHECK_EQ(t[511], was);
}

/* A table by day, data by night: never both. */
static void attack_type_change(void)
{
	u64 *page = alloc_page(), *alias = alloc_page();
	struct mmuext_op pin = { .cmd = MMUEXT_PIN_L1_TABLE };
	struct mmuext_op unpin = { .cmd = MMUEXT_UNPIN_TABLE };
	unsigned int i;

	pin.arg1.mfn = unpin.arg1.mfn = mfn_of(page);
	for (i = 0; i < 200; i++) {
		CHECK_EQ(map_page((u64)alias, PTE_RW(mfn_of(page)),
				  UVMF_INVLPG), 0);
		CHECK_EQ(map_page((u64)page, PTE_RO(mfn_of(page)),
				  UVMF_INVLPG), 0);
		CHECK(HC4(mmuext_op, &pin, 1, 0, DOMID_SELF) < 0);
		CHECK_EQ(map_page((u64)alias, 0, 0), 0);
		CHECK_EQ(HC4(mmuext_op, &pin, 1, 0, DOMID_SELF), 0);
		CHECK(map_page((u64)alias, PTE_RW(mfn_of(page)), 0) < 0);
		CHECK_EQ(HC4(mmuext_op, &unpin, 1, 0, DOMID_SELF), 0);
		CHECK_EQ(map_page((u64)page, PTE_RW(mfn_of(page)), 0), 0);
		page[i] = 0;
	}
}

void test_main(void)
{
	unsigned int level;

	subject("stores to page tables");
	for (level = 1; level <= 4; level++)
		attack_level(level);
	attack_type_change();
	print("scribble: %u refused, %u wrong\n", checks_passed,
	      checks_failed);
	if (checks_failed)
		guest_shutdown(SHUTDOWN_poweroff);	/* not what is wanted */
	HC1(set_trap_table, 0);
	store((void *)start_info->pt_base);
}
