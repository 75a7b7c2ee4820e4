/* SPDX-License-Identifier: BSD-2-Clause */
/* Free RAM before the heap exists: a list of ranges, cut from the top. */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/bootmem.h"
#include "mm/heap.h"
#include "mm/image.h"

#define RANGES	(E820_MAX + 2 * BOOT_MODULES + 32)

static struct range {
	u64 start, end;
} ranges[RANGES] __initdata;
static unsigned int range_count __initdata;
static bool heap_ready;

static __init void add_range(u64 start, u64 end)
{
	if (start >= end)
		return;
	if (range_count == RANGES)
		panic("too many pieces of memory");
	ranges[range_count++] = (struct range){ start, end };
}

/* Take [start, end), rounded outward to pages, out of all ranges. */
static __init void exclude(u64 start, u64 end)
{
	unsigned int n = range_count;

	start = ROUND_DOWN(start, PAGE_SIZE);
	end = ROUND_UP(end, PAGE_SIZE);
	for (unsigned int i = 0; i < n; i++) {
		struct range *r = &ranges[i];

		if (end <= r->start || start >= r->end)
			continue;
		if (end < r->end)
			add_range(end, r->end);
		r->end = max(start, r->start);
	}
}

__init void bootmem_init(void)
{
	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];
		u64 end = ROUND_DOWN(e->addr + e->size, PAGE_SIZE);

		if (e->type == E820_RAM && end <= DIRECTMAP_SIZE)
			add_range(ROUND_UP(e->addr, PAGE_SIZE), end);
	}
	exclude(0, MIB);
	exclude(IMAGE_PHYS, IMAGE_PHYS + image_bytes());
	for (unsigned int i = 0; i < boot_info.module_count; i++) {
		const struct boot_module *m = &boot_info.modules[i];

		exclude(m->start.v, m->start.v + m->size);
	}
}

/* The highest place below 4 GiB. */
static __init struct range *best_range(u64 size, u64 align, u64 *at)
{
	struct range *best = NULL;

	for (unsigned int i = 0; i < range_count; i++) {
		struct range *r = &ranges[i];
		u64 end = min(r->end, 4 * GIB), addr;

		if (r->start >= end || end - r->start < size)
			continue;
		addr = ROUND_DOWN(end - size, align);
		if (addr >= r->start && (!best || addr > *at)) {
			best = r;
			*at = addr;
		}
	}
	return best;
}

__init maddr_t bootmem_alloc(u64 size, u64 align)
{
	u64 at = 0;

	size = ROUND_UP(size, PAGE_SIZE);
	if (!best_range(size, align, &at))
		panic("no memory for %lu KiB at start", size / KIB);
	exclude(at, at + size);
	return MADDR(at);
}

u64 *bootmem_table(void)
{
	u64 *table;

	if (heap_ready)
		return heap_page();
	table = maddr_to_virt(bootmem_alloc(PAGE_SIZE, PAGE_SIZE));
	memset(table, 0, PAGE_SIZE);
	return table;
}

__init u64 bootmem_low_page(void)
{
	u64 best = 0;

	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];
		u64 end = min(e->addr + e->size, 0x9f000UL);
		u64 page = ROUND_DOWN(end, PAGE_SIZE) - PAGE_SIZE;

		if (e->type == E820_RAM && e->addr < end &&
		    end - e->addr >= 2 * PAGE_SIZE)
			best = max(best, page);
	}
	return best;
}

__init void bootmem_to_heap(void)
{
	heap_ready = true;
	for (unsigned int i = 0; i < range_count; i++)
		if (ranges[i].start < ranges[i].end)
			heap_add_range(MFN(ranges[i].start >> PAGE_SHIFT),
				       MFN(ranges[i].end >> PAGE_SHIFT));
	range_count = 0;
}

/* Loaders put modules on pages; a first page that is shared stays ours. */
__init void bootmem_free_modules(void)
{
	for (unsigned int i = 0; i < boot_info.module_count; i++) {
		struct boot_module *m = &boot_info.modules[i];
		u64 first = DIV_UP(m->start.v, PAGE_SIZE);
		u64 end = DIV_UP(m->start.v + m->size, PAGE_SIZE);

		if (first < end)
			heap_add_range(MFN(first), MFN(end));
		m->size = 0;
	}
	boot_info.module_count = 0;
}
