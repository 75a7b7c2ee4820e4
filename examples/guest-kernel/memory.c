/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory. A page has two numbers: its pseudo-physical one (pfn), by which we
 * know it, and that of the machine frame (mfn) below, which stands in page
 * tables and grants. mfn_list and the machine-to-physical table translate.
 *
 * The builder has mapped the pages of the kernel, of what it made for us, and
 * some more, at VA = pfn * 4096. We map the others in the same way: with page
 * tables that we write first, then give up writing to, then link in.
 */
#include "kernel.h"

#define PTE_PRESENT	1UL
#define PTE_FRAME(e)	((unsigned long)((e) >> 12 & 0xffffffffffULL))
#define L1_BYTES	(512 * PAGE_SIZE)	/* mapped by one L1 table */
#define MAX_BYTES	(512 * L1_BYTES)	/* by one L2 table: enough */
#define WINDOW_PAGES	64			/* for frames of others */

struct free_run {
	struct free_run *next;
	unsigned int count;
};

struct shared_info *shared_info;
static const unsigned long *mfn_to_pfn;
static unsigned long next_page, end_of_pages;	/* addresses */
static unsigned long window, windows_used;
static struct free_run *free_runs;

unsigned long virt_to_mfn(const void *p)
{
	return ((unsigned long *)start_info->mfn_list)
		[(unsigned long)p / PAGE_SIZE];
}

void *mfn_to_virt(unsigned long mfn)
{
	return (void *)(mfn_to_pfn[mfn] * PAGE_SIZE);
}

/* The L2 entry of an address in the first gigabyte; for reading only. */
static u64 *l2_entry(unsigned long va)
{
	u64 *table = (u64 *)start_info->pt_base;
	int shift;

	for (shift = PT_TOP_SHIFT; shift > 21; shift -= 9)
		table = mfn_to_virt(PTE_FRAME(table[va >> shift & 511]));
	return &table[va >> 21 & 511];
}

/* A page, now no longer writable, becomes the L1 table of an address. */
static void link_l1(u64 *l1, unsigned long va)
{
	u64 *entry = l2_entry(va);
	struct mmu_update u = {
		.ptr = (u64)virt_to_mfn(entry) << 12 |
			((unsigned long)entry & (PAGE_SIZE - 1)) |
			MMU_NORMAL_PT_UPDATE,
		.val = (u64)virt_to_mfn(l1) << 12 | PTE_RW,
	};

	if (arch_map((unsigned long)l1, (u64)virt_to_mfn(l1) << 12 | PTE_RO))
		panic("a page table stays writable");
	if (HYPERCALL4(mmu_update, &u, 1, 0, DOMID_SELF))
		panic("a page table was refused");
}

/* Maps 2 MiB of our own pages, as far as they exist; others stay empty. */
static void map_l1(unsigned long va)
{
	u64 *l1;
	unsigned int i;

	if (*l2_entry(va) & PTE_PRESENT)
		return;
	l1 = memory_pages(1);
	if (!l1)
		panic("no page for a page table");
	for (i = 0; i < 512 && va / PAGE_SIZE + i < start_info->nr_pages; i++)
		l1[i] = (u64)virt_to_mfn((void *)(va + i * PAGE_SIZE)) << 12 |
			PTE_RW;
	link_l1(l1, va);
}

void *memory_map_frame(u64 mfn)
{
	unsigned long va = window + windows_used * PAGE_SIZE;

	if (windows_used == WINDOW_PAGES ||
	    arch_map(va, mfn << 12 | PTE_RW))
		panic("frame %#llx cannot be mapped", (unsigned long long)mfn);
	windows_used++;
	return (void *)va;
}

static void find_tables(void)
{
	struct xen_machphys_mapping m;

	if (HYPERCALL2(memory_op, XENMEM_machphys_mapping, &m))
		panic("no machine-to-physical table");
	mfn_to_pfn = (const unsigned long *)m.v_start;
}

void memory_init(void)
{
	unsigned long all = start_info->nr_pages * PAGE_SIZE, va;

	find_tables();
	/* The builder's last pages: the page tables, and a stack. */
	next_page = start_info->pt_base +
		(start_info->nr_pt_frames + 1) * PAGE_SIZE;
	if (all > MAX_BYTES - L1_BYTES)
		all = MAX_BYTES - L1_BYTES;
	end_of_pages = all;
	for (va = next_page & -L1_BYTES; va < all; va += L1_BYTES)
		map_l1(va);
	/* One more table, of addresses behind the last page. */
	window = va;
	link_l1(memory_pages(1), window);
	shared_info = memory_map_frame(start_info->shared_info / PAGE_SIZE);
}

static void *reuse(unsigned int count)
{
	struct free_run **p, *run;

	for (p = &free_runs; (run = *p); p = &run->next)
		if (run->count == count) {
			*p = run->next;
			return run;
		}
	return NULL;
}

void *memory_pages(unsigned int count)
{
	void *p = reuse(count);

	if (!p) {
		if (count > (end_of_pages - next_page) / PAGE_SIZE)
			return NULL;
		p = (void *)next_page;
		next_page += count * PAGE_SIZE;
	}
	return memset(p, 0, count * PAGE_SIZE);
}

void memory_free(void *pages, unsigned int count)
{
	struct free_run *run = pages;

	run->count = count;
	run->next = free_runs;
	free_runs = run;
}
