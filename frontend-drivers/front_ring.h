/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frontend's end of a shared request/response ring, whatever its slots
 * are. The private indices here are the truth: of the shared page only the
 * backend's producer and its event index are read, and the former is checked.
 * What must always hold: rsp_cons <= rsp_prod <= req_pushed <= req_prod <=
 * rsp_cons + size, in free-running 32-bit arithmetic.
 *
 * Order: a slot is written before the producer index that shows it (release),
 * and read after the index that showed it (acquire); between an own index and
 * the look at the other's event index there is a full fence. Right on all
 * processors; on x86 only the fences cost anything.
 *
 * Any context; calls for one ring must not overlap.
 */
#ifndef FRONT_RING_H
#define FRONT_RING_H

#include "frontend.h"

/* Header of the shared memory, as the public io/ring.h lays it out. */
struct front_ring_shared {
	uint32_t req_prod;
	uint32_t req_event;
	uint32_t rsp_prod;
	uint32_t rsp_event;
	uint8_t pad[48];
	uint8_t slots[];
};

struct front_ring {
	struct front_ring_shared *shared;
	uint32_t size;		/* slots, a power of two */
	uint32_t stride;	/* bytes of a slot, a multiple of 4 */
	uint32_t req_prod;	/* next request to write */
	uint32_t req_pushed;	/* requests before it are published */
	uint32_t rsp_cons;	/* next response to take */
};

enum { FRONT_RING_BROKEN = -1 };

/* Slots of `stride` bytes in `bytes` (a page or more) of shared memory. */
static inline uint32_t front_ring_slots(size_t bytes, uint32_t stride)
{
	uint32_t fit, slots = 1;

	fit = (uint32_t)(bytes - sizeof(struct front_ring_shared)) / stride;
	while (slots <= fit / 2)
		slots *= 2;
	return slots;
}

/* Starts an empty ring: before the backend is told of it. */
static inline void front_ring_init(struct front_ring *r, void *memory,
				   size_t bytes, uint32_t stride)
{
	struct front_ring_shared *shared = memory;

	memset(memory, 0, bytes);
	shared->req_event = 1;
	shared->rsp_event = 1;
	r->shared = shared;
	r->size = front_ring_slots(bytes, stride);
	r->stride = stride;
	r->req_prod = 0;
	r->req_pushed = 0;
	r->rsp_cons = 0;
}

/* Requests that may still be written. */
static inline uint32_t front_ring_free(const struct front_ring *r)
{
	return r->size - (r->req_prod - r->rsp_cons);
}

/*
 * Writes a request of `len` bytes (at most a stride) into the next slot; the
 * caller has seen that one is free. The backend sees it after the next push.
 */
static inline void front_ring_put(struct front_ring *r, const void *request,
				  size_t len)
{
	uint32_t slot = r->req_prod++ & (r->size - 1);

	memcpy(r->shared->slots + (size_t)slot * r->stride, request, len);
}

/* Shows the backend what was put; true: send it an event. */
static inline bool front_ring_push(struct front_ring *r)
{
	uint32_t event, old = r->req_pushed;

	if (old == r->req_prod)
		return false;
	r->req_pushed = r->req_prod;
	__atomic_store_n(&r->shared->req_prod, r->req_prod, __ATOMIC_RELEASE);
	/* The backend sets req_event, then looks at req_prod: no miss. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	event = __atomic_load_n(&r->shared->req_event, __ATOMIC_RELAXED);
	return r->req_prod - event < r->req_prod - old;
}

/* Responses to take, or FRONT_RING_BROKEN if more than was asked. */
static inline int front_ring_pending(const struct front_ring *r)
{
	uint32_t there, asked = r->req_pushed - r->rsp_cons;

	there = __atomic_load_n(&r->shared->rsp_prod, __ATOMIC_ACQUIRE) -
		r->rsp_cons;
	return there > asked ? FRONT_RING_BROKEN : (int)there;
}

/*
 * Copies the next response (`len` bytes, a multiple of 4) out of its slot and
 * takes it; the caller has seen that it is pending.
 */
static inline void front_ring_take(struct front_ring *r, void *response,
				   size_t len)
{
	uint32_t slot = r->rsp_cons++ & (r->size - 1);
	const volatile uint32_t *from;
	uint32_t word;
	size_t i;

	from = (const volatile void *)
		(r->shared->slots + (size_t)slot * r->stride);
	for (i = 0; i < len / sizeof(word); i++) {
		word = from[i];
		memcpy((uint8_t *)response + i * sizeof(word), &word,
		       sizeof(word));
	}
}

/*
 * Asks for an event at the next response, then looks again: what is pending
 * must be taken before sleeping. Result as of front_ring_pending().
 */
static inline int front_ring_rearm(struct front_ring *r)
{
	__atomic_store_n(&r->shared->rsp_event, r->rsp_cons + 1,
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return front_ring_pending(r);
}

#endif
