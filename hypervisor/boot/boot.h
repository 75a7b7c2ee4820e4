/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader told, in one form for all protocols; options. */
#ifndef HOSPES_BOOT_BOOT_H
#define HOSPES_BOOT_BOOT_H

#include "mm/addr.h"

enum e820_type {
	E820_RAM = 1, E820_RESERVED = 2, E820_ACPI = 3, E820_NVS = 4,
	E820_UNUSABLE = 5
};

struct e820_entry {
	u64 addr, size;
	u32 type;
} __packed;

#define E820_MAX	128
#define BOOT_MODULES	8

struct boot_module {
	maddr_t start;
	u64 size;
	char cmdline[1024];	/* without the file's name */
};

struct boot_info {
	char cmdline[1024];	/* hypervisor's options, without its name */
	char loader[64];
	struct e820_entry e820[E820_MAX];	/* sorted, no overlaps */
	unsigned int e820_count;
	struct boot_module modules[BOOT_MODULES];	/* 0 kernel, 1 initrd */
	unsigned int module_count;
	maddr_t rsdp;		/* 0: not told */
	/* Image and modules lie in RAM that must be kept out of the heap. */
};

extern struct boot_info boot_info;

/* Parsed options, see docs; filled before anything else runs. */
struct options {
	u64 dom0_mem;		/* bytes; 0: all but a reserve */
	unsigned int dom0_max_vcpus;
	unsigned int loglevel;	/* enum loglevel + 1 printed */
	unsigned int guest_loglevel;
	bool no_reboot;		/* noreboot: stop instead after a panic */
	bool console_com1;
	u32 com1_baud;
	char reboot[16];	/* acpi, kbd, triple, no */
	bool smap, smep;
	char spec_ctrl[48];	/* see x86/spec_ctrl.h */
	unsigned int max_cpus;
	u32 sched_ratelimit_us;	/* see sched_init() */
};

extern struct options options;

/* Total RAM by the map, bytes; highest RAM frame + 1. */
u64 boot_ram_bytes(void);
u64 boot_ram_end_frame(void);

#endif
