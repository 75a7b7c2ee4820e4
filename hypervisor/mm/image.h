/* SPDX-License-Identifier: BSD-2-Clause */
/* Our image in memory, as hypervisor.lds.S lays it out. */
#ifndef HOSPES_MM_IMAGE_H
#define HOSPES_MM_IMAGE_H

#include "mm/addr.h"

#define IMAGE_PHYS	0x200000UL

extern char image_start[], text_end[], rodata_end[], ro_after_init_end[];
extern char data_end[], init_start[], init_text_end[], init_end[], image_end[];

static inline u64 image_bytes(void)
{
	return (u64)image_end - IMAGE_VIRT;
}

/* Machine address of something in the image. */
static inline maddr_t image_maddr(const void *p)
{
	return MADDR((u64)p - IMAGE_VIRT + IMAGE_PHYS);
}

#endif
