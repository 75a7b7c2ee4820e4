/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot 2: a list of tags behind two words (total size, zero). */
#include "boot/loader.h"
#include "lib/string.h"

enum {
	TAG_END = 0, TAG_CMDLINE = 1, TAG_LOADER = 2, TAG_MODULE = 3,
	TAG_MMAP = 6, TAG_ACPI1 = 14, TAG_ACPI2 = 15
};

struct mb2_tag {
	u32 type, size;
};

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
	char cmdline[];
};

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
};

struct mb2_mmap_entry {
	u64 addr, length;
	u32 type, zero;
};

static __init void parse_mmap(const struct mb2_mmap *map)
{
	const char *p = (const char *)(map + 1);
	const char *end = (const char *)map + map->tag.size;

	if (map->entry_size < sizeof(struct mb2_mmap_entry))
		return;
	for (; p + sizeof(struct mb2_mmap_entry) <= end; p += map->entry_size) {
		const struct mb2_mmap_entry *e = (const void *)p;

		boot_add_memory(e->addr, e->length, e->type);
	}
}

/*
 * The RSDP comes as a copy inside the tag: that address is as good as any
 * until the tables have been read. A newer one (tag 15) is preferred.
 */
static __init void parse_rsdp(const struct mb2_tag *tag)
{
	if (tag->type == TAG_ACPI2 || !boot_info.rsdp.v)
		boot_info.rsdp = virt_to_maddr(tag + 1);
}

static __init void parse_tag(const struct mb2_tag *tag)
{
	const struct mb2_module *mod = (const void *)tag;

	switch (tag->type) {
	case TAG_CMDLINE:
		boot_set_cmdline((const char *)(tag + 1));
		break;
	case TAG_LOADER:
		strlcpy(boot_info.loader, (const char *)(tag + 1),
			sizeof(boot_info.loader));
		break;
	case TAG_MODULE:
		boot_add_module(mod->start, mod->end, mod->cmdline);
		break;
	case TAG_MMAP:
		parse_mmap((const void *)tag);
		break;
	case TAG_ACPI1:
	case TAG_ACPI2:
		parse_rsdp(tag);
		break;
	}
}

__init void multiboot2_parse(u64 info)
{
	const u32 *head = boot_ptr(info);
	const char *p = (const char *)(head + 2);
	const char *end = (const char *)head + head[0];

	while (p + sizeof(struct mb2_tag) <= end) {
		const struct mb2_tag *tag = (const void *)p;

		if (tag->type == TAG_END || tag->size < sizeof(*tag))
			break;
		parse_tag(tag);
		p += ROUND_UP(tag->size, 8U);
	}
}
