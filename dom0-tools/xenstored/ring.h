/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a guest's page with two byte rings. The guest may write anything
 * there at any time: each index is read once, checked, and only our own copies
 * of our own indices are believed.
 */
#ifndef XENSTORED_RING_H
#define XENSTORED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

struct ring {
	struct xenstore_domain_interface *page;
	/* Positions in the two streams, free running. */
	uint32_t in_pos;
	uint32_t out_pos;
	/* What the guest was told of them. */
	uint32_t in_told;
	uint32_t out_told;
};

/* Begins where the page says that we are. False: bad indices. */
bool ring_attach(struct ring *r, struct xenstore_domain_interface *page);
/* Takes up the work of a daemon that died after consuming up to @in_pos. */
bool ring_resume(struct ring *r, struct xenstore_domain_interface *page,
		 uint32_t in_pos);
/* The guest wants to begin anew. */
bool ring_wants_reset(const struct ring *r);
void ring_reset(struct ring *r);
void ring_set_error(struct ring *r, uint32_t error);

/* Bytes that can be read or written; -1: the guest broke the ring. */
int ring_unread(const struct ring *r);
int ring_space(const struct ring *r);
/* As read() and write(): what fits, or -1. Nothing is told yet. */
int ring_read(struct ring *r, void *to, size_t len);
int ring_write(struct ring *r, const void *from, size_t len);
/* Shows our progress; true: there was some, so the guest needs an event. */
bool ring_tell(struct ring *r);

#endif
