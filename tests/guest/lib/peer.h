/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second domain for tests of what happens between two: a kernel that is
 * booted as dom0 makes it, writes its grant table and reads its shared page
 * as its controller may. It does not run unless peer_start() says so.
 */
#ifndef TESTS_GUEST_PEER_H
#define TESTS_GUEST_PEER_H

#include "ops.h"

#define PEER_FRAMES	32

struct peer {
	unsigned int id;
	u64 mfn[PEER_FRAMES];		/* its memory, by its frame number */
	grant_entry_v1_t *grants;	/* the first frame of its table */
	struct shared_info *shared;
};

/* False: not possible here (not dom0); says so. */
bool peer_create(struct peer *p);
/* Maps a frame of its; returns a page of ours whose place it takes, or NULL. */
void *peer_map(const struct peer *p, u64 mfn, bool writable);
/* Gives the page its own frame again. */
void peer_unmap(void *page);
/* All that is mapped by peer_create() goes as well. */
int peer_destroy(struct peer *p);
/* Flags of XEN_DOMINF_*, or negative: there is none of that number. */
long peer_flags(const struct peer *p);
/* How many frames it has. */
unsigned long peer_pages(const struct peer *p);
/* domctl with nothing but the domain: pause, unpause, resume. */
int peer_control(const struct peer *p, unsigned int cmd);

/*
 * Runs position-independent code of at most a page in its first frame, with
 * its first three frames mapped writable from address 0x200000 on.
 */
int peer_start(struct peer *p, const void *code, size_t size);

/* Its suspend hypercall will say 1; *@third: that call's third argument. */
int peer_cancel_suspend(const struct peer *p, unsigned long *third);

#endif
