/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu_update and update_va_mapping as calls: batches stop at the first error
 * and say how far they came; pages that are no tables take plain stores; the
 * kinds of request; whose frames; flushes. What an entry may hold is the
 * matter of `pagetables`.
 */
#include "ops.h"

#define BATCH	600

static void check_batches(void)
{
	static struct mmu_update u[BATCH];
	u64 *page = alloc_page();
	u32 done, i;

	subject("batches");
	for (i = 0; i < BATCH; i++) {
		u[i].ptr = maddr_of(&page[i % 512]);
		u[i].val = i;
	}
	done = 99;
	CHECK_EQ(HC4(mmu_update, u, BATCH, &done, DOMID_SELF), 0);
	CHECK_EQ(done, BATCH);
	CHECK_EQ(page[5], 517);
	CHECK_EQ(page[100], 100);
	/* Without a place for the count. */
	u[0].val = 0x7777;
	CHECK_EQ(HC4(mmu_update, u, 1, 0, DOMID_SELF), 0);
	CHECK_EQ(page[0], 0x7777);
	/* Nothing to do. */
	done = 99;
	CHECK_EQ(HC4(mmu_update, u, 0, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 0);
	/* The third fails: two were done, none of the rest. */
	memset(page, 0, PAGE_SIZE);
	u[0].val = 0xa;
	u[1].val = 0xb;
	u[2].ptr = ~0xfffULL;
	u[3].val = 0xd;
	done = 99;
	CHECK_EQ(HC4(mmu_update, u, 4, &done, DOMID_SELF), -XEN_EINVAL);
	CHECK_EQ(done, 2);
	CHECK_EQ(page[0], 0xa);
	CHECK_EQ(page[1], 0xb);
	CHECK_EQ(page[3], 0);
}

/* A list that runs into a hole: what comes before is done. */
static void check_bad_pointers(void)
{
	struct mmu_update *pages = alloc_page(), *u;
	void *hole = alloc_page();
	u64 *page = alloc_page();
	u32 done = 99;

	subject("bad pointers");
	CHECK_EQ(HC4(mmu_update, BAD_POINTER, 1, 0, DOMID_SELF), -XEN_EFAULT);
	u = (struct mmu_update *)((char *)hole - 2 * sizeof(*u));
	CHECK(u == pages + PAGE_SIZE / sizeof(*u) - 2);
	u[0].ptr = maddr_of(&page[1]);
	u[0].val = 1;
	u[1].ptr = maddr_of(&page[2]);
	u[1].val = 2;
	CHECK_EQ(unmap_page(hole), 0);
	CHECK_EQ(HC4(mmu_update, u, 3, &done, DOMID_SELF), -XEN_EFAULT);
	CHECK_EQ(done, 2);
	CHECK_EQ(page[1], 1);
	CHECK_EQ(page[2], 2);
	CHECK_EQ(make_rw(hole), 0);
}

static void check_plain_pages(void)
{
	u64 *page = alloc_page();

	subject("pages that are no tables");
	/* Any value, also what no table could hold. */
	CHECK_EQ(set_entry(&page[0], ~0ULL), 0);
	CHECK_EQ(page[0], ~0ULL);
	CHECK_EQ(set_entry(&page[511], 0x8000000000000123ULL), 0);
	CHECK_EQ(page[511], 0x8000000000000123ULL);
	/* Without any mapping of it as well. */
	CHECK_EQ(unmap_page(page), 0);
	CHECK_EQ(set_entry(&page[7], 0x1234), 0);
	CHECK_EQ(make_rw(page), 0);
	CHECK_EQ(page[7], 0x1234);
}

static void check_kinds(void)
{
	u64 *page = alloc_page();
	u64 *e = l1_entry(addr_of(page)), where = maddr_of(e);
	u64 rw = PTE_RW(mfn_of(page));

	subject("kinds of request");
	/* Accessed and dirty bits are kept if that is asked for. */
	CHECK_EQ(update_one(where, rw & ~0x60ULL, DOMID_SELF), 0);
	CHECK_EQ(*e & 0x60, 0);
	CHECK_EQ(update_one(where, rw, DOMID_SELF), 0);
	CHECK_EQ(*e & 0x60, 0x60);
	CHECK_EQ(update_one(where | MMU_PT_UPDATE_PRESERVE_AD, rw & ~0x60ULL,
			    DOMID_SELF), 0);
	CHECK_EQ(*e & 0x60, 0x60);
	CHECK_EQ(update_one(where | MMU_PT_UPDATE_NO_TRANSLATE, rw & ~0x60ULL,
			    DOMID_SELF), 0);
	CHECK_EQ(*e & 0x60, 0);
	CHECK_EQ(update_one(where, rw, DOMID_SELF), 0);
	/* The machine-to-physical table. */
	CHECK_EQ(update_one(maddr_of(page) | MMU_MACHPHYS_UPDATE, 0x777,
			    DOMID_SELF), 0);
	CHECK_EQ(mfn_to_pfn(mfn_of(page)), 0x777);
	CHECK_EQ(update_one(maddr_of(page) | MMU_MACHPHYS_UPDATE,
			    pfn_of(page), DOMID_SELF), 0);
	CHECK_EQ(mfn_to_pfn(mfn_of(page)), pfn_of(page));
	CHECK_EQ(update_one(~0xfffULL | MMU_MACHPHYS_UPDATE, 1, DOMID_SELF),
		 -XEN_EINVAL);
	/* There are no others. */
	CHECK_EQ(update_one(maddr_of(page) | 4, 1, DOMID_SELF), -XEN_ENOSYS);
	CHECK_EQ(update_one(maddr_of(page) | 7, 1, DOMID_SELF), -XEN_ENOSYS);
	CHECK_EQ(page[0], 0);
}

static void check_owners(void)
{
	u64 *page = alloc_page();
	u64 where = maddr_of(page);

	subject("owners");
	CHECK_EQ(update_one(where, 1, NO_DOMAIN), -XEN_ESRCH);
	CHECK_EQ(update_one(where, 1, DOMID_SELF | (NO_DOMAIN + 1) << 16),
		 -XEN_ESRCH);
	CHECK_EQ(update_one(where, 1, DOMID_INVALID), -XEN_ESRCH);
	CHECK_EQ(page[0], 0);
	/* The table's owner may be named: plus one. */
	CHECK_EQ(update_one(where, 5, DOMID_SELF), 0);
	CHECK_EQ(page[0], 5);
	/* Not our frame: the hypervisor's first megabytes, and no RAM. */
	CHECK_EQ(update_one((u64)0xb8000, 1, DOMID_SELF), -XEN_EINVAL);
	CHECK_EQ(update_one((u64)0xfee00000, 1, DOMID_SELF), -XEN_EINVAL);
}

static void check_va_mapping(void)
{
	u64 *a = alloc_page(), *b = alloc_page();
	volatile u64 *window = alloc_page();
	static unsigned long mask[8] = { 1 };
	unsigned long va = addr_of(window);
	unsigned int type, scope;
	static const char *const names[] = { "local", "all", "some" };

	subject("update_va_mapping");
	a[0] = 0xaaaa;
	b[0] = 0xbbbb;
	for (type = UVMF_TLB_FLUSH; type <= UVMF_INVLPG; type++) {
		for (scope = 0; scope < ARRAY_SIZE(names); scope++) {
			unsigned long flags = type |
				(scope == 0 ? UVMF_LOCAL :
				 scope == 1 ? UVMF_ALL : addr_of(mask));

			CHECK_EQ(map_page(va, PTE_RW(mfn_of(a)), flags),
				 0);
			CHECK_EQ(window[0], 0xaaaa);
			CHECK_EQ(map_page(va, PTE_RO(mfn_of(b)), flags),
				 0);
			CHECK_EQ(window[0], 0xbbbb);
		}
	}
	CHECK_EQ(make_rw((void *)va), 0);
	subject("update_va_mapping refused");
	CHECK_EQ(map_page(HV_ADDRESS, PTE_RW(mfn_of(a)), 0), -XEN_EINVAL);
}

void test_main(void)
{
	check_batches();
	check_bad_pointers();
	check_plain_pages();
	check_kinds();
	check_owners();
	check_va_mapping();
}
