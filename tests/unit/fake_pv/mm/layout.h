/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the model machine, at fixed places of a host's user space. */
#ifndef HOSPES_MM_LAYOUT_H
#define HOSPES_MM_LAYOUT_H

#define HV_SLOT_FIRST	256
#define HV_SLOT_LAST	271
#define HV_VIRT_START	0xffff800000000000UL
#define HV_VIRT_END	0xffff880000000000UL
#define M2P_VIRT	0xffff800000000000UL
#define CPU_AREA_VIRT	0xffff808040000000UL
#define DESC_VIRT	0xffff80c000000000UL
#define FRAMES_VIRT	0x300000000000UL
#define M2P_RW_VIRT	0x310000000000UL
#define DIRECTMAP_VIRT	0x200000000000UL
#define DIRECTMAP_SIZE	0x010000000000UL

#endif
