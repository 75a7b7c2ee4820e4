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

struct maptrack {
	struct domain *granter;	/* held; NULL: the handle is free */
	u64 where;		/* host_addr as the guest named it */
	maddr_t slot;		/* the page table entry */
	u32 ref;
	u32 next;		/* of the list of free handles, + 1 */
	u32 frame;
	u16 flags;		/* GNTMAP_*, parts that are left */
	u16 busy;		/* maps and unmaps under way */
};

#define HANDLES_A_PAGE	(PAGE_SIZE / sizeof(struct maptrack))

/* --- gnttab_pin.c: one use of an entry -------------------------------------- */
/*
 * For @domid: mark entry @ref of @rd as in use, and take the references of the
 * frame that reading (general) or writing (and a writable type) needs.
 * GNTST_*.
 */
int grant_acquire(struct domain *rd, u32 ref, unsigned int domid,
		  bool readonly, mfn_t *m);
void grant_release(struct domain *rd, u32 ref, bool readonly, mfn_t m);
/* Only the mark: the page table entry's references went with it. */
void grant_unpin(struct domain *rd, u32 ref, bool readonly);
/* Pointer to a shared entry. The lock is held and @ref checked. */
struct grant_entry_v1 *grant_entry(struct domain *rd, u32 ref);
struct grant_active *grant_active(struct domain *rd, u32 ref);
static inline bool grant_ref_valid(const struct domain *rd, u32 ref)
{
	return ref < rd->gnttab.frames * GRANTS_A_FRAME;
}

/* --- gnttab_map.c ------------------------------------------------------------- */
void grant_map(struct gnttab_map_grant_ref *op);
int grant_unmap_batch(gva_t uop, unsigned int count);
int grant_replace_batch(gva_t uop, unsigned int count);
#define GRANT_BATCH	32

/* --- gnttab_handle.c ------------------------------------------------------------ */
/* -1: no more.  The new handle has a granter, but no parts. */
int grant_handle_new(struct domain *d, struct domain *granter);
/* Locked: NULL if it is not in use. */
struct maptrack *grant_handle(struct domain *d, u32 handle);
/* Locked: free it if nothing is left of it; the granter to put, or NULL. */
struct domain *grant_handle_drop(struct domain *d, u32 handle);
void grant_handles_free(struct domain *d);

/* --- gnttab_copy.c, gnttab_transfer.c --------------------------------------------- */
int grant_copy_batch(gva_t uop, unsigned int count);
void grant_transfer(struct gnttab_transfer *op);

#endif
