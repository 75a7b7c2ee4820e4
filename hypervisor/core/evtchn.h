/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels.  A port of a domain is in one of the states below; ports
 * are kept in buckets of 64, allocated on demand.  Delivery is 2-level or
 * FIFO, chosen per domain (evtchn_2l.c, evtchn_fifo.c).
 */
#ifndef HOSPES_CORE_EVTCHN_H
#define HOSPES_CORE_EVTCHN_H

#include "core/lock.h"
#include "mm/addr.h"

struct domain;
struct vcpu;

enum evtchn_state {
	ECS_FREE, ECS_RESERVED, ECS_UNBOUND, ECS_INTERDOMAIN, ECS_PIRQ,
	ECS_VIRQ, ECS_IPI
};

#define EVTCHN_BUCKET	64
#define EVTCHN_BUCKETS	2048		/* 131072 ports with FIFO */

struct evtchn {
	u32 port;
	u8 state;
	u8 priority;		/* FIFO */
	u8 last_priority;
	bool pending;		/* FIFO: raised before its page existed */
	u16 vcpu;		/* notified vCPU */
	u16 last_vcpu;
	union {
		struct { u16 domid; } unbound;
		/* The other end; holds a reference of that domain. */
		struct { struct domain *remote; u32 port; } interdomain;
		struct { u32 irq; } pirq;
		u32 virq;
	};
};

struct evtchn_fifo;

struct evtchn_domain {
	struct spinlock lock;
	struct evtchn **buckets;	/* e: array of EVTCHN_BUCKETS */
	u32 count;			/* e: ports allocated */
	u32 max_port;			/* exclusive, by domctl */
	u32 first_free;			/* e: no free port below it */
	u32 kill_port;			/* C: how far the domain's end has come */
	u32 pollers;			/* atomic: vCPUs in SCHEDOP_poll */
	struct evtchn_fifo *fifo;	/* NULL: 2-level; set under e */
};

int evtchn_init(struct domain *d);
/*
 * The end of a dying domain's ports: all are closed, delivery is 2-level again.
 * -ERESTART to be called on.
 */
int evtchn_destroy(struct domain *d);
void evtchn_free(struct domain *d);

/* Raise a virtual interrupt of a vCPU, or a global one of its domain. */
void evtchn_send_virq(struct vcpu *v, unsigned int virq);
/* Raise the global virq for the domain that bound it (dom0's tools). */
void evtchn_send_global_virq(unsigned int virq);
/* A pirq fired: raise its port. */
void evtchn_send_pirq(struct domain *d, u32 port);
/* Guest's send on @port. -errno as EVTCHNOP_send. */
int evtchn_send(struct domain *d, u32 port);
/* Is @port pending (masked or not)? For SCHEDOP_poll. -EINVAL: no such port. */
int evtchn_is_pending(struct domain *d, u32 port);
/* Has @v an event to take (upcall_pending)? */
bool evtchn_upcall_pending(const struct vcpu *v);
/* Set upcall_pending of @v and wake or kick it. */
void evtchn_mark_pending(struct vcpu *v);

long evtchn_op(int cmd, gva_t arg);	/* the hypercall */
void evtchn_dump(struct domain *d);
/* Audit: internal consistency; number of faults found, logged. */
unsigned int evtchn_audit(struct domain *d);

#endif
