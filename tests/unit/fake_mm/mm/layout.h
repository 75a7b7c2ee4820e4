/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of mm/ on the host: tables and RAM are arrays (hv_mm_fake.c). */
#ifndef HOSPES_MM_LAYOUT_H
#define HOSPES_MM_LAYOUT_H

#include <stdint.h>

extern uint64_t fake_frames[], fake_m2p[];
extern char *fake_ram;

#define HV_SLOT_FIRST	256
#define HV_SLOT_LAST	271
#define HV_VIRT_START	0xffff800000000000UL
#define HV_VIRT_END	0xffff880000000000UL
#define HV_VIRT_BITS	43
#define M2P_VIRT	0xffff800000000000UL
#define IMAGE_VIRT	0xffff808000000000UL
#define CPU_AREA_VIRT	0xffff808040000000UL
#define DEVMAP_VIRT	0xffff808080000000UL
#define FRAMES_VIRT	((uint64_t)fake_frames)
#define M2P_RW_VIRT	((uint64_t)fake_m2p)
#define DESC_VIRT	0xffff80c000000000UL
#define HV_COMPAT_START	0xf5800000UL
#define HV_COMPAT_END	0xffe00000UL
#define DIRECTMAP_VIRT	((uint64_t)fake_ram)
#define DIRECTMAP_SIZE	(1UL << 40)

#endif
