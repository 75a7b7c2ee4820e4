/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "vif_internal.h"

/* Requests and responses share entries; the layouts have no word size. */
enum { TX_ENTRY = 12, RX_ENTRY = 8 };

_Static_assert(sizeof(struct netif_tx_request) == TX_ENTRY,
	       "netif: a tx request is 12 bytes");
_Static_assert(sizeof(struct netif_rx_request) == RX_ENTRY,
	       "netif: an rx request is 8 bytes");
_Static_assert(sizeof(struct netif_rx_response) == RX_ENTRY,
	       "netif: an rx response is 8 bytes");
_Static_assert(sizeof(struct netif_extra_info) == RX_ENTRY,
	       "netif: an extra info fits an rx response");

bool vif_init(struct vif *v, struct grants *grants, int tap)
{
	memset(v, 0, sizeof(*v));
	v->grants = grants;
	v->tap = tap;
	v->batch = calloc(1, sizeof(*v->batch));
	v->held = malloc(VIF_FRAME_MAX);
	if (v->batch)
		v->batch->data = grants_alloc(grants, VIF_BUFFER / GRANTS_PAGE);
	if (v->held && v->batch && v->batch->data)
		return true;
	vif_free(v);
	return false;
}

void vif_free(struct vif *v)
{
	free(v->batch);
	free(v->held);
	v->batch = NULL;
	v->held = NULL;
}

int vif_attach(struct vif *v, void *tx, void *rx,
	       const struct vif_features *features)
{
	if (ring_attach(&v->tx, tx, GRANTS_PAGE, TX_ENTRY) ||
	    ring_attach(&v->rx, rx, GRANTS_PAGE, RX_ENTRY))
		return RING_OVERFLOW;
	v->features = *features;
	memset(&v->multicast, 0, sizeof(v->multicast));
	v->multicast.enabled = features->multicast_control;
	v->held_len = 0;
	v->why = NULL;
	return 0;
}

void vif_batch_reset(struct vif_batch *b)
{
	b->used = b->copies_used = b->answers_used = b->packets_used = 0;
}

void vif_batch_copy(struct vif *v, struct vif_batch *b)
{
	if (!b->copies_used ||
	    !grants_copy(v->grants, b->copies, b->copies_used))
		return;
	for (uint32_t i = 0; i < b->copies_used; i++)
		b->copies[i].status = -1;
}
