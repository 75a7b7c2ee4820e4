/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a page table entry may hold: every bit of a leaf and of an upper
 * entry, by every way in (update_va_mapping, mmu_update of a live table, a pin
 * of a table that holds it); what may be mapped writable; the hypervisor's
 * own part. What is refused has the right error and no effect.
 */
#include "ops.h"

#define BIT64(n)	(1ULL << (n))
#define SOFT_KERNEL	BIT64(52)	/* 64-bit: a page of the kernel */

/* ---- leaves -------------------------------------------------------------------- */

/* What is read back of a leaf that was given as @pte. */
static u64 as_read(u64 pte)
{
	if (IS_32BIT)
		return pte;
	if (!(pte & 4))
		pte |= 4 | SOFT_KERNEL;
	return pte & SOFT_KERNEL ? pte & ~BIT64(8) : pte | BIT64(8);
}

static bool leaf_bit_allowed(unsigned int bit)
{
	if (bit == 3 || bit == 4 || bit == 7)
		return is_dom0();		/* kinds of caching */
	return bit < 12 || bit == 63 || (bit >= 52 && bit < 62);
}

/* Each bit that is no part of the address, alone, on top of a good leaf. */
static void check_leaf_bits(void)
{
	void *page = alloc_page();
	unsigned long va = addr_of(page);
	u64 base = mfn_of(page) << 12 | 1, pte;
	volatile u64 *e = l1_entry(va);
	unsigned int bit;

	subject("bits of a leaf");
	for (bit = 1; bit < 64; bit++) {
		/* Bit 62 differs: this hypervisor wants nobody to use it. */
		if ((bit >= 12 && bit < 52) || bit == 62)
			continue;
		CHECK_EQ(map_page(va, base, UVMF_INVLPG), 0);
		pte = base | BIT64(bit);
		if (leaf_bit_allowed(bit)) {
			CHECK_EQ(map_page(va, pte, UVMF_INVLPG), 0);
			CHECK_EQ(*e & ~0x60ULL, as_read(pte) & ~0x60ULL);
			CHECK_EQ(set_entry(e, base), 0);
			CHECK_EQ(set_entry(e, pte), 0);
			CHECK_EQ(*e & ~0x60ULL, as_read(pte) & ~0x60ULL);
		} else {
			CHECK_EQ(map_page(va, pte, UVMF_INVLPG), -XEN_EINVAL);
			CHECK_EQ(*e, as_read(base));
			CHECK_EQ(set_entry(e, pte), -XEN_EINVAL);
			CHECK_EQ(*e, as_read(base));
		}
	}
	CHECK_EQ(make_rw(page), 0);
}

static void check_leaf_frames(void)
{
	u64 *page = alloc_page();
	unsigned long va = addr_of(page);
	volatile u64 *e = l1_entry(va);
	u64 was;

	subject("frames of a leaf");
	CHECK_EQ(make_rw(page), 0);
	page[1] = 0x5a5a;
	was = *e & ~0x60ULL;
	/* Above all RAM and all devices of such a machine. */
	CHECK(map_page(va, PTE_RW(0xffffffffULL), 0) < 0);
	CHECK(set_entry(e, PTE_RW(0xffffffffULL)) < 0);
	CHECK(map_page(va, PTE_RO(0xffffffffULL), 0) < 0);
	CHECK(map_page(va, BIT64(51) | PTE_RW(mfn_of(page)), 0) < 0);
	/* The hypervisor's: its part of the machine's memory is not ours. */
	CHECK(map_page(va, PTE_RW(0xfee00ULL), 0) < 0);
	CHECK(map_page(HV_ADDRESS, PTE_RW(mfn_of(page)), 0) < 0);
	CHECK_EQ(*e & ~0x60ULL, was);
	CHECK_EQ(page[1], 0x5a5a);
	if (!is_dom0())
		CHECK(map_page(va, PTE_RO(0xb8ULL), 0) < 0);
	CHECK_EQ(*e & ~0x60ULL, was);
}

static void check_not_present(void)
{
	static const u64 values[] = {
		0, 0x2, 0xffe, 0xdeadbeef000ULL, BIT64(62), 0x7fffffffffffe000ULL,
	};
	void *page = alloc_page();
	volatile u64 *e = l1_entry(addr_of(page));
	unsigned int i;

	subject("leaves that are not present");
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		CHECK_EQ(map_page(addr_of(page), values[i], UVMF_INVLPG), 0);
		CHECK_EQ(*e, values[i]);
		CHECK_EQ(set_entry(e, values[i] ^ 0x10), 0);
		CHECK_EQ(*e, values[i] ^ 0x10);
	}
	CHECK_EQ(make_rw(page), 0);
}

/* Every level of the live tables: readable for us, writable never. */
static void check_live_tables(void)
{
	void *window = alloc_page();
	unsigned long va = addr_of(window);
	unsigned int level;

	subject("live tables");
	for (level = 1; level <= PT_LEVELS; level++) {
		u64 *t = table_at(level, va);
		u64 rw = PTE_RW(mfn_of(t)), first = t[0];

		CHECK_EQ(map_page(va, PTE_RO(mfn_of(t)), UVMF_INVLPG), 0);
		CHECK_EQ(*(volatile u64 *)va & ~0x60ULL, first & ~0x60ULL);
		CHECK_EQ(map_page(va, rw, UVMF_INVLPG), -XEN_EBUSY);
		CHECK_EQ(set_entry(l1_entry(va), rw), -XEN_EBUSY);
		CHECK_EQ(*l1_entry(va) & 2, 0);
		CHECK_EQ(map_page(addr_of(t), rw, UVMF_INVLPG), -XEN_EBUSY);
		CHECK_EQ(*l1_entry(addr_of(t)) & 2, 0);
	}
	CHECK_EQ(make_rw(window), 0);
}

/* ---- upper levels ---------------------------------------------------------------- */

static bool upper_bit_allowed(unsigned int level, unsigned int bit)
{
	if (IS_32BIT && level == 3)
		return bit < 3 || bit == 5 || bit == 6 ||
		       (bit >= 9 && bit < 12);
	return bit < 3 || bit == 5 || bit == 6 || (bit >= 9 && bit < 12) ||
	       bit == 63 || (bit >= 52 && bit < 62);
}

/* @table of @level is pinned; its entry 1 gets @entry plus each bit. */
static void check_upper_bits(unsigned int level, u64 *table, u64 entry)
{
	volatile u64 *e = &table[1];
	unsigned int bit;

	for (bit = 1; bit < 64; bit++) {
		if ((bit >= 12 && bit < 52) || bit == 62)
			continue;
		CHECK_EQ(set_entry(e, 0), 0);
		if (upper_bit_allowed(level, bit)) {
			CHECK_EQ(set_entry(e, entry | BIT64(bit)), 0);
			CHECK_EQ(PTE_FRAME(*e), PTE_FRAME(entry));
		} else {
			CHECK_EQ(set_entry(e, entry | BIT64(bit)), -XEN_EINVAL);
			CHECK_EQ(*e, 0);
		}
	}
	CHECK_EQ(set_entry(e, 0), 0);
}

/* The same bits when a table that already holds them becomes one. */
static void check_upper_bits_at_pin(unsigned int level, u64 *table, u64 entry)
{
	unsigned int bit;
	bool ok;

	for (bit = 1; bit < 64; bit++) {
		if ((bit >= 12 && bit < 52) || bit == 62)
			continue;
		ok = upper_bit_allowed(level, bit);
		CHECK_EQ(make_rw(table), 0);
		table[1] = entry | BIT64(bit);
		CHECK_EQ(make_ro(table), 0);
		CHECK_EQ(pin(level, table) == 0, ok);
		if (ok)
			CHECK_EQ(unpin(table), 0);
	}
	CHECK_EQ(make_rw(table), 0);
	table[1] = 0;
	CHECK_EQ(make_ro(table), 0);
}

/* @wrong becomes a table of another level than @table needs below it. */
static void check_wrong_level(unsigned int level, u64 *table, u64 *wrong)
{
	u64 entry = mfn_of(wrong) << 12 | 1;

	if (!IS_32BIT) {
		unsigned int other = level == 4 ? 1 : level + 1;

		CHECK_EQ(pin(other, wrong), 0);
		CHECK(set_entry(&table[1], entry) < 0);
		CHECK_EQ(table[1], 0);
		CHECK_EQ(unpin(wrong), 0);
	}
	/*
	 * The same level: nobody needs such trees, so they are refused here.
	 * Xen takes them if they are not writable.
	 */
	CHECK_EQ(pin(level, wrong), 0);
	CHECK(set_entry(&table[1], entry) < 0);
	CHECK_EQ(table[1], 0);
	CHECK_EQ(set_entry(&table[1], 0), 0);
	CHECK_EQ(unpin(wrong), 0);
}

static void check_upper(void)
{
	u64 *tree[5], *wrong = alloc_page();
	unsigned int level, top = IS_32BIT ? 2 : 4;

	for (level = 1; level <= top; level++) {
		tree[level] = alloc_page();
		CHECK_EQ(make_ro(tree[level]), 0);
	}
	CHECK_EQ(make_ro(wrong), 0);
	for (level = 2; level <= top; level++) {
		u64 entry = mfn_of(tree[level - 1]) << 12 | 1;
		u64 other = mfn_of(wrong) << 12 | 1;

		subject("bits of an upper entry");
		check_upper_bits_at_pin(level, tree[level], entry);
		CHECK_EQ(pin(level, tree[level]), 0);
		check_upper_bits(level, tree[level], entry);
		subject("levels");
		check_wrong_level(level, tree[level], wrong);
		CHECK(set_entry(&tree[level][1], PTE_RO(0xffffffffULL)) < 0);
		CHECK(set_entry(&tree[level][1], PTE_RO(0xb8ULL)) < 0);
		CHECK_EQ(tree[level][1], 0);
		/* A page that is mapped writable somewhere. */
		CHECK_EQ(make_rw(wrong), 0);
		CHECK(set_entry(&tree[level][1], other) < 0);
		CHECK_EQ(tree[level][1], 0);
		CHECK_EQ(make_ro(wrong), 0);
		CHECK_EQ(unpin(tree[level]), 0);
	}
}

/* Stores to a live table of an upper level are never carried out. */
static void store(void *p)
{
	*(volatile u64 *)p = 0;
}

static void check_stores(void)
{
	unsigned int level;
	struct frame f;

	subject("stores to upper tables");
	for (level = 2; level <= PT_LEVELS; level++) {
		u64 *e = table_entry(level, addr_of(test_main)), was = *e;

		CHECK_EQ(catch_trap(store, e, &f), 14);
		CHECK_EQ(f.error, 3);
		CHECK_EQ(*e, was);
	}
}

/* ---- the hypervisor's slots -------------------------------------------------------- */

static void check_slots_64(void)
{
	u64 *l4 = (u64 *)start_info->pt_base, *copy = alloc_page();
	u64 *l3 = alloc_page();
	unsigned int i;

	subject("the hypervisor's slots");
	CHECK_EQ(make_ro(l3), 0);
	for (i = 256; i < 272; i++) {
		u64 was = l4[i];

		CHECK_EQ(set_entry(&l4[i], 0), -XEN_EINVAL);
		CHECK_EQ(set_entry(&l4[i], upper_entry(l3)), -XEN_EINVAL);
		CHECK_EQ(l4[i] & ~0x60ULL, was & ~0x60ULL);
	}
	CHECK_EQ(set_entry(&l4[255], upper_entry(l3)), 0);
	CHECK_EQ(set_entry(&l4[255], 0), 0);
	CHECK_EQ(set_entry(&l4[272], upper_entry(l3)), 0);
	CHECK_EQ(set_entry(&l4[272], 0), 0);
	/* What a new table holds there is of no interest. */
	memcpy(copy, l4, PAGE_SIZE);
	for (i = 256; i < 272; i++)
		copy[i] = upper_entry(l3) | BIT64(7);
	CHECK_EQ(make_ro(copy), 0);
	CHECK_EQ(pin(4, copy), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), 0);
	CHECK_EQ(mfn_to_pfn(mfn_of(copy)), pfn_of(copy));
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4)), 0);
	for (i = 256; i < 272; i++)
		CHECK(PTE_FRAME(copy[i]) != mfn_of(l3));
	CHECK_EQ(unpin(copy), 0);
	CHECK_EQ(make_rw(copy), 0);
	CHECK_EQ(make_rw(l3), 0);
}

void test_main(void)
{
	check_leaf_bits();
	check_leaf_frames();
	check_not_present();
	check_live_tables();
	check_upper();
	check_stores();
	if (!IS_32BIT)
		check_slots_64();
}
