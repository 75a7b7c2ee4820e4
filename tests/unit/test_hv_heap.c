/* SPDX-License-Identifier: BSD-2-Clause */
/* The buddy allocator, small objects, and the words of frames. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/domain.h"
#include "hv_mm_fake.h"
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "x86/tlb.h"

static void setup(void)
{
	fake_mm_reset();
	heap_set_total(FAKE_RAM_FRAMES);
	/* Frames 0-255 are low memory, 5000-5099 a hole. */
	heap_add_range(MFN(256), MFN(5000));
	heap_add_range(MFN(5100), MFN(FAKE_RAM_FRAMES));
}

#define FREE_AT_START	(FAKE_RAM_FRAMES - 256 - 100)

/* One assertion for all bytes: each of them writes to Check's pipe. */
static bool zero_bytes(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static bool all_zero(mfn_t m, u64 frames)
{
	return zero_bytes(mfn_to_virt(m), frames * PAGE_SIZE);
}

START_TEST(heap_counts)
{
	mfn_t m;

	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
	m = heap_alloc(3, 0);
	ck_assert(!mfn_eq(m, INVALID_MFN));
	ck_assert_uint_eq(m.v & 7, 0);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START - 8);
	for (u64 i = 0; i < 8; i++) {
		ck_assert_uint_eq(frame_owner(MFN(m.v + i)), OWNER_XEN);
		ck_assert_uint_eq(frame_word_refs(frame_read(MFN(m.v + i))),
				  1);
	}
	heap_free(m, 3);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
}
END_TEST

START_TEST(heap_zeroes)
{
	mfn_t m = heap_alloc(4, 0);

	ck_assert(all_zero(m, 16));
	memset(mfn_to_virt(m), 1, 16 * PAGE_SIZE);
	heap_free(m, 4);
	/* Headers of merged and split blocks must not show either. */
	for (int i = 0; i < 32; i++)
		ck_assert(all_zero(heap_alloc(0, 0), 1));
}
END_TEST

START_TEST(heap_prefers_high_and_obeys_limits)
{
	mfn_t any = heap_alloc(0, 0), low = heap_alloc(0, 22);

	ck_assert_uint_ge(any.v, FAKE_RAM_FRAMES / 2);
	ck_assert_uint_lt(low.v, (1UL << 22) >> PAGE_SHIFT);
	/* 2^20 bytes: all of it is low memory that the heap does not have. */
	ck_assert(mfn_eq(heap_alloc(0, 20), INVALID_MFN));
	ck_assert(mfn_eq(heap_alloc(HEAP_MAX_ORDER, 0), INVALID_MFN));
	ck_assert(mfn_eq(heap_alloc(HEAP_MAX_ORDER + 1, 0), INVALID_MFN));
}
END_TEST

START_TEST(heap_merges_everything_again)
{
	static mfn_t got[FAKE_RAM_FRAMES];
	u64 n = 0;

	for (;;) {
		mfn_t m = heap_alloc_dirty(0, 0);

		if (mfn_eq(m, INVALID_MFN))
			break;
		got[n++] = m;
	}
	ck_assert_uint_eq(n, FREE_AT_START);
	ck_assert_uint_eq(heap_free_frames(), 0);
	/* In an order that is neither the one nor the other. */
	for (u64 i = 0; i < n; i++)
		heap_free(got[i * 7919 % n], 0);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
	ck_assert(!mfn_eq(heap_alloc_dirty(13, 0), INVALID_MFN));
}
END_TEST

START_TEST(heap_never_hands_out_twice)
{
	static u8 used[FAKE_RAM_FRAMES];
	static struct { mfn_t m; unsigned int order; } held[512];
	unsigned int n = 0;

	srand(1);
	for (int step = 0; step < 20000; step++) {
		if (n < 512 && rand() % 2) {
			unsigned int order = rand() % 6;
			mfn_t m = heap_alloc_dirty(order, 0);

			if (mfn_eq(m, INVALID_MFN))
				continue;
			for (u64 i = 0; i < 1UL << order; i++)
				if (used[m.v + i]++)
					ck_abort_msg("frame given twice");
			held[n].m = m;
			held[n++].order = order;
		} else if (n) {
			unsigned int k = rand() % n;

			for (u64 i = 0; i < 1UL << held[k].order; i++)
				used[held[k].m.v + i]--;
			heap_free(held[k].m, held[k].order);
			held[k] = held[--n];
		}
	}
	while (n--)
		heap_free(held[n].m, held[n].order);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
}
END_TEST

/* Wiped frames and others, mixed: what heap_alloc() gives is always zero. */
START_TEST(heap_zeroes_what_was_not_wiped)
{
	static struct { mfn_t m; unsigned int order; } held[64];
	unsigned int n = 0;

	srand(2);
	for (int step = 0; step < 4000; step++) {
		if (n < ARRAY_SIZE(held) && rand() % 2) {
			unsigned int order = rand() % 8 ? rand() % 5 : 10;
			mfn_t m = heap_alloc(order, 0);

			if (mfn_eq(m, INVALID_MFN))
				continue;
			ck_assert(all_zero(m, 1UL << order));
			memset(mfn_to_virt(m), 1, PAGE_SIZE << order);
			held[n].m = m;
			held[n++].order = order;
		} else if (n) {
			unsigned int k = rand() % n;
			mfn_t m = held[k].m;

			if (rand() % 2) {
				heap_free(m, held[k].order);
			} else {
				memset(mfn_to_virt(m), 0,
				       PAGE_SIZE << held[k].order);
				for (u64 i = 0; i < 1UL << held[k].order; i++)
					heap_free_wiped(MFN(m.v + i));
			}
			held[k] = held[--n];
		}
	}
	while (n--)
		heap_free(held[n].m, held[n].order);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
}
END_TEST

/* What was wiped is not lost in memory that never was, and is taken first. */
START_TEST(heap_keeps_what_was_wiped)
{
	mfn_t m = heap_alloc_dirty(10, 0), again;
	u8 *mark = (u8 *)mfn_to_virt(m) + 512 * PAGE_SIZE - 1;

	memset(mfn_to_virt(m), 0, PAGE_SIZE << 10);
	for (u64 i = 0; i < 1024; i++)
		heap_free_wiped(MFN(m.v + i));
	/* Who wipes nothing does not see this. */
	*mark = 7;
	again = heap_alloc(9, 0);
	ck_assert_uint_eq(again.v, m.v);
	ck_assert_uint_eq(*mark, 7);
	/* One frame that was not wiped: its neighbours are, all the same. */
	heap_free(MFN(again.v), 9);
	again = heap_alloc(9, 0);
	ck_assert(all_zero(again, 512));
}
END_TEST

/* What is claimed is for its holder alone, and is used up by it. */
START_TEST(claims)
{
	u64 a = 0, b = 0;
	mfn_t m;

	ck_assert_int_eq(heap_claim(&a, FREE_AT_START + 1), -ENOMEM);
	ck_assert_uint_eq(a, 0);
	ck_assert_int_eq(heap_claim(&a, FREE_AT_START - 8), 0);
	ck_assert_int_eq(heap_claim(&b, 9), -ENOMEM);
	ck_assert_int_eq(heap_claim(&b, 4), 0);
	ck_assert_uint_eq(heap_claimed_frames(), FREE_AT_START - 4);
	ck_assert_uint_eq(heap_free_frames(), FREE_AT_START);
	/* Four are nobody's. */
	ck_assert(mfn_eq(heap_alloc(3, 0), INVALID_MFN));
	m = heap_alloc(2, 0);
	ck_assert(!mfn_eq(m, INVALID_MFN));
	ck_assert(mfn_eq(heap_alloc_dirty(0, 0), INVALID_MFN));
	ck_assert_ptr_null(heap_page());
	/* Holders have theirs, and no more of it than theirs. */
	ck_assert(mfn_eq(heap_alloc_claimed(&b, 3, 0), INVALID_MFN));
	ck_assert_uint_eq(b, 4);
	ck_assert(!mfn_eq(heap_alloc_claimed(&b, 1, 0), INVALID_MFN));
	ck_assert_uint_eq(b, 2);
	ck_assert(!mfn_eq(heap_alloc_claimed(&a, 3, 0), INVALID_MFN));
	ck_assert_uint_eq(a, FREE_AT_START - 16);
	ck_assert_uint_eq(heap_claimed_frames(), a + b);
	/* What comes back is anybody's; beyond its claim a holder gets it. */
	heap_free(m, 2);
	ck_assert(!mfn_eq(heap_alloc_claimed(&b, 2, 0), INVALID_MFN));
	ck_assert_uint_eq(b, 0);
	/* Changed, and given up. */
	ck_assert_int_eq(heap_claim(&a, a + 3), -ENOMEM);
	ck_assert_int_eq(heap_claim(&a, 10), 0);
	ck_assert_uint_eq(heap_claimed_frames(), 10);
	ck_assert_int_eq(heap_claim(&a, 0), 0);
	ck_assert_uint_eq(heap_claimed_frames(), 0);
	while (heap_free_frames())
		ck_assert(!mfn_eq(heap_alloc_dirty(0, 0), INVALID_MFN));
}
END_TEST

START_TEST(heap_asks_for_flush_of_freed_memory)
{
	mfn_t m = heap_alloc(0, 0);

	ck_assert_uint_eq(fake_flushed_since, 0);
	tlb_time = 77;
	heap_free(m, 0);
	tlb_time = 99;
	do {
		m = heap_alloc(0, 0);
	} while (fake_flushed_since != 77 && !mfn_eq(m, INVALID_MFN));
	ck_assert_uint_eq(fake_flushed_since, 77);
}
END_TEST

START_TEST(slab_aligns_and_returns_pages)
{
	static const size_t sizes[] = { 1, 16, 17, 64, 100, 512, 1024, 1025,
					4096, 5000, 65536, 1048576 };
	u64 before = heap_free_frames();
	void *p[ARRAY_SIZE(sizes)][8];

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (unsigned int k = 0; k < 8; k++) {
			char *c = heap_zalloc(sizes[i]);

			ck_assert_ptr_nonnull(c);
			ck_assert_uint_eq((u64)c & 15, 0);
			if (sizes[i] >= 64)
				ck_assert_uint_eq((u64)c & 63, 0);
			ck_assert(zero_bytes(c, sizes[i]));
			memset(c, 0xee, sizes[i]);
			p[i][k] = c;
		}
	}
	ck_assert_ptr_null(heap_zalloc(MIB + 1));
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		for (unsigned int k = 0; k < 8; k++)
			heap_zfree(p[i][k]);
	heap_zfree(NULL);
	ck_assert_uint_eq(heap_free_frames(), before);
}
END_TEST

static struct domain owner = { .id = 7 };

static mfn_t owned_frame(void)
{
	mfn_t m = heap_alloc(0, 0);

	if (!owner.frames.chunks)
		ck_assert_int_eq(frame_set_init(&owner.frames), 0);
	frame_assign(m, 1, &owner);
	return m;
}

START_TEST(frame_references)
{
	mfn_t m = owned_frame();
	u64 free_before = heap_free_frames();
	unsigned int who;

	ck_assert_uint_eq(frame_owned_count(7), 1);
	ck_assert(frame_get(m, 7));
	ck_assert(!frame_get(m, 8));
	ck_assert(frame_get_any(m, &who));
	ck_assert_uint_eq(who, 7);
	ck_assert(!frame_get(MFN(FAKE_RAM_FRAMES), 7));
	ck_assert(!frame_get(MFN(5050), OWNER_IO));
	frame_put(m);
	frame_put(m);
	m2p_set(m, 5);
	ck_assert(frame_release_allocation(m));
	ck_assert_uint_eq(heap_free_frames(), free_before + 1);
	ck_assert_uint_eq(frame_owned_count(7), 0);
	ck_assert_uint_eq(m2p_get(m), M2P_INVALID);
	ck_assert(!frame_get(m, 7));
	ck_assert(!frame_release_allocation(m));
}
END_TEST

START_TEST(frame_outlives_its_allocation)
{
	mfn_t m = owned_frame();

	ck_assert(frame_get_writable(m, 7));
	ck_assert(frame_release_allocation(m));
	ck_assert(!frame_release_allocation(m));
	ck_assert_uint_eq(frame_owner(m), 7);
	ck_assert(frame_word_sane(frame_read(m)));
	ck_assert_uint_eq(frame_charged_count(7), 1);
	frame_put_writable(m);
	ck_assert_uint_eq(frame_owner(m), OWNER_FREE);
	ck_assert_uint_eq(frame_charged_count(7), 0);
}
END_TEST

START_TEST(frame_is_reclaimed_if_unused)
{
	mfn_t m = owned_frame();
	u64 w;

	ck_assert(frame_get(m, 7));
	ck_assert(!frame_reclaim(m, 7));
	frame_put(m);
	ck_assert(!frame_reclaim(m, 8));
	ck_assert(frame_get_writable(m, 7));
	frame_put_writable(m);
	w = frame_read(m);
	ck_assert_uint_eq(frame_word_type(w), FT_WRITABLE);
	m2p_set(m, 5);
	ck_assert(frame_reclaim(m, 7));
	ck_assert_uint_eq(frame_owner(m), OWNER_XEN);
	ck_assert_uint_eq(frame_owned_count(7), 0);
	ck_assert_uint_eq(frame_charged_count(7), 0);
	ck_assert(!frame_get(m, 7));
	ck_assert(!frame_get_writable(m, 7));
	ck_assert(!frame_reclaim(m, 7));
	/* Back it is as it was, its type too: TLBs may know it. */
	frame_restore(m, 7);
	ck_assert_uint_eq(frame_read(m), w);
	ck_assert_uint_eq(frame_charged_count(7), 1);
	ck_assert_uint_eq(m2p_get(m), 5);
	ck_assert(frame_reclaim(m, 7));
	heap_free_wiped(m);
	ck_assert_uint_eq(frame_owner(m), OWNER_FREE);
}
END_TEST

START_TEST(frame_types_exclude_each_other)
{
	mfn_t m = owned_frame();
	u64 table = (u64)FT_L1 << FRAME_TYPE_SHIFT;

	mfn_frame(m)->word |= table | FRAME_ONE_TYPE;
	mfn_frame(m)->word += FRAME_ONE_REF;
	ck_assert(!frame_get_writable(m, 7));
	mfn_frame(m)->word -= FRAME_ONE_TYPE + FRAME_ONE_REF;
	ck_assert(frame_get_writable(m, 7));
	ck_assert_uint_eq(frame_word_type(frame_read(m)), FT_WRITABLE);
	ck_assert(!frame_get_writable(m, 6));
	frame_put_writable(m);
	mfn_frame(m)->word |= FRAME_PARTIAL;
	ck_assert(!frame_get_writable(m, 7));
	mfn_frame(m)->word &= ~FRAME_PARTIAL;
	frame_release_allocation(m);
}
END_TEST

START_TEST(frame_count_does_not_wrap)
{
	mfn_t m = owned_frame();
	u64 w = frame_read(m);

	mfn_frame(m)->word = w | FRAME_REFS_MASK;
	ck_assert(!frame_get(m, 7));
	ck_assert(!frame_get_writable(m, 7));
	mfn_frame(m)->word = w;
	frame_release_allocation(m);
}
END_TEST

START_TEST(frame_set_finds_all)
{
	mfn_t a = owned_frame(), b = owned_frame(), m = MFN(0);
	mfn_t s = heap_alloc(0, 22);
	unsigned int n = 0;

	frame_share(s, &owner);
	while (frame_set_next(&owner.frames, 7, false, &m)) {
		ck_assert(mfn_eq(m, a) || mfn_eq(m, b));
		n++;
		m.v++;
	}
	ck_assert_uint_eq(n, 2);
	m = MFN(0);
	ck_assert(frame_set_next(&owner.frames, 7, true, &m));
	ck_assert(mfn_eq(m, s));
	ck_assert(!frame_release_allocation(s));
	ck_assert_uint_eq(frame_owned_count(7), 3);
	ck_assert_uint_eq(frame_charged_count(7), 2);
	/* It never counts, also if somebody else keeps it. */
	ck_assert(frame_get(s, 7));
	frame_put_shared(s);
	ck_assert_uint_eq(frame_charged_count(7), 2);
	frame_put(s);
	ck_assert_uint_eq(frame_owner(s), OWNER_FREE);
	ck_assert_uint_eq(frame_charged_count(7), 2);
	frame_release_allocation(a);
	frame_release_allocation(b);
	frame_set_destroy(&owner.frames);
}
END_TEST

/* A step is one chunk at most; those that never had a frame cost none. */
START_TEST(frame_set_goes_in_steps)
{
	mfn_t a = owned_frame(), m = MFN(0);
	u64 chunk = ROUND_DOWN(a.v, 512UL);

	frame_set_add(&owner.frames, MFN(512), 1);
	frame_set_add(&owner.frames, MFN(3 * 512), 1024);
	ck_assert_uint_gt(chunk, 4 * 512);
	for (unsigned int i = 1; i <= 4; i += 1 + (i == 1)) {
		ck_assert_int_eq(frame_set_step(&owner.frames, 7, false, &m),
				 FRAME_NONE_YET);
		ck_assert_uint_eq(m.v, (i + 1) * 512);
	}
	ck_assert_int_eq(frame_set_step(&owner.frames, 7, false, &m),
			 FRAME_FOUND);
	ck_assert_uint_eq(m.v, a.v);
	m.v++;
	ck_assert_int_eq(frame_set_step(&owner.frames, 7, false, &m),
			 FRAME_NONE_YET);
	ck_assert_uint_eq(m.v, chunk + 512);
	ck_assert_int_eq(frame_set_step(&owner.frames, 7, false, &m),
			 FRAME_END);
	frame_release_allocation(a);
	frame_set_destroy(&owner.frames);
}
END_TEST

START_TEST(frame_words_are_judged)
{
	u64 d7 = 7UL << FRAME_OWNER_SHIFT;

	ck_assert(frame_word_sane((u64)OWNER_FREE << FRAME_OWNER_SHIFT));
	ck_assert(frame_word_sane(d7 | 1));
	ck_assert(!frame_word_sane(d7));
	ck_assert(!frame_word_sane(d7 | 1 | FRAME_ONE_TYPE));
	ck_assert(!frame_word_sane(d7 | 1 | 2 * FRAME_ONE_TYPE |
				   (u64)FT_L1 << FRAME_TYPE_SHIFT));
	ck_assert(!frame_word_sane(d7 | 1 | FRAME_PINNED));
	ck_assert(!frame_word_sane((u64)OWNER_FREE << FRAME_OWNER_SHIFT | 1));
}
END_TEST

/* The 32-bit guests' M2P: 2 MiB of it are for 524288 frames. */
#define BLOCK	524288UL

static const u32 *m2p32_of(const u64 *l2, u64 frame)
{
	u64 e = l2[428 + frame / BLOCK];
	const u64 *l1;

	ck_assert(e & PTE_P);
	if (e & PTE_PSE) {
		ck_assert_uint_eq(e & (PTE_RW | PTE_U), 0);
		ck_assert_uint_ne(e & PTE_NX, 0);
		return (u32 *)mfn_to_virt(pte_mfn(e)) + frame % BLOCK;
	}
	l1 = mfn_to_virt(pte_mfn(e));
	e = l1[frame % BLOCK / 1024];
	ck_assert_uint_eq(e & (PTE_P | PTE_RW | PTE_U), PTE_P);
	ck_assert_uint_ne(e & PTE_NX, 0);
	return (u32 *)mfn_to_virt(pte_mfn(e)) + frame % 1024;
}

/* RAM, 4 GiB of nothing, and a little more of it. */
static void make_gap(void)
{
	frame_count = 2 * BLOCK + 100;
	for (u64 f = FAKE_RAM_FRAMES; f < frame_count; f++) {
		fake_frames[f] = (u64)OWNER_IO << FRAME_OWNER_SHIFT;
		fake_m2p[f] = M2P_INVALID;
	}
	fake_frames[frame_count - 1] = (u64)OWNER_FREE << FRAME_OWNER_SHIFT;
}

/* Leave no block of 2 MiB, but enough pages. */
static void break_memory_up(void)
{
	mfn_t m;

	for (;;) {
		m = heap_alloc(9, 0);
		if (mfn_eq(m, INVALID_MFN))
			break;
		for (u64 i = 0; i < 512; i += 2)
			heap_free(MFN(m.v + i), 0);
	}
}

/* First in one block, then in pages. */
START_TEST(m2p_of_32bit_guests)
{
	u64 l2[512], start, end, max;
	u64 free;

	make_gap();
	if (_i)
		break_memory_up();
	free = heap_free_frames();
	memset(l2, 0x5a, sizeof(l2));
	m2p_set(MFN(300), 7);
	m2p_set(MFN(301), 0x123456789);
	ck_assert_uint_eq(heap_free_frames(), free);
	ck_assert_int_eq(m2p32_make(), 0);
	free = heap_free_frames();
	ck_assert_int_eq(m2p32_make(), 0);
	ck_assert_uint_eq(heap_free_frames(), free);
	m2p32_fill_l2(l2);
	ck_assert_uint_eq(l2[427], 0x5a5a5a5a5a5a5a5a);
	ck_assert_uint_eq(!(l2[428] & PTE_PSE), _i);
	for (unsigned int i = 431; i < 512; i++)
		ck_assert_uint_eq(l2[i], 0);
	ck_assert_uint_eq(*m2p32_of(l2, 300), 7);
	ck_assert_uint_eq(*m2p32_of(l2, 301), 0x23456789);
	ck_assert_uint_eq(*m2p32_of(l2, 302), ~0U);
	/* What has no RAM, and who asks beyond. */
	ck_assert_uint_eq(*m2p32_of(l2, BLOCK), ~0U);
	ck_assert_uint_eq(*m2p32_of(l2, 2 * BLOCK - 1), ~0U);
	m2p_set(MFN(BLOCK), 1);
	ck_assert_uint_eq(*m2p32_of(l2, BLOCK), ~0U);
	/* In step from now on. */
	m2p_set(MFN(302), 9);
	m2p_set(MFN(300), M2P_INVALID);
	m2p_set(MFN(frame_count - 1), M2P_SHARED);
	ck_assert_uint_eq(*m2p32_of(l2, 302), 9);
	ck_assert_uint_eq(*m2p32_of(l2, 300), ~0U);
	ck_assert_uint_eq(*m2p32_of(l2, frame_count - 1), 0x55555555);
	pv_compat_m2p(&start, &end, &max);
	ck_assert_uint_eq(start, 0xf5800000);
	ck_assert_uint_eq(end, 0xffe00000);
	ck_assert_uint_eq(max, frame_count - 1);
	ck_assert_uint_eq(m2p32_addr_bits(true, 0), 37);
	ck_assert_uint_eq(m2p32_addr_bits(true, 32), 32);
	ck_assert_uint_eq(m2p32_addr_bits(true, 44), 37);
	ck_assert_uint_eq(m2p32_addr_bits(false, 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_heap");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	/* Each test in a process of its own: the heap has static state. */
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, heap_counts);
	tcase_add_test(t, heap_zeroes);
	tcase_add_test(t, heap_prefers_high_and_obeys_limits);
	tcase_add_test(t, heap_merges_everything_again);
	tcase_add_test(t, heap_never_hands_out_twice);
	tcase_add_test(t, heap_zeroes_what_was_not_wiped);
	tcase_add_test(t, heap_keeps_what_was_wiped);
	tcase_add_test(t, claims);
	tcase_add_test(t, heap_asks_for_flush_of_freed_memory);
	tcase_add_test(t, slab_aligns_and_returns_pages);
	tcase_add_test(t, frame_references);
	tcase_add_test(t, frame_outlives_its_allocation);
	tcase_add_test(t, frame_is_reclaimed_if_unused);
	tcase_add_test(t, frame_types_exclude_each_other);
	tcase_add_test(t, frame_count_does_not_wrap);
	tcase_add_test(t, frame_set_finds_all);
	tcase_add_test(t, frame_set_goes_in_steps);
	tcase_add_test(t, frame_words_are_judged);
	tcase_add_loop_test(t, m2p_of_32bit_guests, 0, 2);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
