/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The backend's end of a shared request/response ring.
 *
 * The page is written by the frontend at any time. Nothing in it is trusted:
 * the private indices here are the truth, the frontend's producer index is
 * checked against them, and an entry is copied out once before it is looked
 * at. What must always hold: rsp_prod <= req_cons <= rsp_prod + size, in
 * free-running 32-bit arithmetic.
 */
#ifndef COMMON_RING_H
#define COMMON_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Header of the shared memory, as the public io/ring.h lays it out. */
struct ring_shared {
	uint32_t req_prod;
	uint32_t req_event;
	uint32_t rsp_prod;
	uint32_t rsp_event;
	uint8_t pad[48];
	uint8_t entries[];
};

struct ring {
	struct ring_shared *shared;
	uint32_t size;		/* entries, a power of two */
	uint32_t stride;	/* bytes of an entry */
	uint32_t req_cons;	/* next request to take */
	uint32_t rsp_prod;	/* next response to write, not yet published */
};

enum { RING_OVERFLOW = -1 };

static inline uint32_t ring_entries(size_t bytes, uint32_t stride)
{
	uint32_t fit = (bytes - sizeof(struct ring_shared)) / stride;

	return 1U << (31 - __builtin_clz(fit));
}

/*
 * Takes over a ring where the last backend left it: requests that were never
 * answered are seen again. RING_OVERFLOW if its indices make no sense.
 */
static inline int ring_attach(struct ring *r, void *memory, size_t bytes,
			      uint32_t stride)
{
	struct ring_shared *shared = memory;
	uint32_t answered, produced;

	answered = __atomic_load_n(&shared->rsp_prod, __ATOMIC_ACQUIRE);
	produced = __atomic_load_n(&shared->req_prod, __ATOMIC_ACQUIRE);
	*r = (struct ring){
		.shared = shared,
		.size = ring_entries(bytes, stride),
		.stride = stride,
		.req_cons = answered,
		.rsp_prod = answered,
	};
	return produced - answered > r->size ? RING_OVERFLOW : 0;
}

/* Requests not taken yet, or RING_OVERFLOW if the frontend claims too many. */
static inline int ring_pending(const struct ring *r)
{
	uint32_t produced;

	produced = __atomic_load_n(&r->shared->req_prod, __ATOMIC_ACQUIRE);
	if (produced - r->rsp_prod > r->size ||
	    produced - r->req_cons > r->size)
		return RING_OVERFLOW;
	return produced - r->req_cons;
}

static inline void *ring_entry(const struct ring *r, uint32_t index)
{
	return r->shared->entries + (index & (r->size - 1)) * r->stride;
}

/* Copies `len` bytes (a multiple of 4) of a request without taking it. */
static inline void ring_peek(const struct ring *r, uint32_t index, void *to,
			     size_t len)
{
	const volatile uint32_t *from = ring_entry(r, index);
	uint32_t *words = to;

	for (size_t i = 0; i < len / sizeof(*words); i++)
		words[i] = from[i];
}

static inline void ring_take(struct ring *r, void *to, size_t len)
{
	ring_peek(r, r->req_cons++, to, len);
}

/* The caller owes a taken request for every response. */
static inline void ring_put(struct ring *r, const void *from, size_t len)
{
	__builtin_memcpy(ring_entry(r, r->rsp_prod++), from, len);
}

/* Publishes the responses; true if the frontend asked to be told of them. */
static inline bool ring_push(struct ring *r)
{
	uint32_t old, event;

	old = __atomic_load_n(&r->shared->rsp_prod, __ATOMIC_RELAXED);
	if (old == r->rsp_prod)
		return false;
	__atomic_store_n(&r->shared->rsp_prod, r->rsp_prod, __ATOMIC_RELEASE);
	/* The frontend sets rsp_event, then looks at rsp_prod: no miss. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	event = __atomic_load_n(&r->shared->rsp_event, __ATOMIC_RELAXED);
	return (uint32_t)(r->rsp_prod - event) < (uint32_t)(r->rsp_prod - old);
}

/* Asks for an event at the next `more`-th request, then looks again. */
static inline int ring_rearm(struct ring *r, uint32_t more)
{
	__atomic_store_n(&r->shared->req_event, r->req_cons + more,
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return ring_pending(r);
}

#endif
