/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files that build our page tables. */
#ifndef HOSPES_MM_HVMAP_PRIVATE_H
#define HOSPES_MM_HVMAP_PRIVATE_H

#include "mm/hvmap.h"

/* Rights of our mappings: never writable and executable at once. */
#define HV_BASE	(PTE_P | PTE_A | PTE_D | PTE_G)
#define HV_RX	HV_BASE
#define HV_R	(HV_BASE | PTE_NX)
#define HV_RW	(HV_BASE | PTE_RW | PTE_NX)

/* Entry for @va at @level, tables made on the way with @flags added. */
u64 *hvmap_entry(u64 va, unsigned int level, u64 flags);
void hvmap_range(u64 va, u64 pa, u64 size, u64 flags);

#endif
