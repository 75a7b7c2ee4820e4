/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory before there is a heap: ranges of RAM that nothing occupies.  Only
 * addresses below 4 GiB are handed out, which head.S has mapped.
 */
#ifndef HOSPES_MM_BOOTMEM_H
#define HOSPES_MM_BOOTMEM_H

#include "mm/addr.h"

void bootmem_init(void);
/* Not zeroed; multiples of pages. Panics if there is none. */
maddr_t bootmem_alloc(u64 size, u64 align);
/* A zeroed page for a page table: from here, later from the heap. */
u64 *bootmem_table(void);
/* A page below 640 KiB for the start of other CPUs; 0: none. */
u64 bootmem_low_page(void);
/* All that is left becomes the heap's. */
void bootmem_to_heap(void);
/* The boot modules' memory becomes the heap's; dom0 has been built. */
void bootmem_free_modules(void);

#endif
