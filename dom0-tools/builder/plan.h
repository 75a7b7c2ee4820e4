/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where everything of a new PV domain goes, decided before the domain exists.
 * Pure: no hypervisor, no files.
 *
 * The initial region is mapped linearly, VA = virt_base + pfn * 4096, from pfn
 * 0 on, in this order (as other builders lay it out, since guests know no
 * other):
 *
 *	(pages below the kernel)  kernel  [initrd]  [p2m]  start_info  store
 *	console  page tables (top first)  boot stack  slack of 512 KiB or more
 *
 * and behind it, not mapped there:
 *
 *	[initrd, if the kernel takes a frame number for it]
 *	[p2m array and its private page tables, if the kernel wants it at a VA
 *	 of its own]
 *
 * A 64-bit kernel has four levels of tables and a p2m array of 8-byte entries.
 * A 32-bit (PAE) kernel has three, of which the second always has its four
 * tables, since a top-level table without a hole is what such kernels know; its
 * p2m array has 4-byte entries and no address of its own.
 */
#ifndef BUILDER_PLAN_H
#define BUILDER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/elf.h"
#include "builder/elfnotes.h"
#include "builder/error.h"

#define PLAN_PAGE_SHIFT 12
#define PLAN_PAGE_SIZE 4096ull

static inline uint64_t plan_pages(uint64_t bytes)
{
	return (bytes + PLAN_PAGE_SIZE - 1) >> PLAN_PAGE_SHIFT;
}

/* Frames [pfn, pfn + count) of the new domain. */
struct plan_range {
	uint64_t pfn, count;
};

/*
 * Page tables for the addresses [start, end). Level n has count[n] tables at
 * the frames pfn[n] on; the root belongs to the initial region only.
 */
struct plan_tables {
	uint64_t start, end;
	uint64_t target;	/* the pfn that `start` is mapped to */
	unsigned int top;	/* the highest level that is here */
	bool pae;		/* of a 32-bit kernel */
	uint64_t pfn[5], count[5];
	struct plan_range all;
};

struct plan_kernel {
	bool is_32bit;
	bool extended_cr3;	/* 32-bit: its root may be above 4 GiB */
	uint64_t virt_base;
	uint64_t paddr_offset;
	uint64_t entry;
	uint64_t hypercall_page;	/* VA; valid if has_hypercall_page */
	bool has_hypercall_page;
	uint64_t init_p2m;		/* VA; valid if has_init_p2m */
	bool has_init_p2m;
	bool initrd_by_pfn;
	uint64_t pstart, pend;		/* as in the file */
};

struct plan {
	struct plan_kernel kernel;
	uint64_t nr_pages;
	uint64_t mapped;		/* pages in the initial region */
	struct plan_range image, initrd, p2m;
	uint64_t start_info, store, console, stack;	/* pfns */
	uint64_t mfn_list;		/* VA of the p2m array */
	uint64_t mod_start;		/* as start_info shows it */
	struct plan_tables tables;	/* of the initial region */
	struct plan_tables p2m_tables;	/* count 0 unless has_init_p2m */
};

/* Checks that the kernel can be a PV domain and collects what matters. */
int plan_kernel(struct plan_kernel *kernel, const struct elf *elf,
		const struct elfnotes *notes, const char *path,
		struct build_error *error);

/* Lays out a domain of nr_pages. */
int plan_make(struct plan *plan, const struct plan_kernel *kernel,
	      uint64_t nr_pages, uint64_t initrd_bytes,
	      struct build_error *error);

/* The address of a frame of the initial region. */
static inline uint64_t plan_va(const struct plan *plan, uint64_t pfn)
{
	return plan->kernel.virt_base + (pfn << PLAN_PAGE_SHIFT);
}

/* Bytes of an entry of the p2m array. */
static inline unsigned int plan_word(const struct plan_kernel *kernel)
{
	return kernel->is_32bit ? 4 : 8;
}

/* The frame of the root of the page tables. */
static inline uint64_t plan_root(const struct plan *plan)
{
	return plan->tables.pfn[plan->tables.top];
}

/* The frame that a physical address of the kernel's file goes to. */
static inline uint64_t plan_address(const struct plan_kernel *kernel,
				    uint64_t paddr)
{
	return paddr - kernel->paddr_offset;
}

/*
 * Fills page tables. `frames` turns a pfn into a machine frame; `pages` is the
 * memory of tables->all, zeroed, in order. Frames within `readonly` are mapped
 * read-only. The L4 entry for a range without an L4 of its own goes to `l4`;
 * nothing of a 32-bit kernel does.
 */
void plan_fill_tables(const struct plan_tables *tables,
		      const uint64_t *frames,
		      const struct plan_range *readonly,
		      uint64_t *pages, uint64_t *l4);

#endif
