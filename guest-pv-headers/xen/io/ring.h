/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page (or several) that a frontend shares with its backend: slots that hold
 * requests, later responses, and how far each side has got. Indices count on
 * for ever and wrap at 2^32.
 *
 *	frontend: RING_GET_REQUEST(r, r->req_prod_pvt), fill in, req_prod_pvt++,
 *	          RING_PUSH_REQUESTS_AND_CHECK_NOTIFY, send an event if told;
 *	backend:  RING_COPY_REQUEST for req_cons up to req_prod, serve, fill in
 *	          RING_GET_RESPONSE(r, r->rsp_prod_pvt), rsp_prod_pvt++,
 *	          RING_PUSH_RESPONSES_AND_CHECK_NOTIFY, send an event if told;
 *	          before sleeping RING_FINAL_CHECK_FOR_REQUESTS.
 *
 * The other side may write whatever it likes at any time: copy, then check,
 * and use RING_*_PROD_OVERFLOW. The program supplies xen_mb(), xen_rmb(),
 * xen_wmb(), and memset() for SHARED_RING_INIT.
 */
#ifndef __XEN_PUBLIC_IO_RING_H__
#define __XEN_PUBLIC_IO_RING_H__

#include <stddef.h>
#include <stdint.h>

#include "../xen-compat.h"

typedef unsigned int RING_IDX;

/* The largest power of two that is not above a number of 32 bits, or 0. */
#define __RD2(_x)  (((_x) & 0x2) ? 0x2 : ((_x) & 0x1))
#define __RD4(_x)  (((_x) & 0xc) ? __RD2((_x) >> 2) << 2 : __RD2(_x))
#define __RD8(_x)  (((_x) & 0xf0) ? __RD4((_x) >> 4) << 4 : __RD4(_x))
#define __RD16(_x) (((_x) & 0xff00) ? __RD8((_x) >> 8) << 8 : __RD8(_x))
#define __RD32(_x) (((_x) & 0xffff0000) ? __RD16((_x) >> 16) << 16 : __RD16(_x))

/* Slots in so many bytes: of a kind of ring, for constants; of a ring. */
#define __CONST_RING_SIZE(_s, _sz) \
	(__RD32(((_sz) - offsetof(struct _s##_sring, ring)) / \
		sizeof(((struct _s##_sring *)0)->ring[0])))
#define __RING_SIZE(_s, _sz) \
	(__RD32(((_sz) - (size_t)((char *)(_s)->ring - (char *)(_s))) / \
		sizeof((_s)->ring[0])))

/*
 * Defines for rings NAME: NAME_sring (shared), NAME_front_ring and
 * NAME_back_ring (of each side alone), and their names ending in _t.
 */
#define DEFINE_RING_TYPES(__name, __req_t, __rsp_t) \
union __name##_sring_entry { \
	__req_t req; \
	__rsp_t rsp; \
}; \
struct __name##_sring { \
	RING_IDX req_prod, req_event; \
	RING_IDX rsp_prod, rsp_event; \
	union { \
		struct { uint8_t smartpoll_active; } netif; \
		struct { uint8_t msg; } tapif_user; \
		uint8_t pvt_pad[4]; \
	} pvt; \
	uint8_t __pad[44]; \
	union __name##_sring_entry ring[1]; \
}; \
struct __name##_front_ring { \
	RING_IDX req_prod_pvt; \
	RING_IDX rsp_cons; \
	unsigned int nr_ents; \
	struct __name##_sring *sring; \
}; \
struct __name##_back_ring { \
	RING_IDX rsp_prod_pvt; \
	RING_IDX req_cons; \
	unsigned int nr_ents; \
	struct __name##_sring *sring; \
}; \
typedef struct __name##_sring __name##_sring_t; \
typedef struct __name##_front_ring __name##_front_ring_t; \
typedef struct __name##_back_ring __name##_back_ring_t

/* Setting up: the frontend clears the shared part, then each side its own. */
#define SHARED_RING_INIT(_s) do { \
	(_s)->req_prod = (_s)->rsp_prod = 0; \
	(_s)->req_event = (_s)->rsp_event = 1; \
	(void)memset((_s)->pvt.pvt_pad, 0, sizeof((_s)->pvt.pvt_pad)); \
	(void)memset((_s)->__pad, 0, sizeof((_s)->__pad)); \
} while (0)

/* ATTACH goes on with a ring that is in use, from index _i. Sizes in bytes. */
#define FRONT_RING_ATTACH(_r, _s, _i, __size) do { \
	(_r)->sring = (_s); \
	(_r)->nr_ents = __RING_SIZE(_s, __size); \
	(_r)->req_prod_pvt = (_r)->rsp_cons = (_i); \
} while (0)
#define BACK_RING_ATTACH(_r, _s, _i, __size) do { \
	(_r)->sring = (_s); \
	(_r)->nr_ents = __RING_SIZE(_s, __size); \
	(_r)->rsp_prod_pvt = (_r)->req_cons = (_i); \
} while (0)
#define FRONT_RING_INIT(_r, _s, __size) FRONT_RING_ATTACH(_r, _s, 0, __size)
#define BACK_RING_INIT(_r, _s, __size)  BACK_RING_ATTACH(_r, _s, 0, __size)
#define XEN_FRONT_RING_INIT(_r, _s, __size) do { \
	SHARED_RING_INIT(_s); \
	FRONT_RING_INIT(_r, _s, __size); \
} while (0)

/* Slots: all, and for the frontend those it may fill. */
#define RING_SIZE(_r) ((_r)->nr_ents)
#define RING_FREE_REQUESTS(_r) \
	(RING_SIZE(_r) - ((_r)->req_prod_pvt - (_r)->rsp_cons))
#define RING_FULL(_r) (RING_FREE_REQUESTS(_r) == 0)

/* What there is to take; requests: no more than can be answered. */
#define XEN_RING_NR_UNCONSUMED_RESPONSES(_r) \
	((_r)->sring->rsp_prod - (_r)->rsp_cons)
#define XEN_RING_NR_UNCONSUMED_REQUESTS(_r) __extension__ ({ \
	RING_IDX __there = (_r)->sring->req_prod - (_r)->req_cons; \
	RING_IDX __room = RING_SIZE(_r) - \
			  ((_r)->req_cons - (_r)->rsp_prod_pvt); \
	\
	__there < __room ? __there : __room; \
})
#ifdef XEN_RING_HAS_UNCONSUMED_IS_BOOL
#define RING_HAS_UNCONSUMED_RESPONSES(_r) \
	(!!XEN_RING_NR_UNCONSUMED_RESPONSES(_r))
#define RING_HAS_UNCONSUMED_REQUESTS(_r) \
	(!!XEN_RING_NR_UNCONSUMED_REQUESTS(_r))
#else
#define RING_HAS_UNCONSUMED_RESPONSES(_r) XEN_RING_NR_UNCONSUMED_RESPONSES(_r)
#define RING_HAS_UNCONSUMED_REQUESTS(_r)  XEN_RING_NR_UNCONSUMED_REQUESTS(_r)
#endif

/* The slot of an index, and copying it once and for all. */
#define __RING_SLOT(_r, _idx) \
	((_r)->sring->ring[(_idx) & (RING_SIZE(_r) - 1)])
#define RING_GET_REQUEST(_r, _idx)  (&__RING_SLOT(_r, _idx).req)
#define RING_GET_RESPONSE(_r, _idx) (&__RING_SLOT(_r, _idx).rsp)
#define RING_COPY_(_type, _r, _idx, _dest) do { \
	*(_dest) = *(volatile __typeof__(_dest))RING_GET_##_type(_r, _idx); \
} while (0)
#define RING_COPY_REQUEST(_r, _idx, _req)  RING_COPY_(REQUEST, _r, _idx, _req)
#define RING_COPY_RESPONSE(_r, _idx, _rsp) RING_COPY_(RESPONSE, _r, _idx, _rsp)

/* The other side, or an index, has run past what the ring can hold. */
#define RING_REQUEST_CONS_OVERFLOW(_r, _cons) \
	(((_cons) - (_r)->rsp_prod_pvt) >= RING_SIZE(_r))
#define RING_REQUEST_PROD_OVERFLOW(_r, _prod) \
	(((_prod) - (_r)->rsp_prod_pvt) > RING_SIZE(_r))
#define RING_RESPONSE_PROD_OVERFLOW(_r, _prod) \
	(((_prod) - (_r)->rsp_cons) > RING_SIZE(_r))

/* Shows the other side what was filled in. */
#define RING_PUSH_REQUESTS(_r) do { \
	xen_wmb(); \
	(_r)->sring->req_prod = (_r)->req_prod_pvt; \
} while (0)
#define RING_PUSH_RESPONSES(_r) do { \
	xen_wmb(); \
	(_r)->sring->rsp_prod = (_r)->rsp_prod_pvt; \
} while (0)

/* The same, and whether the other side has asked to be told of it. */
#define __RING_PUSH_CHECK(_r, _prod, _event, _notify) do { \
	RING_IDX __old = (_r)->sring->_prod; \
	RING_IDX __new = (_r)->_prod##_pvt; \
	\
	xen_wmb(); \
	(_r)->sring->_prod = __new; \
	xen_mb(); \
	(_notify) = (RING_IDX)(__new - (_r)->sring->_event) < \
		    (RING_IDX)(__new - __old); \
} while (0)
#define RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(_r, _notify) \
	__RING_PUSH_CHECK(_r, req_prod, req_event, _notify)
#define RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(_r, _notify) \
	__RING_PUSH_CHECK(_r, rsp_prod, rsp_event, _notify)

/* Asks for an event at the next one, and whether there is one already. */
#define __RING_FINAL_CHECK(_r, _kind, _event, _cons, _work) do { \
	(_work) = RING_HAS_UNCONSUMED_##_kind(_r); \
	if (_work) \
		break; \
	(_r)->sring->_event = (_r)->_cons + 1; \
	xen_mb(); \
	(_work) = RING_HAS_UNCONSUMED_##_kind(_r); \
} while (0)
#define RING_FINAL_CHECK_FOR_REQUESTS(_r, _work_to_do) \
	__RING_FINAL_CHECK(_r, REQUESTS, req_event, req_cons, _work_to_do)
#define RING_FINAL_CHECK_FOR_RESPONSES(_r, _work_to_do) \
	__RING_FINAL_CHECK(_r, RESPONSES, rsp_event, rsp_cons, _work_to_do)

#endif
