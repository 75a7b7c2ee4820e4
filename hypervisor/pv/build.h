/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the parts of dom0's builder. All of it is initialisation code. */
#ifndef HOSPES_PV_BUILD_H
#define HOSPES_PV_BUILD_H

#include "mm/addr.h"

struct boot_module;
struct domain;
struct start_info;

/* A kernel in memory, and what its notes tell. */
struct kernel {
	const u8 *data;
	u64 size;
	u64 entry, virt_base, paddr_offset;
	u64 hypercall_page, init_p2m;		/* if the flags say so */
	bool has_entry, has_hypercall_page, has_init_p2m;
	bool mod_start_pfn;
	bool has_features, dom0_capable;	/* SUPPORTED_FEATURES */
	bool is_32bit;
	bool no_pae, extended_cr3;		/* PAE_MODE */
	bool bsd_symtab;			/* wants its symbols loaded */
	u64 hv_start_low;
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
	u64 *top;
	unsigned int top_shift;	/* 39: it is an L4; 30: an L3 of 4 entries */
	const u64 *p2m;		/* of the domain */
	u64 next, end;		/* PFNs for further tables */
};

/* How many tables map [@va, @va + @size), the top-level one left out. */
u64 tables_needed(bool is_32bit, u64 va, u64 size);
void tables_map(struct table_builder *b, u64 va, mfn_t m, bool writable);
/* The four L2 tables that a 32-bit guest has, whatever is mapped. */
void tables_make_l2(struct table_builder *b);

/* All in frames (PFNs). */
struct layout {
	u64 kernel_end;
	u64 initrd, initrd_frames;
	u64 p2m, p2m_frames, p2m_tables;
	u64 start_info, tables, table_frames, stack;
	u64 region_end;
	u64 total;
};

struct build {
	struct domain *d;
	struct kernel k;
	struct layout l;
	u64 *p2m;		/* by PFN, in the direct map: dom0's own array
				   or, if that has shorter entries, ours */
	mfn_t p2m_mfn;		/* where it is */
	const struct boot_module *initrd;
	mfn_t initrd_mfn;	/* in place, or INVALID_MFN: to be copied */
};

void *build_pfn_virt(const struct build *b, u64 pfn);
static inline u64 build_pfn_va(const struct build *b, u64 pfn)
{
	return b->k.virt_base + (pfn << PAGE_SHIFT);
}

/* build_start.c: start_info, and the registers that the kernel begins with. */
void build_start_info(struct build *b);
void build_first_vcpu(struct build *b);
/* The 32-bit layout (hypercall/compat32_start.c): its size. */
unsigned int pv_start_info32(void *to, const struct start_info *s);

#endif
