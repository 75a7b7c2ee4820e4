/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buddy allocator.  Free blocks are kept by zone and order: zone z holds blocks
 * whose last byte's address has z bits, so that a limit of n bits means zones up
 * to n, and the highest zone with a block serves those without a limit.
 *
 * A free block's first frame holds struct block (direct map); its frame word is
 * OWNER_FREE with order + 1 in the types field, which marks it as a head.  All
 * other free frames have a word of just OWNER_FREE.
 */
#include "core/lock.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/list.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "x86/tlb.h"

#define ZONES		53
#define ORDERS		(HEAP_MAX_ORDER + 1)
/*
 * From this order on, wiped blocks and others are not merged: else the little
 * that was wiped would be lost in the much that never was.
 */
#define WIPED_ORDER	9
#define FREE_WORD	((u64)OWNER_FREE << FRAME_OWNER_SHIFT)
#define XEN_WORD	((u64)OWNER_XEN << FRAME_OWNER_SHIFT | FRAME_ONE_REF)

struct block {
	struct list link;
	u64 stamp;		/* TLB clock when it was freed */
	u32 order;
	u32 dirty;		/* not all zero apart from this header */
};

static struct spinlock heap_lock = SPINLOCK_INIT(LOCK_HEAP);
static struct list lists[ZONES][ORDERS];	/* h: */
static u32 orders_present[ZONES];		/* h: a bit for each list */
static u64 free_frames;				/* h: */
static u64 claimed_frames;			/* h: sum of all claims */
static u64 total_frames;

static void set_word(mfn_t m, u64 w)
{
	WRITE_ONCE(mfn_frame(m)->word, w);
}

static void set_words(mfn_t first, u64 n, u64 w)
{
	memset64(&mfn_frame(first)->word, w, n);
}

static unsigned int zone_of(mfn_t m, unsigned int order)
{
	u64 last = ((m.v + (1UL << order)) << PAGE_SHIFT) - 1;

	return 64 - __builtin_clzl(last);
}

static void insert(mfn_t m, unsigned int order, u64 stamp, bool dirty)
{
	struct block *b = mfn_to_virt(m);
	unsigned int zone = zone_of(m, order);
	struct list *l = &lists[zone][order];

	if (!l->next)
		list_init(l);
	b->stamp = stamp;
	b->order = order;
	b->dirty = dirty;
	list_add(&b->link, l);
	orders_present[zone] |= 1U << order;
	set_word(m, FREE_WORD | (u64)(order + 1) << FRAME_TYPES_SHIFT);
}

/* Take a block off its list; its header is wiped. The word is plain FREE. */
static void take_off(mfn_t m, struct block *copy)
{
	struct block *b = mfn_to_virt(m);
	unsigned int zone = zone_of(m, b->order);

	*copy = *b;
	list_del(&b->link);
	if (list_empty(&lists[zone][copy->order]))
		orders_present[zone] &= ~(1U << copy->order);
	memset(b, 0, sizeof(*b));
	set_word(m, FREE_WORD);
}

static bool is_free_head(mfn_t m, unsigned int order)
{
	return mfn_valid(m) && frame_read(m) ==
	       (FREE_WORD | (u64)(order + 1) << FRAME_TYPES_SHIFT);
}

/* h held: whether @buddy is a free block that one of its size may join. */
static bool merges(mfn_t buddy, unsigned int order, bool dirty)
{
	const struct block *b;

	if (!is_free_head(buddy, order))
		return false;
	b = mfn_to_virt(buddy);
	return order < WIPED_ORDER || b->dirty == dirty;
}

/* h held. The frames' words are plain FREE. */
static void free_block(mfn_t m, unsigned int order, u64 stamp, bool dirty)
{
	free_frames += 1UL << order;
	while (order < HEAP_MAX_ORDER) {
		mfn_t buddy = MFN(m.v ^ (1UL << order));
		struct block b;

		if (!merges(buddy, order, dirty))
			break;
		take_off(buddy, &b);
		stamp = max(stamp, b.stamp);
		dirty |= b.dirty;
		m.v &= ~(1UL << order);
		order++;
	}
	insert(m, order, stamp, dirty);
}

void heap_free(mfn_t m, unsigned int order)
{
	u64 stamp = tlb_clock();

	for (u64 i = 0; i < 1UL << order; i++) {
		u64 w = frame_read(MFN(m.v + i));

		BUG_ON(frame_word_refs(w) &&
		       frame_word_owner(w) != OWNER_XEN);
		set_word(MFN(m.v + i), FREE_WORD);
	}
	spin_lock(&heap_lock);
	free_block(m, order, stamp, true);
	spin_unlock(&heap_lock);
}

void heap_free_wiped(mfn_t m)
{
	u64 w = frame_read(m);

	BUG_ON(frame_word_refs(w) && frame_word_owner(w) != OWNER_XEN);
	set_word(m, FREE_WORD);
	spin_lock(&heap_lock);
	free_block(m, 0, tlb_clock(), false);
	spin_unlock(&heap_lock);
}

void heap_add_range(mfn_t first, mfn_t end)
{
	spin_lock(&heap_lock);
	set_words(first, end.v - first.v, FREE_WORD);
	while (first.v < end.v) {
		unsigned int order = HEAP_MAX_ORDER;

		while ((first.v & ((1UL << order) - 1)) ||
		       first.v + (1UL << order) > end.v)
			order--;
		free_block(first, order, 0, true);
		first.v += 1UL << order;
	}
	spin_unlock(&heap_lock);
}

/* h held: a block of at least @order, split down to it. */
static mfn_t alloc_block(unsigned int order, unsigned int bits,
			 struct block *b)
{
	for (unsigned int zone = bits + 1; zone-- > 0;) {
		u32 fitting = orders_present[zone] & ~((1U << order) - 1);
		unsigned int o;
		mfn_t m;

		if (!fitting)
			continue;
		o = __builtin_ctz(fitting);
		m = virt_to_mfn(list_first(&lists[zone][o], struct block,
					   link));
		take_off(m, b);
		while (o > order) {
			o--;
			/* Keep the lower half, which leaves high ones whole. */
			insert(MFN(m.v + (1UL << o)), o, b->stamp, b->dirty);
		}
		free_frames -= 1UL << order;
		return m;
	}
	return INVALID_MFN;
}

/* h held: an allocation of @n frames by who holds @claim (NULL: none). */
static bool may_take(const u64 *claim, u64 n)
{
	u64 own = claim ? min(*claim, n) : 0;

	return free_frames >= n + claimed_frames - own;
}

/* h held. */
static void use_claim(u64 *claim, u64 n)
{
	u64 own = claim ? min(*claim, n) : 0;

	if (own)
		*claim -= own;
	claimed_frames -= own;
}

int heap_claim(u64 *claim, u64 frames)
{
	u64 others;
	int rc = 0;

	spin_lock(&heap_lock);
	others = claimed_frames - *claim;
	/* No allocation ever lets fewer be free than are claimed. */
	if (frames > free_frames - others) {
		rc = -ENOMEM;
	} else {
		claimed_frames = others + frames;
		*claim = frames;
	}
	spin_unlock(&heap_lock);
	return rc;
}

u64 heap_claimed_frames(void)
{
	return READ_ONCE(claimed_frames);
}

static mfn_t alloc(u64 *claim, unsigned int order, unsigned int addr_bits,
		   bool *dirty)
{
	mfn_t m = INVALID_MFN;
	struct block b;

	if (order > HEAP_MAX_ORDER)
		return INVALID_MFN;
	if (!addr_bits || addr_bits >= ZONES)
		addr_bits = ZONES - 1;
	spin_lock(&heap_lock);
	if (may_take(claim, 1UL << order))
		m = alloc_block(order, addr_bits, &b);
	if (!mfn_eq(m, INVALID_MFN)) {
		use_claim(claim, 1UL << order);
		set_words(m, 1UL << order, XEN_WORD);
	}
	spin_unlock(&heap_lock);
	if (mfn_eq(m, INVALID_MFN))
		return m;
	tlb_flush_all_since(b.stamp);
	*dirty = b.dirty;
	return m;
}

mfn_t heap_alloc_dirty(unsigned int order, unsigned int addr_bits)
{
	bool dirty;

	return alloc(NULL, order, addr_bits, &dirty);
}

mfn_t heap_alloc_claimed(u64 *claim, unsigned int order,
			 unsigned int addr_bits)
{
	bool dirty = false;
	mfn_t m = alloc(claim, order, addr_bits, &dirty);

	if (mfn_eq(m, INVALID_MFN) || !dirty)
		return m;
	for (u64 i = 0; i < 1UL << order; i++) {
		memset(mfn_to_virt(MFN(m.v + i)), 0, PAGE_SIZE);
		smp_poll();
	}
	return m;
}

mfn_t heap_alloc(unsigned int order, unsigned int addr_bits)
{
	return heap_alloc_claimed(NULL, order, addr_bits);
}

void *heap_page(void)
{
	mfn_t m = heap_alloc(0, 0);

	return mfn_eq(m, INVALID_MFN) ? NULL : mfn_to_virt(m);
}

void heap_page_free(void *p)
{
	if (p)
		heap_free(virt_to_mfn(p), 0);
}

u64 heap_free_frames(void)
{
	return READ_ONCE(free_frames);
}

void heap_set_total(u64 frames)
{
	total_frames = frames;
}

u64 heap_total_frames(void)
{
	return total_frames;
}

u64 heap_own_frames(void)
{
	return total_frames - heap_free_frames() - frame_owned_total();
}
