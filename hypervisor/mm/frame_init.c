/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the frame table and of the M2P.  Both are backed by memory only
 * where there is RAM.  Holes below the highest RAM frame share one page each,
 * read-only, that says OWNER_IO and M2P_INVALID, so a lookup needs no other
 * test than mfn_valid().
 */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/bootmem.h"
#include "mm/frame.h"
#include "mm/hvmap_private.h"

#define ENTRIES		(PAGE_SIZE / sizeof(u64))	/* frames a page */
#define LARGE_ENTRIES	(ENTRIES * 512)			/* a 2 MiB page */

u64 frame_count __ro_after_init;

/* One of the two tables: where it is seen, and what its holes hold. */
struct table {
	u64 va;			/* writable */
	u64 user_va;		/* the guests' view, 0: none */
	u64 fill;
	u64 hole_page, hole_l1[2], hole_l2[2];	/* machine addresses */
};

/* Is any (@all: every) frame of [first, first + n) RAM? */
static __init bool ram_in(u64 first, u64 n, bool all)
{
	u64 covered = 0;

	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];
		u64 start = DIV_UP(e->addr, PAGE_SIZE);
		u64 end = (e->addr + e->size) >> PAGE_SHIFT;

		if (e->type != E820_RAM)
			continue;
		start = max(start, first);
		end = min(end, first + n);
		if (start < end)
			covered += end - start;
	}
	return all ? covered == n : covered != 0;
}

static __init u64 filled_page(u64 value, u64 step)
{
	u64 *p = bootmem_table();

	for (unsigned int i = 0; i < 512; i++)
		p[i] = value + i * step;
	return virt_to_maddr(p).v;
}

static __init void make_holes(struct table *t)
{
	u64 page = filled_page(t->fill, 0);

	t->hole_page = page;
	for (unsigned int user = 0; user < 2; user++) {
		u64 u = user ? PTE_U : 0;

		t->hole_l1[user] = filled_page(page | HV_R | u, 0);
		t->hole_l2[user] = filled_page(t->hole_l1[user] | PTE_P |
					       PTE_A | u, 0);
	}
}

/* The same memory for us and, read-only, for guests. */
static __init void set_entry(const struct table *t, u64 offset,
			     unsigned int level, u64 addr, u64 psize)
{
	*hvmap_entry(t->va + offset, level, 0) = addr | HV_RW | psize;
	if (t->user_va)
		*hvmap_entry(t->user_va + offset, level, PTE_U) =
			addr | HV_R | PTE_U | psize;
}

static __init void set_hole(const struct table *t, u64 offset,
			    unsigned int level)
{
	for (unsigned int user = 0; user < 2; user++) {
		u64 va = user ? t->user_va : t->va, u = user ? PTE_U : 0, e;

		if (!va)
			continue;
		if (level == 1)
			e = t->hole_page | HV_R | u;
		else
			e = (level == 2 ? t->hole_l1 : t->hole_l2)[user] |
			    PTE_P | PTE_A | u;
		*hvmap_entry(va + offset, level, u) = e;
	}
}

static __init void back(const struct table *t, u64 first, unsigned int level)
{
	u64 size = level == 2 ? 2 * MIB : PAGE_SIZE;
	maddr_t m = bootmem_alloc(size, size);
	u64 *p = maddr_to_virt(m);

	memset64(p, t->fill, size / sizeof(u64));
	set_entry(t, first * sizeof(u64), level, m.v,
		  level == 2 ? PTE_PSE : 0);
}

/* Largest steps first: 128 Mi frames (a level 3 entry), 256 Ki, 512. */
static __init void back_table(struct table *t)
{
	u64 first = 0;

	make_holes(t);
	while (first < frame_count) {
		u64 huge = LARGE_ENTRIES * 512;

		if (!(first & (huge - 1)) && !ram_in(first, huge, false)) {
			set_hole(t, first * sizeof(u64), 3);
			first += huge;
		} else if (first & (LARGE_ENTRIES - 1)) {
			if (ram_in(first, ENTRIES, false))
				back(t, first, 1);
			else
				set_hole(t, first * sizeof(u64), 1);
			first += ENTRIES;
		} else if (ram_in(first, LARGE_ENTRIES, true)) {
			back(t, first, 2);
			first += LARGE_ENTRIES;
		} else if (!ram_in(first, LARGE_ENTRIES, false)) {
			set_hole(t, first * sizeof(u64), 2);
			first += LARGE_ENTRIES;
		} else {
			/* Some of it: page by page through the next 2 MiB. */
			u64 end = min(first + LARGE_ENTRIES, frame_count);

			for (; first < end; first += ENTRIES) {
				if (ram_in(first, ENTRIES, false))
					back(t, first, 1);
				else
					set_hole(t, first * sizeof(u64), 1);
			}
		}
	}
}

/* RAM above 1 MiB is ours until the heap gets it. */
static __init void mark_ram(void)
{
	for (unsigned int i = 0; i < boot_info.e820_count; i++) {
		const struct e820_entry *e = &boot_info.e820[i];
		u64 start = DIV_UP(max(e->addr, MIB), PAGE_SIZE);
		u64 end = min((e->addr + e->size) >> PAGE_SHIFT, frame_count);

		if (e->type != E820_RAM)
			continue;
		if (start < end)
			memset64(&frame_table[start].word, FRAME_ONE_REF |
				 (u64)OWNER_XEN << FRAME_OWNER_SHIFT,
				 end - start);
	}
}

__init void frame_init(void)
{
	struct table frames = {
		.va = FRAMES_VIRT,
		.fill = (u64)OWNER_IO << FRAME_OWNER_SHIFT,
	};
	struct table m2p = {
		.va = M2P_RW_VIRT,
		.user_va = M2P_VIRT,
		.fill = M2P_INVALID,
	};

	frame_count = min(boot_ram_end_frame(), DIRECTMAP_SIZE >> PAGE_SHIFT);
	back_table(&frames);
	back_table(&m2p);
	mark_ram();
}
