/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine of 64 MiB for tests of hypervisor/mm. */
#ifndef TESTS_UNIT_HV_MM_FAKE_H
#define TESTS_UNIT_HV_MM_FAKE_H

#include "mm/addr.h"

#define FAKE_RAM_FRAMES	16384UL
/* Of tables, for tests of what is above RAM. */
#define FAKE_TABLE_FRAMES (3 * 524288UL)

extern u64 fake_flushed_since;		/* last tlb_flush_all_since() */
extern unsigned int fake_flushes;

/* All frames are the hypervisor's, memory is full of junk, the heap is new. */
void fake_mm_reset(void);

#endif
