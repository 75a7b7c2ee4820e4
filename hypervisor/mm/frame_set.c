/* SPDX-License-Identifier: BSD-2-Clause */
/* The 2 MiB chunks in which a domain has, or had, frames. */
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/heap.h"

#define CHUNK_FRAMES	512

static u64 chunk_count(void)
{
	return DIV_UP(frame_count, CHUNK_FRAMES);
}

int frame_set_init(struct frame_set *s)
{
	s->chunks = heap_zalloc(BITMAP_WORDS(chunk_count()) * sizeof(u64));
	return s->chunks ? 0 : -ENOMEM;
}

void frame_set_destroy(struct frame_set *s)
{
	heap_zfree(s->chunks);
	s->chunks = NULL;
}

void frame_set_add(struct frame_set *s, mfn_t m, u64 n)
{
	u64 last = (m.v + n - 1) / CHUNK_FRAMES;

	for (u64 chunk = m.v / CHUNK_FRAMES; chunk <= last; chunk++)
		if (!bit_test(s->chunks, chunk))
			bit_test_and_set_atomic(s->chunks, chunk);
}

static bool wanted(mfn_t m, unsigned int domid, bool all)
{
	u64 w = frame_read(m);

	return frame_word_owner(w) == domid && (all || (w & FRAME_ALLOCATED));
}

enum frame_step frame_set_step(const struct frame_set *s, unsigned int domid,
			       bool all, mfn_t *m)
{
	unsigned int chunks = chunk_count();
	unsigned int chunk = bit_next(s->chunks, chunks, m->v / CHUNK_FRAMES);
	u64 end = min((u64)(chunk + 1) * CHUNK_FRAMES, frame_count);

	if (chunk >= chunks || m->v >= frame_count)
		return FRAME_END;
	m->v = max(m->v, (u64)chunk * CHUNK_FRAMES);
	for (; m->v < end; m->v++)
		if (wanted(*m, domid, all))
			return FRAME_FOUND;
	return FRAME_NONE_YET;
}

bool frame_set_next(const struct frame_set *s, unsigned int domid, bool all,
		    mfn_t *m)
{
	enum frame_step step;

	do {
		step = frame_set_step(s, domid, all, m);
	} while (step == FRAME_NONE_YET);
	return step == FRAME_FOUND;
}
