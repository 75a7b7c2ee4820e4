/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames and page tables of the test kernels: see guest.h. */
#include "internal.h"

static char page_pool[256][PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned int pages_used;

u64 pfn_to_mfn(unsigned long pfn)
{
	return ((unsigned long *)start_info->mfn_list)[pfn];
}

u64 mfn_of(const void *p)
{
	return pfn_to_mfn(pfn_of(p));
}

u64 maddr_of(const void *p)
{
	return mfn_of(p) << 12 | ((unsigned long)p & ~PAGE_MASK);
}

unsigned long mfn_to_pfn(u64 mfn)
{
	return ((const unsigned long *)M2P_START)[mfn];
}

static u64 *table_of(u64 entry)
{
	return (u64 *)(mfn_to_pfn(PTE_FRAME(entry)) * PAGE_SIZE);
}

u64 *table_entry(unsigned int level, unsigned long va)
{
	u64 *t = (u64 *)start_info->pt_base;
	unsigned int l;

	for (l = PT_LEVELS; l > level; l--)
		t = table_of(t[va >> (12 + 9 * (l - 1)) & 511]);
	return &t[va >> (12 + 9 * (level - 1)) & 511];
}

u64 *l1_entry(unsigned long va)
{
	return table_entry(1, va);
}

u64 l1_entry_maddr(unsigned long va)
{
	return maddr_of(l1_entry(va));
}

int map_page(unsigned long va, u64 pte, unsigned long flags)
{
	return update_va_mapping(va, pte, flags);
}

void *alloc_page(void)
{
	void *p;

	if (pages_used == ARRAY_SIZE(page_pool)) {
		print("FAIL %s: page pool is empty\n", subject_name);
		guest_shutdown(SHUTDOWN_crash);
	}
	p = page_pool[pages_used++];
	memset(p, 0, PAGE_SIZE);
	return p;
}
