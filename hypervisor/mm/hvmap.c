/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our page tables.  Start-up builds them in memory from bootmem; afterwards
 * only hvmap_map() and hvmap_device() add entries, and never to the top level.
 */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/bootmem.h"
#include "mm/frame.h"
#include "mm/hvmap.h"
#include "mm/hvmap_private.h"
#include "mm/image.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"

#define TABLE_FLAGS	(PTE_P | PTE_RW | PTE_A | PTE_D)
#define UNCACHED	(PTE_PCD | PTE_PWT)

u64 *hvmap_idle_l4;
static u64 device_next = DEVMAP_VIRT;

static u64 *entry_table(u64 entry)
{
	return mfn_to_virt(pte_mfn(entry));
}

/*
 * The table that @entry names, made if it is absent.  Two CPUs may do so at
 * once: one of them wins, the other's page is left (rare, and bounded by the
 * number of tables).
 */
static u64 *table_under(u64 *entry, u64 flags)
{
	u64 old = READ_ONCE(*entry), new;
	u64 *table;

	if (old & PTE_PSE)
		panic("no table under the large page %#lx", old);
	if (old & PTE_P)
		return entry_table(old);
	table = bootmem_table();
	if (!table)
		return NULL;
	new = virt_to_maddr(table).v | TABLE_FLAGS | flags;
	if (!__atomic_compare_exchange_n(entry, &old, new, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return entry_table(old);
	return table;
}

/* Entry of @va at @level (1-3); @flags for tables on the way (PTE_U). */
u64 *hvmap_entry(u64 va, unsigned int level, u64 flags)
{
	u64 *table = hvmap_idle_l4;
	unsigned int l = 4;

	for (; l > level && table; l--)
		table = table_under(&table[va >> (3 + 9 * l) & 511], flags);
	return table ? &table[va >> (3 + 9 * level) & 511] : NULL;
}

u64 *hvmap_l1e(u64 va)
{
	return hvmap_entry(va, 1, 0);
}

int hvmap_map(u64 va, mfn_t m, unsigned int frames, u64 flags)
{
	for (unsigned int i = 0; i < frames; i++) {
		u64 *e = hvmap_l1e(va + i * PAGE_SIZE);

		if (!e)
			return -1;
		WRITE_ONCE(*e, pte_make(MFN(m.v + i), flags));
	}
	return 0;
}

void *hvmap_device(maddr_t a, size_t size)
{
	u64 offset = a.v & ~PAGE_MASK;
	u64 pages = DIV_UP(offset + size, PAGE_SIZE);
	u64 va = __atomic_fetch_add(&device_next, pages << PAGE_SHIFT,
				    __ATOMIC_RELAXED);

	if (va + (pages << PAGE_SHIFT) > DEVMAP_VIRT + 2 * GIB ||
	    hvmap_map(va, maddr_to_mfn(a), pages,
		      HV_RW | UNCACHED))
		panic("no room to map the device at %#lx", a.v);
	return (void *)(va + offset);
}

/* @size bytes at @va -> @pa in the largest pages that fit. */
__init void hvmap_range(u64 va, u64 pa, u64 size, u64 flags)
{
	while (size) {
		u64 both = va | pa, step = PAGE_SIZE;
		unsigned int level = 1;

		if (!(both & (GIB - 1)) && size >= GIB &&
		    cpu_features.page1gb) {
			level = 3;
			step = GIB;
		} else if (!(both & (2 * MIB - 1)) && size >= 2 * MIB) {
			level = 2;
			step = 2 * MIB;
		}
		*hvmap_entry(va, level, flags & PTE_U) =
			pa | flags | (level > 1 ? PTE_PSE : 0);
		va += step;
		pa += step;
		size -= step;
	}
}

static __init void map_image_part(const char *start, const char *end, u64 flags)
{
	hvmap_map((u64)start, maddr_to_mfn(image_maddr(start)),
		  (end - start) >> PAGE_SHIFT, flags);
}

static __init void map_image(void)
{
	map_image_part(image_start, text_end, HV_RX);
	map_image_part(text_end, rodata_end, HV_R);
	map_image_part(rodata_end, init_start, HV_RW);
	map_image_part(init_start, init_text_end, HV_RX);
	map_image_part(init_text_end, image_end, HV_RW);
}

/*
 * What is executable or constant in the image is not writable through the
 * direct map either.
 */
static __init void map_ram_range(u64 start, u64 end)
{
	u64 text = IMAGE_PHYS, text_stop = image_maddr(rodata_end).v;
	u64 cut;

	while (start < end) {
		bool constant = start >= text && start < text_stop;

		cut = constant ? text_stop : start < text ? text : end;
		cut = min(cut, end);
		hvmap_range(DIRECTMAP_VIRT + start, start, cut - start,
			    constant ? HV_R : HV_RW);
		start = cut;
	}
}

static __init void map_ram(void)
{
	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];
		u64 start = ROUND_UP(e->addr, PAGE_SIZE);
		u64 end = ROUND_DOWN(e->addr + e->size, PAGE_SIZE);

		if (e->type != E820_RAM || start >= end)
			continue;
		if (end > DIRECTMAP_SIZE) {
			pr_warn("RAM above %lu GiB is not used\n",
				DIRECTMAP_SIZE / GIB);
			end = DIRECTMAP_SIZE;
		}
		map_ram_range(start, end);
	}
}

__init void hvmap_init(void)
{
	hvmap_idle_l4 = bootmem_table();
	map_image();
	map_ram();
	/* Device and per-CPU parts hang under slot 257, which exists now. */
	WRITE_CR(3, virt_to_maddr(hvmap_idle_l4).v);
	frame_init();
}

void hvmap_fill_l4(u64 *l4)
{
	memcpy(&l4[HV_SLOT_FIRST], &hvmap_idle_l4[HV_SLOT_FIRST],
	       (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * sizeof(u64));
}
