/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for which there was no room, in their order, until the driver says
 * that there is: a backend may give the pages of sent packets back long after
 * it has passed the packets on (Linux's own does it in a thread that has to
 * wait for its turn). A queue that is full drops, as any wire does.
 */
#include "net.h"

enum {
	FRAMES = 64,
	BYTES = 2048,			/* above any MTU of ours */
};

struct queued {
	struct netfront_offload offload;
	size_t bytes;
	u8 data[BYTES];
};

static struct queued frames[FRAMES];
static u32 first, count;		/* of `frames`; first runs freely */

static int send_now(const u8 *frame, size_t bytes,
		    const struct netfront_offload *offload)
{
	struct netfront_buffer whole = { frame, bytes };

	return netfront_send(&net.nic, &whole, 1, offload);
}

static void append(const u8 *frame, size_t bytes,
		   const struct netfront_offload *offload)
{
	static const struct netfront_offload none;
	struct queued *q = &frames[(first + count) % FRAMES];

	if (count == FRAMES || bytes > BYTES)
		return;
	memcpy(q->data, frame, bytes);
	q->bytes = bytes;
	q->offload = offload ? *offload : none;
	count++;
}

void net_queue_send(const u8 *frame, size_t bytes,
		    const struct netfront_offload *offload)
{
	if (count || send_now(frame, bytes, offload) == -XEN_EAGAIN)
		append(frame, bytes, offload);
}

/* From the driver, once after each -XEN_EAGAIN. */
void net_queue_room(void *arg)
{
	struct queued *q;

	(void)arg;
	for (; count; count--, first++) {
		q = &frames[first % FRAMES];
		if (send_now(q->data, q->bytes, &q->offload) == -XEN_EAGAIN)
			return;
	}
}
