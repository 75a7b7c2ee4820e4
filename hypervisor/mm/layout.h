/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things are in virtual memory.  Tests on a host have another layout. */
#ifndef HOSPES_MM_LAYOUT_H
#define HOSPES_MM_LAYOUT_H

/*
 * Virtual address map (top-level slots 256-271 are ours in every table):
 *   256  0xffff800000000000  machine-to-physical table, guests read it
 *   257  0xffff808000000000  hypervisor image, its alias of M2P (RW), frame
 *                            table, device mappings, per-CPU regions
 *   258… 0xffff810000000000  direct map of all RAM (up to 7 TiB)
 */
#define HV_SLOT_FIRST	256
#define HV_SLOT_LAST	271
#define HV_VIRT_START	0xffff800000000000UL
#define HV_VIRT_END	0xffff880000000000UL
#define HV_VIRT_BITS	43		/* of offsets in there */
#define M2P_VIRT	0xffff800000000000UL	/* RO, also for CPL 3 */
#define IMAGE_VIRT	0xffff808000000000UL	/* linked here; 1 GiB */
#define CPU_AREA_VIRT	0xffff808040000000UL	/* 64 KiB a CPU; 1 GiB */
#define DEVMAP_VIRT	0xffff808080000000UL	/* hvmap_device(); 2 GiB */
#define FRAMES_VIRT	0xffff809000000000UL	/* frame table; 64 GiB */
#define M2P_RW_VIRT	0xffff80a000000000UL	/* writable alias of M2P */
#define DESC_VIRT	0xffff80c000000000UL	/* GDT/LDT window, per CPU */
#define DIRECTMAP_VIRT	0xffff810000000000UL
#define DIRECTMAP_SIZE	(HV_VIRT_END - DIRECTMAP_VIRT)

/*
 * 32-bit guests: their machine-to-physical table, in slots of the last
 * gigabyte's L2 table that are ours.  Nothing else of us is below 4 GiB.
 */
#define HV_COMPAT_START	0xf5800000UL
#define HV_COMPAT_END	0xffe00000UL

#endif
