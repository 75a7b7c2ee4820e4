/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frontend's memory, reached through its grants. Unit tests supply their
 * own implementation over plain memory.
 */
#ifndef COMMON_GRANTS_H
#define COMMON_GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GRANTS_PAGE = 4096 };

struct grants;

/* One piece of a batch of copies; must not cross the foreign page's end. */
struct grant_copy {
	void *local;
	uint32_t ref;
	uint16_t offset;
	uint16_t len;
	bool to_guest;
	int status;		/* out: 0 or -1 */
};

/* NULL with errno set. */
struct grants *grants_open(uint32_t domid);
void grants_close(struct grants *g);

/* Maps pages side by side, writable; NULL with errno set. All or nothing. */
void *grants_map(struct grants *g, const uint32_t *refs, uint32_t count);
void grants_unmap(struct grants *g, void *address, uint32_t count);

/*
 * Memory for the local sides of copies, page-aligned, zeroed; NULL: none. Once for
 * each handle, before the process gives up its rights; freed with the handle.
 * It is granted to this domain itself if the kernel can (gntalloc): then a copy
 * names both its pages by reference, and the kernel need not look up ours in the
 * process's page tables, which costs more than the copy.
 */
void *grants_alloc(struct grants *g, uint32_t pages);

/* Each copy gets its own status; -1 if the batch could not be tried. */
int grants_copy(struct grants *g, struct grant_copy *copies, uint32_t count);

#endif
