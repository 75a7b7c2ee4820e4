/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the grant tables. */
#ifndef HOSPES_CORE_GNTTAB_PRIVATE_H
#define HOSPES_CORE_GNTTAB_PRIVATE_H

#include <xen/grant_table.h>

#include "core/domain.h"

#define GRANTS_A_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))

/* Our side of an entry.  What was pinned first is what all users get. */
struct grant_active {
	u32 frame;
	u16 domid;
	u16 unused;
	u32 readers, writers;	/* each use is one of either */
};

#define MAP_PARTS	(GNTMAP_host_map | GNTMAP_device_map)

/* One cache line each. */
struct maptrack {
	struct domain *granter;	/* held; NULL: the handle is free */
	u64 where;		/* host_addr as the guest named it */
	maddr_t slot;		/* the page table entry */
	u32 ref;
	u32 next;		/* of the list of free handles, + 1 */
	u32 frame;
	u16 flags;		/* GNTMAP_*, parts that are left */
	u16 busy;		/* unmaps under way */
} __aligned(64);

#define HANDLES_A_PAGE	(PAGE_SIZE / sizeof(struct maptrack))

/* Pointer to a shared entry, and to what we know of it. @ref was checked. */
static inline struct grant_entry_v1 *grant_entry(const struct domain *rd,
						 u32 ref)
{
	return (struct grant_entry_v1 *)
		rd->gnttab.shared[ref / GRANTS_A_FRAME] + ref % GRANTS_A_FRAME;
}

static inline struct grant_active *grant_active(const struct domain *rd,
						u32 ref)
{
	return rd->gnttab.active[ref / GRANTS_A_FRAME] + ref % GRANTS_A_FRAME;
}

static inline bool grant_ref_valid(const struct domain *rd, u32 ref)
{
	return ref < rd->gnttab.frames * GRANTS_A_FRAME;
}

/* --- the operations, on local copies ------------------------------------------ */
void grant_map_batch(void *ops, unsigned int n);
void grant_unmap_batch(void *ops, unsigned int n);
void grant_replace_batch(void *ops, unsigned int n);
void grant_copy_batch(void *ops, unsigned int n);
void grant_transfer_batch(void *ops, unsigned int n);
/* Entry bits for a frame that is mapped with @flags. */
u64 grant_pte(mfn_t m, u32 flags);

/* --- gnttab_handle.c: the lock is held ------------------------------------------ */
/* More handles: false if there are none. */
bool grant_handles_grow(struct gnttab *g);

static inline struct maptrack *grant_handle_row(const struct gnttab *g,
						u32 handle)
{
	return &g->maptrack[handle / HANDLES_A_PAGE][handle % HANDLES_A_PAGE];
}

/* The next handle can be had: false if there are no more. */
static inline bool grant_handle_reserve(struct domain *d)
{
	return likely(d->gnttab.free_handle) || grant_handles_grow(&d->gnttab);
}

/* The handle that was reserved: a mapping of @granter, to be filled in. */
static inline struct maptrack *grant_handle_new(struct domain *d,
						struct domain *granter,
						u32 *handle)
{
	struct gnttab *g = &d->gnttab;
	struct maptrack *t;

	*handle = g->free_handle - 1;
	t = grant_handle_row(g, *handle);
	g->free_handle = t->next;
	domain_hold(granter);
	t->granter = granter;
	g->mapped++;
	return t;
}

/* NULL if it is not in use. */
static inline struct maptrack *grant_handle(const struct domain *d, u32 handle)
{
	struct maptrack *t;

	if (handle >= d->gnttab.handles)
		return NULL;
	t = grant_handle_row(&d->gnttab, handle);
	return t->granter ? t : NULL;
}

/*
 * Free it if nothing is left of it.  The granter is let go, whose structure may
 * vanish then: hold it to use it further.
 */
void grant_handle_drop(struct domain *d, struct maptrack *t, u32 handle);
void grant_handles_free(struct domain *d);
/* Free the table if it is empty; the lock is not held. */
void grant_handles_trim(struct domain *d);

#endif
