/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel started at its PVH entry is given. */
#ifndef __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__
#define __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__

#ifndef __ASSEMBLY__
#include <stdint.h>
#endif

#define XEN_HVM_START_MAGIC_VALUE 0x336ec578

/* Kinds of memory; those of the firmware's E820 map. */
#define XEN_HVM_MEMMAP_TYPE_RAM      1
#define XEN_HVM_MEMMAP_TYPE_RESERVED 2
#define XEN_HVM_MEMMAP_TYPE_ACPI     3
#define XEN_HVM_MEMMAP_TYPE_NVS      4
#define XEN_HVM_MEMMAP_TYPE_UNUSABLE 5
#define XEN_HVM_MEMMAP_TYPE_DISABLED 6
#define XEN_HVM_MEMMAP_TYPE_PMEM     7

#ifndef __ASSEMBLY__

/* At the physical address in EBX on entry. All addresses are physical. */
struct hvm_start_info {
	uint32_t magic;			/* XEN_HVM_START_MAGIC_VALUE */
	uint32_t version;		/* 1: the memory map is there */
	uint32_t flags;			/* SIF_* */
	uint32_t nr_modules;
	uint64_t modlist_paddr;		/* hvm_modlist_entry[], or 0 */
	uint64_t cmdline_paddr;		/* ends with a zero byte, or 0 */
	uint64_t rsdp_paddr;		/* ACPI's root pointer, or 0 */
	uint64_t memmap_paddr;		/* hvm_memmap_table_entry[], or 0 */
	uint32_t memmap_entries;
	uint32_t reserved;		/* 0 */
};

/* A file that was loaded along with the kernel. Size in bytes. */
struct hvm_modlist_entry {
	uint64_t paddr;
	uint64_t size;
	uint64_t cmdline_paddr;
	uint64_t reserved;
};

/* A range of memory. Size in bytes. */
struct hvm_memmap_table_entry {
	uint64_t addr;
	uint64_t size;
	uint32_t type;			/* XEN_HVM_MEMMAP_TYPE_* */
	uint32_t reserved;
};

#endif /* !__ASSEMBLY__ */
#endif
