/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the parts of dom0's builder. All of it is initialisation code. */
#ifndef HOSPES_PV_BUILD_H
#define HOSPES_PV_BUILD_H

#include "mm/addr.h"

struct domain;

/* A kernel in memory, and what its notes tell. */
struct kernel {
	const u8 *data;
	u64 size;
	u64 entry, virt_base, paddr_offset;
	u64 hypercall_page, init_p2m;		/* if the flags say so */
	bool has_entry, has_hypercall_page, has_init_p2m;
	bool mod_start_pfn;
	bool has_features, dom0_capable;	/* SUPPORTED_FEATURES */
	u64 start, end;				/* pseudo-physical, bytes */
	mfn_t unpacked;				/* buffer to free */
	unsigned int unpacked_order;
};

/* build_elf.c: NULL, or what is wrong with it. */
const char *kernel_parse(struct kernel *k);
/* Next byte range to load: call with *i = 0 at first; false at the end. */
bool kernel_segment(const struct kernel *k, unsigned int *i, u64 *paddr,
		    const u8 **data, u64 *file_size, u64 *mem_size);

/* build_image.c: bzImage or compressed file -> ELF in k->data. */
const char *kernel_unpack(struct kernel *k, const u8 *file, u64 size);
void kernel_free(struct kernel *k);

/* build_tables.c: page tables of a domain that is being built. */
struct table_builder {
	u64 *l4;
	u64 *p2m;		/* of the domain */
	u64 next, end;		/* PFNs for further tables */
};

/* How many tables map [@va, @va + @size), the top-level one left out. */
u64 tables_needed(u64 va, u64 size);
void tables_map(struct table_builder *b, u64 va, mfn_t m, bool writable);

#endif
