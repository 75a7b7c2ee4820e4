/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain being built: its memory, and access to it. */
#ifndef BUILDER_GUEST_H
#define BUILDER_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <xenforeignmemory.h>

#include "builder/error.h"
#include "builder/plan.h"
#include "lib/control.h"

struct guest {
	struct control *control;
	xenforeignmemory_handle *foreign;
	uint32_t domid;		/* valid if created */
	bool created;
	uint64_t nr_pages;
	uint64_t *frames;	/* pfn -> machine frame */
};

int guest_open(struct guest *g, uint64_t nr_pages, struct build_error *error);
/* Gives all handles back; the domain stays, or goes if `destroy`. */
void guest_close(struct guest *g, bool destroy);

/* Allocates all memory; the hypervisor hands out zeroed pages. */
int guest_populate(struct guest *g, struct build_error *error);

/*
 * Maps frames of the domain for writing, until guest_unmap. As long as a frame
 * is mapped it cannot become a page table.
 */
void *guest_map(struct guest *g, const struct plan_range *range,
		struct build_error *error);
void guest_unmap(struct guest *g, void *memory,
		 const struct plan_range *range);

/*
 * Copies bytes to `address` of the domain's pseudo-physical memory. The pages
 * stay mapped until this process ends, which is soon: in a PV dom0 each page
 * that is unmapped alone costs a trap, at the end of a process they cost next to
 * nothing. So not for pages that are to become page tables.
 */
int guest_write(struct guest *g, uint64_t address, const uint8_t *data,
		size_t size, struct build_error *error);

#endif
