/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader left in memory, into boot_info: multiboot 1 and the PVH
 * start info (multiboot2.c has the second version).  All of it lies below 4 GiB
 * and is copied before anything is allocated.
 */
#include "boot/e820.h"
#include "boot/loader.h"
#include "lib/printf.h"
#include "lib/string.h"

struct boot_info boot_info;
static struct e820_entry raw_map[E820_MAX] __initdata;
static unsigned int raw_count __initdata;

struct mb1_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline;
	u32 mods_count, mods_addr, syms[4], mmap_length, mmap_addr;
	u32 drives_length, drives_addr, config_table, loader_name;
};

#define MB1_HAS_MEMORY	BIT(0)
#define MB1_HAS_CMDLINE	BIT(2)
#define MB1_HAS_MODULES	BIT(3)
#define MB1_HAS_MMAP	BIT(6)
#define MB1_HAS_LOADER	BIT(9)

struct mb1_module {
	u32 start, end, cmdline, pad;
};

struct mb1_mmap {
	u32 size;
	u64 addr, length;
	u32 type;
} __packed;

struct pvh_info {
	u32 magic, version, flags, nr_modules;
	u64 modules, cmdline, rsdp, memmap;
	u32 memmap_entries, reserved;
};

struct pvh_module {
	u64 addr, size, cmdline, reserved;
};

struct pvh_memmap {
	u64 addr, size;
	u32 type, reserved;
};

__init void *boot_ptr(u64 phys)
{
	return maddr_to_virt(MADDR(phys));
}

__init void boot_add_memory(u64 addr, u64 size, u32 type)
{
	struct e820_entry *e = &raw_map[raw_count];

	if (!size || addr + size < addr || raw_count == E820_MAX)
		return;
	if (type == 0 || type > E820_UNUSABLE)
		type = E820_RESERVED;
	e->addr = addr;
	e->size = size;
	e->type = type;
	raw_count++;
}

/* Behind the first word, which is a file's name. */
static __init const char *skip_word(const char *s)
{
	while (*s == ' ')
		s++;
	while (*s && *s != ' ')
		s++;
	while (*s == ' ')
		s++;
	return s;
}

/*
 * The hypervisor's own line: GRUB leaves the file's name away, QEMU and others
 * put it first.  An option has a '=' or no '/', so a first word with a slash in
 * front of any '=' is a file.
 */
__init void boot_set_cmdline(const char *s)
{
	const char *slash = strchr(s, '/'), *equal = strchr(s, '=');
	const char *space = strchr(s, ' ');

	if (slash && (!equal || slash < equal) && (!space || slash < space))
		s = skip_word(s);
	strlcpy(boot_info.cmdline, s, sizeof(boot_info.cmdline));
}

/*
 * A module's line: QEMU and GRUB 0.97 begin it with the file's name, GRUB 2
 * (which calls itself "GRUB 2...") leaves the name away.
 */
static __init const char *module_options(const char *cmdline)
{
	if (!cmdline)
		return "";
	if (!strncmp(boot_info.loader, "GRUB ", 5))
		return cmdline;
	return skip_word(cmdline);
}

__init void boot_add_module(u64 start, u64 end, const char *cmdline)
{
	struct boot_module *m = &boot_info.modules[boot_info.module_count];

	if (boot_info.module_count == BOOT_MODULES || end <= start)
		return;
	m->start = MADDR(start);
	m->size = end - start;
	strlcpy(m->cmdline, module_options(cmdline), sizeof(m->cmdline));
	boot_info.module_count++;
}

static __init void parse_multiboot1(u64 phys)
{
	const struct mb1_info *i = boot_ptr(phys);
	const struct mb1_module *mod = boot_ptr(i->mods_addr);

	if (i->flags & MB1_HAS_CMDLINE)
		boot_set_cmdline(boot_ptr(i->cmdline));
	if (i->flags & MB1_HAS_LOADER)
		strlcpy(boot_info.loader, boot_ptr(i->loader_name),
			sizeof(boot_info.loader));
	for (u32 n = 0; (i->flags & MB1_HAS_MODULES) && n < i->mods_count; n++)
		boot_add_module(mod[n].start, mod[n].end,
				mod[n].cmdline ? boot_ptr(mod[n].cmdline) :
				NULL);
	if (!(i->flags & MB1_HAS_MMAP)) {
		if (!(i->flags & MB1_HAS_MEMORY))
			return;
		boot_add_memory(0, i->mem_lower * KIB, E820_RAM);
		boot_add_memory(MIB, i->mem_upper * KIB, E820_RAM);
		return;
	}
	for (u32 off = 0; off + sizeof(struct mb1_mmap) <= i->mmap_length;) {
		const struct mb1_mmap *m = boot_ptr(i->mmap_addr + off);

		boot_add_memory(m->addr, m->length, m->type);
		off += m->size + 4;
	}
}

static __init void parse_pvh(u64 phys)
{
	const struct pvh_info *i = boot_ptr(phys);
	const struct pvh_module *mod = boot_ptr(i->modules);
	const struct pvh_memmap *map = boot_ptr(i->memmap);

	strlcpy(boot_info.loader, "PVH", sizeof(boot_info.loader));
	if (i->cmdline)
		boot_set_cmdline(boot_ptr(i->cmdline));
	boot_info.rsdp = MADDR(i->rsdp);
	for (u32 n = 0; n < i->nr_modules; n++)
		boot_add_module(mod[n].addr, mod[n].addr + mod[n].size,
				mod[n].cmdline ? boot_ptr(mod[n].cmdline) :
				NULL);
	for (u32 n = 0; i->version && n < i->memmap_entries; n++)
		boot_add_memory(map[n].addr, map[n].size, map[n].type);
}

__init bool boot_parse(u32 magic, u64 info)
{
	switch (magic) {
	case MULTIBOOT1_LOADER:
		parse_multiboot1(info);
		break;
	case MULTIBOOT2_LOADER:
		multiboot2_parse(info);
		break;
	case PVH_LOADER:
		parse_pvh(info);
		break;
	default:
		return false;
	}
	boot_info.e820_count = e820_sanitise(raw_map, raw_count,
					     boot_info.e820, E820_MAX);
	return true;
}

u64 boot_ram_bytes(void)
{
	u64 n = 0;

	for (unsigned int i = 0; i < boot_info.e820_count; i++)
		if (boot_info.e820[i].type == E820_RAM)
			n += boot_info.e820[i].size;
	return n;
}

u64 boot_ram_end_frame(void)
{
	u64 end = 0;

	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];

		if (e->type == E820_RAM)
			end = max(end, (e->addr + e->size) >> PAGE_SHIFT);
	}
	return end;
}
