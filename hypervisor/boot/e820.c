/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: firmware's list, sorted and without overlaps.  Where entries
 * overlap, the higher type number wins (RAM is 1, so that anything else does).
 */
#include "boot/e820.h"
#include "lib/string.h"

/*
 * The borders of all entries cut the address space into pieces; each piece gets
 * the strongest type that covers it. Quadratic, for at most E820_MAX entries.
 */
static u32 e820_type_at(const struct e820_entry *e, unsigned int n, u64 addr)
{
	u32 type = 0;

	for (unsigned int i = 0; i < n; i++)
		if (addr >= e[i].addr && addr - e[i].addr < e[i].size &&
		    e[i].type > type)
			type = e[i].type;
	return type;
}

/* Smallest border above @addr, 0 if none. */
static u64 e820_next_border(const struct e820_entry *e, unsigned int n,
			    u64 addr)
{
	u64 next = ~0UL;

	for (unsigned int i = 0; i < n; i++) {
		u64 end = e[i].addr + e[i].size;

		if (e[i].addr > addr && e[i].addr < next)
			next = e[i].addr;
		if (end > addr && end < next)
			next = end;
	}
	return next;
}

unsigned int e820_sanitise(const struct e820_entry *in, unsigned int n,
			   struct e820_entry *out, unsigned int max)
{
	unsigned int count = 0;
	u64 addr = 0;

	while (addr != ~0UL) {
		u64 next = e820_next_border(in, n, addr);
		u32 type = e820_type_at(in, n, addr);
		struct e820_entry *last = count ? &out[count - 1] : NULL;

		if (!type || next == ~0UL) {
			addr = next;
			continue;
		}
		if (last && last->type == type &&
		    last->addr + last->size == addr) {
			last->size += next - addr;
		} else {
			if (count == max)
				break;
			out[count].addr = addr;
			out[count].size = next - addr;
			out[count++].type = type;
		}
		addr = next;
	}
	return count;
}
