/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual network interface: two rings of a guest against a TAP.
 *
 * tx: a packet is a chain of slots, published at once. All chains at hand are
 * copied out of the guest in one batch, then written to the TAP.
 * rx: frames are read from the TAP only while the guest has slots for them,
 * and are copied into the guest in one batch.
 */
#ifndef NETBACK_VIF_H
#define NETBACK_VIF_H

#include <stdbool.h>
#include <stdint.h>
#include "common/grants.h"
#include "common/ring.h"
#include "multicast.h"
#include "tap.h"

enum {
	VIF_SLOTS = 256,		/* of each ring */
	VIF_BUFFER = 1 << 18,		/* data of a batch */
	/* What the TAP can give us in one piece, with VLAN tags. */
	VIF_FRAME_MAX = 65535 + 14 + 8,
};

/* What the frontend can take. */
struct vif_features {
	bool sg;
	bool gso4;
	bool gso6;
	bool checksum4;		/* blank ones */
	bool checksum6;
	bool multicast_control;
};

enum vif_result {
	VIF_IDLE,	/* nothing more to do until an event */
	VIF_MORE,	/* call again soon */
	VIF_FATAL,	/* the frontend broke the protocol: vif->why */
	VIF_TAP_LOST,	/* the TAP will neither give nor take more: vif->lost */
};

struct vif_batch;

struct vif {
	struct grants *grants;
	int tap;
	struct ring tx;
	struct ring rx;
	struct vif_features features;
	struct multicast multicast;
	struct vif_batch *batch;	/* scratch of tx and rx */
	const char *why;
	int lost;			/* -errno of the TAP */

	/* A frame that was read and waits for slots. */
	struct virtio_net_hdr held_header;
	uint8_t *held;
	size_t held_len;
};

/* False: out of memory. */
bool vif_init(struct vif *v, struct grants *grants, int tap);
void vif_free(struct vif *v);

/* Begins to serve mapped ring pages; RING_OVERFLOW if they are nonsense. */
int vif_attach(struct vif *v, void *tx, void *rx,
	       const struct vif_features *features);

/*
 * Guest to TAP. `notify`: send the frontend a tx event, also after VIF_FATAL
 * and VIF_TAP_LOST: what was taken is answered.
 */
enum vif_result vif_transmit(struct vif *v, bool *notify);
/*
 * TAP to guest. VIF_IDLE: the TAP is empty, or *starved: the guest has no
 * slots, so do not watch the TAP until an rx event.
 */
enum vif_result vif_receive(struct vif *v, bool *notify, bool *starved);

#endif
