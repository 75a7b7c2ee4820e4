/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * References to frames where it matters how long that takes: one look at the
 * word, one exchange of it.  All of these return false, with nothing done, when
 * the word is not of the usual kind or has just changed; that says nothing
 * about the frame.  Then it is for the functions of frame.h to decide.
 */
#ifndef HOSPES_MM_FRAME_REF_H
#define HOSPES_MM_FRAME_REF_H

#include "mm/frame.h"

/*
 * The usual kind has no type but the writable one, is in no state between two,
 * and its counts are far from their ends.
 */
#define FRAME_UNUSUAL	(6UL << FRAME_TYPE_SHIFT | \
			 FRAME_PARTIAL | FRAME_LOCKED | \
			 BIT(FRAME_REFS_SHIFT + FRAME_REFS_BITS - 1) | \
			 BIT(FRAME_TYPES_SHIFT + FRAME_TYPES_BITS - 1))

static inline bool frame_try_get(mfn_t m, unsigned int owner)
{
	u64 w;

	if (unlikely(!mfn_valid(m)))
		return false;
	w = frame_read(m);
	return likely(frame_word_may_get(w, owner)) &&
	       frame_replace(m, &w, w + FRAME_ONE_REF);
}

static inline bool frame_try_get_writable(mfn_t m, unsigned int owner)
{
	u64 w;

	if (unlikely(!mfn_valid(m)))
		return false;
	w = frame_read(m);
	if (unlikely(w & FRAME_UNUSUAL || !frame_word_refs(w) ||
		     frame_word_owner(w) != owner))
		return false;
	return frame_replace(m, &w, frame_word_written(w));
}

/* Not the last reference. */
static inline bool frame_try_put(mfn_t m)
{
	u64 w = frame_read(m);

	return likely(frame_word_refs(w) > 1) &&
	       frame_replace(m, &w, w - FRAME_ONE_REF);
}

/* Not the last reference; @w is the word as it was read before. */
static inline bool frame_try_put_writable(mfn_t m, u64 w)
{
	return likely(frame_word_refs(w) > 1 && frame_word_types(w) &&
		      frame_word_type(w) == FT_WRITABLE) &&
	       frame_replace(m, &w, w - FRAME_ONE_REF - FRAME_ONE_TYPE);
}

/* The same as those of frame.h, in line for the usual kind. */
static inline bool frame_get_inline(mfn_t m, unsigned int owner)
{
	return likely(frame_try_get(m, owner)) || frame_get(m, owner);
}

static inline bool frame_get_writable_inline(mfn_t m, unsigned int owner)
{
	return likely(frame_try_get_writable(m, owner)) ||
	       frame_get_writable(m, owner);
}

static inline void frame_put_inline(mfn_t m)
{
	if (unlikely(!frame_try_put(m)))
		frame_put(m);
}

static inline void frame_put_writable_inline(mfn_t m)
{
	if (unlikely(!frame_try_put_writable(m, frame_read(m))))
		frame_put_writable(m);
}

#endif
