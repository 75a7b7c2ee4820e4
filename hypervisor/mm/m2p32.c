/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine-to-physical table of 32-bit guests.  Its memory is taken when
 * there is a first such guest: blocks of 2 MiB (or as many pages, if memory is
 * in pieces by then) for those parts of the machine that have RAM; the others
 * show one page that says "none".  Guests read it where
 * slots of ours in the L2 table of their last gigabyte map it, read-only and
 * not for their user mode.
 */
#include "core/lock.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "x86/tlb.h"

#define BLOCK_ORDER	9
#define BLOCK_FRAMES	(2 * MIB / sizeof(u32))
#define PAGE_ENTRIES	(PAGE_SIZE / sizeof(u32))
#define BLOCKS		((HV_COMPAT_END - HV_COMPAT_START) / (2 * MIB))
#define FIRST_SLOT	(HV_COMPAT_START >> 21 & 511)
#define READ_ONLY	(PTE_P | PTE_A | PTE_D | PTE_NX)

_Static_assert(BLOCKS * BLOCK_FRAMES >> (M2P32_ADDR_BITS - PAGE_SHIFT),
	       "frames of 32-bit guests are all in the table");

static struct spinlock making = SPINLOCK_INIT(LOCK_MMU);
static u64 slots[BLOCKS];	/* L2 entries */
static u64 hole;		/* the one of all parts without RAM */
static bool filled;
bool m2p32_exists;

static u64 end_frame(void)
{
	return min(frame_count, (u64)BLOCKS * BLOCK_FRAMES);
}

static bool has_ram(u64 first)
{
	u64 end = min(first + BLOCK_FRAMES, end_frame());

	for (; first < end; first++)
		if (frame_owner(MFN(first)) != OWNER_IO)
			return true;
	return false;
}

static void *none_page(void)
{
	void *page = heap_page();

	if (page)
		memset(page, 0xff, PAGE_SIZE);
	return page;
}

/* An L1 table of pages of its own, or of the same one everywhere. */
static u64 make_l1(bool same)
{
	u64 *l1 = heap_page(), *page = NULL;

	for (unsigned int i = 0; l1 && i < 512; i++) {
		if (!same || !page)
			page = none_page();
		if (!page)
			break;
		l1[i] = pte_make(virt_to_mfn(page), READ_ONLY);
	}
	if (page)
		return pte_make(virt_to_mfn(l1), PTE_P | PTE_A);
	for (unsigned int i = 0; l1 && i < 512 && l1[i]; i++)
		heap_free(pte_mfn(l1[i]), 0);
	heap_page_free(l1);
	return 0;
}

static u64 make_block(void)
{
	mfn_t m = heap_alloc_dirty(BLOCK_ORDER, 0);

	if (mfn_eq(m, INVALID_MFN))
		return make_l1(false);
	memset(mfn_to_virt(m), 0xff, 2 * MIB);
	return pte_make(m, READ_ONLY | PTE_PSE);
}

/* What an earlier attempt got is kept: the next one goes on from there. */
static int make_slots(void)
{
	if (!hole)
		hole = make_l1(true);
	if (!hole)
		return -ENOMEM;
	for (unsigned int i = 0; i * BLOCK_FRAMES < end_frame(); i++) {
		if (slots[i])
			continue;
		slots[i] = has_ram(i * BLOCK_FRAMES) ? make_block() : hole;
		if (!slots[i])
			return -ENOMEM;
	}
	return 0;
}

/* Where the entry of frame @f is; NULL: nowhere. */
static u32 *entry_of(u64 f)
{
	u64 slot = f < end_frame() ? slots[f / BLOCK_FRAMES] : hole, *l1;

	if (slot == hole)
		return NULL;
	f %= BLOCK_FRAMES;
	if (slot & PTE_PSE)
		return (u32 *)mfn_to_virt(pte_mfn(slot)) + f;
	l1 = mfn_to_virt(pte_mfn(slot));
	return (u32 *)mfn_to_virt(pte_mfn(l1[f / PAGE_ENTRIES])) +
	       f % PAGE_ENTRIES;
}

/*
 * From now on m2p_set() sets both. An entry that changes while it is copied
 * is seen to differ after the barrier, and copied again.
 */
static void fill(void)
{
	WRITE_ONCE(m2p32_exists, true);
	smp_mb();
	for (u64 f = 0; f < end_frame(); f++) {
		u32 *to = entry_of(f);

		if (!to) {
			f += BLOCK_FRAMES - 1;
			continue;
		}
		while (READ_ONCE(*to) != (u32)m2p_get(MFN(f))) {
			WRITE_ONCE(*to, (u32)m2p_get(MFN(f)));
			smp_mb();
		}
		if (f % 4096 == 0)
			smp_poll();
	}
}

int m2p32_make(void)
{
	int rc = 0;

	spin_lock(&making);
	if (!filled) {
		rc = make_slots();
		if (!rc)
			fill();
		filled = !rc;
	}
	spin_unlock(&making);
	return rc;
}

void m2p32_set(mfn_t m, u64 pfn)
{
	u32 *to = entry_of(m.v);

	if (to)
		WRITE_ONCE(*to, (u32)pfn);
}

void m2p32_fill_l2(u64 *l2)
{
	memset(&l2[FIRST_SLOT], 0, (512 - FIRST_SLOT) * sizeof(*l2));
	memcpy(&l2[FIRST_SLOT], slots, sizeof(slots));
}

void pv_compat_m2p(u64 *start, u64 *end, u64 *max_mfn)
{
	*start = HV_COMPAT_START;
	*end = HV_COMPAT_END;
	*max_mfn = end_frame() - 1;
}
