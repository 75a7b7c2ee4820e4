/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_channel_op(command, argument): channels on which domains, interrupts
 * and the hypervisor signal each other. A port is a domain's number for its
 * end of one; port 0 is never in use. Anybody, for itself; `dom` names another
 * domain for privileged callers (-EPERM, -ESRCH). -EINVAL: no such port, or it
 * is not in the state that is asked for.
 */
#ifndef __XEN_PUBLIC_EVENT_CHANNEL_H__
#define __XEN_PUBLIC_EVENT_CHANNEL_H__

#include "xen.h"

typedef uint32_t evtchn_port_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_port_t);

#define EVTCHNOP_bind_interdomain 0
#define EVTCHNOP_bind_virq        1
#define EVTCHNOP_bind_pirq        2
#define EVTCHNOP_close            3
#define EVTCHNOP_send             4
#define EVTCHNOP_status           5
#define EVTCHNOP_alloc_unbound    6
#define EVTCHNOP_bind_ipi         7
#define EVTCHNOP_bind_vcpu        8
#define EVTCHNOP_unmask           9
#define EVTCHNOP_reset            10
#define EVTCHNOP_init_control     11
#define EVTCHNOP_expand_array     12
#define EVTCHNOP_set_priority     13

/* A new port of `dom`, to which `remote_dom` may bind. -ENOSPC: none left. */
struct evtchn_alloc_unbound {
	domid_t dom, remote_dom;	/* IN: may be DOMID_SELF */
	evtchn_port_t port;		/* OUT */
};
typedef struct evtchn_alloc_unbound evtchn_alloc_unbound_t;

/* Joins a new port of the caller to an unbound one that was meant for it. */
struct evtchn_bind_interdomain {
	domid_t remote_dom;		/* IN */
	evtchn_port_t remote_port;	/* IN */
	evtchn_port_t local_port;	/* OUT */
};
typedef struct evtchn_bind_interdomain evtchn_bind_interdomain_t;

/*
 * A new port for a virtual interrupt of a vCPU; those that a domain has once
 * take vCPU 0. -EEXIST: it has a port, -ENOENT: no such vCPU.
 */
struct evtchn_bind_virq {
	uint32_t virq;			/* IN: VIRQ_* */
	uint32_t vcpu;			/* IN */
	evtchn_port_t port;		/* OUT */
};
typedef struct evtchn_bind_virq evtchn_bind_virq_t;

/* A new port for an interrupt of a device. -EPERM: the caller has none of them,
 * -EEXIST: it has a port and is not shared, -EBUSY. */
struct evtchn_bind_pirq {
	uint32_t pirq;			/* IN */
#define BIND_PIRQ__WILL_SHARE 1
	uint32_t flags;			/* IN: BIND_PIRQ__* */
	evtchn_port_t port;		/* OUT */
};
typedef struct evtchn_bind_pirq evtchn_bind_pirq_t;

/* A new port by which the domain's vCPUs signal one of them. -ENOENT */
struct evtchn_bind_ipi {
	uint32_t vcpu;			/* IN */
	evtchn_port_t port;		/* OUT */
};
typedef struct evtchn_bind_ipi evtchn_bind_ipi_t;

/* Gives up a port. The other end becomes unbound. */
struct evtchn_close {
	evtchn_port_t port;		/* IN */
};
typedef struct evtchn_close evtchn_close_t;

/* Signals the other end. Nothing happens while there is none. */
struct evtchn_send {
	evtchn_port_t port;		/* IN */
};
typedef struct evtchn_send evtchn_send_t;

/* What a port is bound to. */
struct evtchn_status {
	domid_t dom;			/* IN */
	evtchn_port_t port;		/* IN */
#define EVTCHNSTAT_closed      0
#define EVTCHNSTAT_unbound     1 /* waits for a domain */
#define EVTCHNSTAT_interdomain 2
#define EVTCHNSTAT_pirq        3
#define EVTCHNSTAT_virq        4
#define EVTCHNSTAT_ipi         5
	uint32_t status;		/* OUT: EVTCHNSTAT_* */
	uint32_t vcpu;			/* OUT: where it is delivered */
	union {
		struct {
			domid_t dom;	/* for whom it waits */
		} unbound;
		struct {
			domid_t dom;
			evtchn_port_t port;
		} interdomain;
		uint32_t pirq;
		uint32_t virq;
	} u;				/* OUT: by status */
};
typedef struct evtchn_status evtchn_status_t;

/* Chooses the vCPU that is told; not for IPIs and virtual interrupts of one. */
struct evtchn_bind_vcpu {
	evtchn_port_t port;		/* IN */
	uint32_t vcpu;			/* IN */
};
typedef struct evtchn_bind_vcpu evtchn_bind_vcpu_t;

/* Clears the mask of a port, and tells the vCPU if it is pending. */
struct evtchn_unmask {
	evtchn_port_t port;		/* IN */
};
typedef struct evtchn_unmask evtchn_unmask_t;

/* Closes every port, and goes back to two-level events. */
struct evtchn_reset {
	domid_t dom;			/* IN */
};
typedef struct evtchn_reset evtchn_reset_t;

/*
 * Gives the queues of a vCPU a place; the first call makes the domain use FIFO
 * events, which has no way back but reset. -ENOENT: no such vCPU.
 */
struct evtchn_init_control {
	uint64_t control_gfn;		/* IN: frame */
	uint32_t offset;		/* IN: bytes, a multiple of 8 */
	uint32_t vcpu;			/* IN */
	uint8_t link_bits;		/* OUT: EVTCHN_FIFO_LINK_BITS */
	uint8_t _pad[7];
};
typedef struct evtchn_init_control evtchn_init_control_t;

/*
 * Adds one page of event words, 1024 ports. -EOPNOTSUPP: before init_control,
 * -EINVAL: not a page of the caller's, -ENOSPC: all are there.
 */
struct evtchn_expand_array {
	uint64_t array_gfn;		/* IN: frame */
};
typedef struct evtchn_expand_array evtchn_expand_array_t;

/* Chooses the queue of a port. -ENOSYS: before init_control. */
struct evtchn_set_priority {
	evtchn_port_t port;		/* IN */
	uint32_t priority;		/* IN: EVTCHN_FIFO_PRIORITY_* */
};
typedef struct evtchn_set_priority evtchn_set_priority_t;

/* Two-level events: a bit for each port (see struct vcpu_info). */
#define EVTCHN_2L_NR_CHANNELS (sizeof(xen_ulong_t) * sizeof(xen_ulong_t) * 64)

/*
 * FIFO events: a word for each port and a queue of them for each priority. A
 * word's low bits are the number of the next port in the queue.
 */
typedef uint32_t event_word_t;
#define EVTCHN_FIFO_PENDING     31 /* signalled */
#define EVTCHN_FIFO_MASKED      30 /* not to be queued */
#define EVTCHN_FIFO_LINKED      29 /* in a queue */
#define EVTCHN_FIFO_BUSY        28 /* being unmasked; the hypervisor waits */
#define EVTCHN_FIFO_LINK_BITS   17
#define EVTCHN_FIFO_LINK_MASK   ((1 << EVTCHN_FIFO_LINK_BITS) - 1)
#define EVTCHN_FIFO_NR_CHANNELS (1 << EVTCHN_FIFO_LINK_BITS)

#define EVTCHN_FIFO_PRIORITY_MAX     0
#define EVTCHN_FIFO_PRIORITY_DEFAULT 7
#define EVTCHN_FIFO_PRIORITY_MIN     15
#define EVTCHN_FIFO_MAX_QUEUES       (EVTCHN_FIFO_PRIORITY_MIN + 1)

/* The queues of a vCPU. */
struct evtchn_fifo_control_block {
	uint32_t ready;			/* bit N: queue N is not empty */
	uint32_t _rsvd;
	uint32_t head[EVTCHN_FIFO_MAX_QUEUES];	/* ports; 0: empty */
};
typedef struct evtchn_fifo_control_block evtchn_fifo_control_block_t;

#endif
