/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed references to page tables and descriptor pages: validation of every
 * entry, recursive, preemptible.  Callers hold the owner's mmu_lock.
 */
#ifndef HOSPES_PV_PAGE_TYPE_H
#define HOSPES_PV_PAGE_TYPE_H

#include "mm/frame.h"

struct domain;

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
