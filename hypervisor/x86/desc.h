/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables of the hypervisor.  GDTR of CPU n names the window at
 * desc_window(n): pages 0-13 a guest's GDT, 14-15 ours, 16-31 a guest's LDT.
 */
#ifndef HOSPES_X86_DESC_H
#define HOSPES_X86_DESC_H

#include "x86/cpu.h"

#define DESC_WINDOW_SIZE	(32 * PAGE_SIZE)
#define SEL_LDT			0xe050		/* two slots */

static inline u64 desc_window(unsigned int cpu)
{
	return DESC_VIRT + cpu * DESC_WINDOW_SIZE;
}

/* The flat descriptors of 32-bit or of 64-bit guests into this CPU's GDT. */
void desc_load_flat(bool guest_32bit);
/* A page of descriptors that are not present, for holes in a guest's GDT. */
mfn_t desc_empty_frame(void);
/* This CPU's descriptor (16 bytes) of the LDT, writable. */
u64 *desc_ldt_slot(void);

/* Build this CPU's tables (area, IST stacks, TSS, GDT, IDT), load them. */
void desc_init_cpu(unsigned int cpu);

#endif
