/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed references to page tables and descriptor pages: validation of every
 * entry, recursive, preemptible.  Callers hold the owner's mmu_lock.
 */
#ifndef HOSPES_PV_PAGE_TYPE_H
#define HOSPES_PV_PAGE_TYPE_H

#include "core/domain.h"
#include "mm/hvmap.h"

/* The first slot of an FT_L2_TOP that is ours; so are all after it. */
#define L2_TOP_HV_SLOT	(HV_COMPAT_START >> 21 & 511)

/* What a vCPU's base pointer names. */
static inline enum frame_type page_root_type(const struct domain *d)
{
	return d->pv.is_32bit ? FT_L3 : FT_L4;
}

/* The type of the table that entry @i of a table leads to (not of an L1). */
static inline enum frame_type page_child_type(const struct domain *d,
					      enum frame_type type,
					      unsigned int i)
{
	if (type == FT_L2_TOP)
		return FT_L1;
	if (type == FT_L3 && d->pv.is_32bit && i == 3)
		return FT_L2_TOP;
	return type - 1;
}

/* A validated table of @d, by the word of its frame. */
static inline bool page_word_is_table(const struct domain *d, u64 w,
				      enum frame_type type)
{
	return frame_word_owner(w) == d->id && w & FRAME_TYPES_MASK &&
	       (w & (FRAME_TYPE_MASK | FRAME_PARTIAL)) ==
	       (u64)type << FRAME_TYPE_SHIFT;
}

/* An entry of a table that is not the guest's to set. */
static inline bool page_is_hv_slot(const struct domain *d,
				   enum frame_type type, unsigned int i)
{
	switch (type) {
	case FT_L4:
		return i >= HV_SLOT_FIRST && i <= HV_SLOT_LAST;
	case FT_L2_TOP:
		return i >= L2_TOP_HV_SLOT;
	case FT_L3:
		return d->pv.is_32bit && i >= 4;
	default:
		return false;
	}
}

/*
 * Take a general and a type reference to @m owned by @d. -EINVAL on
 * a bad entry or wrong type, -EBUSY if in use as another type, -ERESTART if
 * preempted (progress is remembered in the frame; no reference is held).
 */
int page_get_type(struct domain *d, mfn_t m, enum frame_type type,
		  bool preemptible);
/* Drop both; the last type reference undoes the validation. -ERESTART. */
int page_put_type(struct domain *d, mfn_t m, bool preemptible);

#endif
