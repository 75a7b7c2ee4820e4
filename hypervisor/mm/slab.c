/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small objects of the hypervisor.  Sizes are rounded up to powers of two; up to
 * a quarter of a page they share pages, whose first places hold struct slab.
 * Objects are aligned to their size (to 64 at most in shared pages' smallest
 * classes: to the size).  What a page is used for stands in the types field of
 * its frame word, which is free for use in frames of OWNER_XEN.
 */
#include "core/lock.h"
#include "lib/list.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"

#define MIN_SHIFT	4
#define MAX_SHIFT	10		/* largest that shares a page */
#define MAX_SIZE	MIB
#define TAG_PAGES	32		/* + order */

struct slab {
	struct list link;		/* of pages with room */
	void *free;			/* chain through the first words */
	u32 used, places;
};

static struct spinlock slab_lock = SPINLOCK_INIT(LOCK_HEAP);
static struct list partial[MAX_SHIFT + 1];	/* slab_lock */

static void set_tag(const void *page, u64 tag)
{
	struct frame *f = mfn_frame(virt_to_mfn(page));
	u64 w = READ_ONCE(f->word) & ~FRAME_TYPES_MASK;

	WRITE_ONCE(f->word, w | tag << FRAME_TYPES_SHIFT);
}

static unsigned int get_tag(const void *p)
{
	return frame_word_types(frame_read(virt_to_mfn(p)));
}

static struct slab *slab_new(unsigned int shift)
{
	char *page = heap_page();
	struct slab *s = (struct slab *)page;
	u32 size = 1U << shift;

	if (!page)
		return NULL;
	for (u32 at = PAGE_SIZE - size; at >= sizeof(*s); at -= size) {
		*(void **)(page + at) = s->free;
		s->free = page + at;
		s->places++;
	}
	list_init(&s->link);
	set_tag(page, shift);
	return s;
}

static void *slab_take(unsigned int shift)
{
	struct slab *s;
	void *p;

	if (!partial[shift].next)
		list_init(&partial[shift]);
	if (list_empty(&partial[shift]))
		return NULL;
	s = list_first(&partial[shift], struct slab, link);
	p = s->free;
	s->free = *(void **)p;
	*(void **)p = NULL;
	s->used++;
	if (s->used == s->places)
		list_del(&s->link);
	return p;
}

static void *slab_alloc(unsigned int shift)
{
	struct slab *s;
	void *p;

	spin_lock(&slab_lock);
	p = slab_take(shift);
	spin_unlock(&slab_lock);
	if (p)
		return p;
	s = slab_new(shift);
	if (!s)
		return NULL;
	spin_lock(&slab_lock);
	list_add(&s->link, &partial[shift]);
	p = slab_take(shift);
	spin_unlock(&slab_lock);
	return p;
}

static void slab_free(void *p, unsigned int shift)
{
	struct slab *s = (struct slab *)((u64)p & PAGE_MASK);
	bool empty;

	memset(p, 0, 1UL << shift);
	spin_lock(&slab_lock);
	if (s->used == s->places)
		list_add(&s->link, &partial[shift]);
	*(void **)p = s->free;
	s->free = p;
	empty = --s->used == 0;
	if (empty)
		list_del(&s->link);
	spin_unlock(&slab_lock);
	if (empty)
		heap_page_free(s);
}

static unsigned int shift_of(size_t size)
{
	unsigned int shift = MIN_SHIFT;

	while (1UL << shift < size)
		shift++;
	return shift;
}

void *heap_zalloc(size_t size)
{
	unsigned int shift = shift_of(size), order;
	mfn_t m;

	if (size > MAX_SIZE)
		return NULL;
	if (shift <= MAX_SHIFT)
		return slab_alloc(shift);
	order = shift > PAGE_SHIFT ? shift - PAGE_SHIFT : 0;
	m = heap_alloc(order, 0);
	if (mfn_eq(m, INVALID_MFN))
		return NULL;
	set_tag(mfn_to_virt(m), TAG_PAGES + order);
	return mfn_to_virt(m);
}

void heap_zfree(void *p)
{
	unsigned int tag;

	if (!p)
		return;
	tag = get_tag(p);
	BUG_ON(frame_owner(virt_to_mfn(p)) != OWNER_XEN);
	if (tag >= TAG_PAGES)
		heap_free(virt_to_mfn(p), tag - TAG_PAGES);
	else
		slab_free(p, tag);
}
