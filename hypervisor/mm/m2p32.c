/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine-to-physical table of 32-bit guests.  Its memory is 2 MiB blocks,
 * taken when there is a first such guest, for those parts of the machine that
 * have RAM; the others show one page that says "none".  Guests read it where
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
#define BLOCKS		((HV_COMPAT_END - HV_COMPAT_START) / (2 * MIB))
#define FIRST_SLOT	(HV_COMPAT_START >> 21 & 511)
#define NONE		(~0U)

#define READ_ONLY	(PTE_P | PTE_A | PTE_D | PTE_NX)

_Static_assert(BLOCKS * BLOCK_FRAMES >> (M2P32_ADDR_BITS - PAGE_SHIFT),
	       "frames of 32-bit guests are all in the table");

static struct spinlock making = SPINLOCK_INIT(LOCK_MMU);
static u32 *blocks[BLOCKS];	/* NULL: no RAM there */
static u64 slots[BLOCKS];	/* L2 entries */
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

/* An L1 table that shows the same page everywhere. */
static u64 make_hole(void)
{
	u32 *page = heap_page();
	u64 *l1 = heap_page();

	if (!page || !l1) {
		heap_page_free(page);
		heap_page_free(l1);
		return 0;
	}
	memset(page, 0xff, PAGE_SIZE);
	for (unsigned int i = 0; i < 512; i++)
		l1[i] = pte_make(virt_to_mfn(page), READ_ONLY);
	return pte_make(virt_to_mfn(l1), PTE_P | PTE_A);
}

static bool make_block(unsigned int i)
{
	mfn_t m = heap_alloc_dirty(BLOCK_ORDER, 0);

	if (mfn_eq(m, INVALID_MFN))
		return false;
	blocks[i] = mfn_to_virt(m);
	memset(blocks[i], 0xff, 2 * MIB);
	slots[i] = pte_make(m, READ_ONLY | PTE_PSE);
	return true;
}

/* What an earlier attempt got is kept: the next one goes on from there. */
static int make_slots(void)
{
	static u64 hole;

	for (unsigned int i = 0; i * BLOCK_FRAMES < end_frame(); i++) {
		if (slots[i])
			continue;
		if (has_ram(i * BLOCK_FRAMES)) {
			if (!make_block(i))
				return -ENOMEM;
			continue;
		}
		if (!hole)
			hole = make_hole();
		if (!hole)
			return -ENOMEM;
		slots[i] = hole;
	}
	return 0;
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
		u32 *to = blocks[f / BLOCK_FRAMES];

		if (!to) {
			f += BLOCK_FRAMES - 1;
			continue;
		}
		to += f % BLOCK_FRAMES;
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
	u32 *to = m.v < end_frame() ? blocks[m.v / BLOCK_FRAMES] : NULL;

	if (to)
		WRITE_ONCE(to[m.v % BLOCK_FRAMES], (u32)pfn);
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
