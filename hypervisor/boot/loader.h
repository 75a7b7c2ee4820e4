/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the parsers of boot protocols; boot/boot.h has what they yield. */
#ifndef HOSPES_BOOT_LOADER_H
#define HOSPES_BOOT_LOADER_H

#include "boot/boot.h"

/* What the register tells at the entry (PVH: set by head.S). */
#define MULTIBOOT1_LOADER	0x2badb002
#define MULTIBOOT2_LOADER	0x36d76289
#define PVH_LOADER		0x336ec578

/* False: unknown protocol. */
bool boot_parse(u32 magic, u64 info);
void multiboot2_parse(u64 info);
void options_parse(const char *line);

void *boot_ptr(u64 phys);
void boot_set_cmdline(const char *s);
void boot_add_memory(u64 addr, u64 size, u32 type);
void boot_add_module(u64 start, u64 end, const char *cmdline);

/* head.S calls it on the boot stack. */
void boot_main(u32 magic, u64 info);

#endif
