/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's own grant table, version 1: who hands out its entries. The
 * kernel makes the table (GNTTABOP_setup_table) and maps it; devices take
 * entries when they are set up, keep them, and let others use frames by them
 * whenever they like. Only taking and giving back entries changes the
 * allocator: those calls must not overlap with each other. Calls on a taken
 * entry are its owner's alone and need no lock.
 */
#ifndef GRANT_H
#define GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/grant_table.h>

/* No entry; also the end of the list of free ones. */
#define GRANT_NONE UINT32_MAX

struct grant_table {
	struct grant_entry_v1 *entries;	/* the mapped table */
	uint32_t *next;			/* free entry -> next free entry */
	uint32_t count;			/* entries that are mapped */
	uint32_t first_free;
	uint32_t nr_free;
};

/*
 * Takes over a mapped table of `count` entries (512 for each frame of the
 * table). `next` is memory for as many numbers, the kernel's as long as the
 * table is used. The entries that toolstacks fill in are left alone. Thread
 * context.
 */
void grant_init(struct grant_table *t, struct grant_entry_v1 *entries,
		uint32_t *next, uint32_t count);

/*
 * After a resume the guest has an empty table, which the kernel has mapped
 * (perhaps elsewhere). Entries stay taken by whom they were; their owners
 * permit access anew. Before any device is resumed.
 */
void grant_resume(struct grant_table *t, struct grant_entry_v1 *entries);

/* Takes an entry; GRANT_NONE if there is none left. Set-up only. */
uint32_t grant_take(struct grant_table *t);
/* Gives an entry back; it must have been ended. */
void grant_put(struct grant_table *t, uint32_t ref);

/*
 * Lets domain `to` use a frame by a taken entry that is not in use. Any
 * context.
 */
void grant_access(struct grant_table *t, uint32_t ref, domid_t to,
		  uint32_t frame, bool readonly);

/*
 * Ends what grant_access began. False if the frame is mapped or being copied:
 * it must neither be freed nor given to anyone, and the entry not be put. Any
 * context.
 */
bool grant_end(struct grant_table *t, uint32_t ref);

#endif
