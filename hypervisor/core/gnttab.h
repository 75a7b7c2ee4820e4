/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant tables, version 1.  The granting domain writes entries into shared
 * frames; others map or copy by reference.  Every mapping is a row in the
 * mapping domain's table of handles (maptrack), and holds one page reference
 * (and a writable type reference unless read-only) of the granted frame.
 */
#ifndef HOSPES_CORE_GNTTAB_H
#define HOSPES_CORE_GNTTAB_H

#include "core/lock.h"
#include "mm/addr.h"

struct domain;

#define GNTTAB_MAX_FRAMES	64

struct grant_active;
struct maptrack;

struct gnttab {
	struct spinlock lock;
	unsigned int frames;		/* g: now shared with the guest */
	unsigned int max_frames;
	unsigned int max_maptrack;	/* frames' worth of handles */
	void *shared[GNTTAB_MAX_FRAMES];	/* g: direct map pointers */
	struct grant_active *active[GNTTAB_MAX_FRAMES];	/* g: our pins */
	struct maptrack **maptrack;	/* g: handles, in pages on demand */
	unsigned int handles;		/* g: that have a place */
	unsigned int free_handle;	/* g: first of the list, + 1; 0: none */
	unsigned int mapped;		/* g: handles in use */
	unsigned int released;		/* handles below are free: the end of
					   the domain, and nothing else */
};

int gnttab_init(struct domain *d, unsigned int max_frames,
		unsigned int max_maptrack);
/* Undo all mappings this domain holds of others. Preemptible: -ERESTART. */
int gnttab_release_mappings(struct domain *d);
void gnttab_destroy(struct domain *d);
/* The hypercall. */
long gnttab_op(unsigned int cmd, gva_t uop, unsigned int count);
/* Operations that are done under one round of locks. */
#define GRANT_BATCH	32U
/* At most that many of a batch's operations, which are the caller's copies. */
void gnttab_run(unsigned int cmd, void *ops, unsigned int n);
/* Machine frame of shared frame @idx, growing the table; -errno. */
int gnttab_shared_frame(struct domain *d, unsigned int idx, mfn_t *m);
unsigned int gnttab_audit(struct domain *d);

#endif
