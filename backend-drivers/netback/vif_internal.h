/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by vif.c, vif_tx.c and vif_rx.c. */
#ifndef NETBACK_VIF_INTERNAL_H
#define NETBACK_VIF_INTERNAL_H

#include <xen/xen.h>
#include <xen/io/netif.h>
#include "vif.h"

enum {
	VIF_COPIES = VIF_SLOTS,
	VIF_PACKETS = 64,
};

/* What answers one slot of a ring. */
struct vif_answer {
	uint16_t id;
	int16_t status;
	uint16_t flags;			/* rx */
	bool is_extra;
	struct netif_extra_info extra;	/* rx */
	int copy;			/* index, or -1 */
};

struct vif_packet {
	uint8_t *data;
	uint32_t len;
	uint32_t first_copy;
	uint32_t copies;
	uint32_t first_answer;
	uint32_t answers;
	uint16_t flags;
	bool drop;
	bool is_order;			/* no data: done already */
	struct netif_extra_info gso;	/* type 0: none */
};

struct vif_batch {
	uint32_t used;			/* bytes of data */
	uint32_t last;			/* length of the frame before, rx */
	uint32_t copies_used;
	uint32_t answers_used;
	uint32_t packets_used;
	struct grant_copy copies[VIF_COPIES];
	struct vif_answer answers[VIF_SLOTS];
	struct vif_packet packets[VIF_PACKETS];
	uint8_t *data;			/* VIF_BUFFER */
};

/*
 * A piece that crosses pages of ours is two copies to the hypervisor, so data
 * is laid out with an eye on where pages begin.
 */
static inline uint32_t vif_batch_left(const struct vif_batch *b)
{
	return GRANTS_PAGE - b->used % GRANTS_PAGE;
}

void vif_batch_reset(struct vif_batch *b);
/* Does the copies; their status is set whatever happens. */
void vif_batch_copy(struct vif *v, struct vif_batch *b);

#endif
