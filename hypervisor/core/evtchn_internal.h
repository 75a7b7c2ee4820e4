/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of event channels share: ports, and the two deliveries. */
#ifndef HOSPES_CORE_EVTCHN_INTERNAL_H
#define HOSPES_CORE_EVTCHN_INTERNAL_H

#include "core/shared_info.h"

#include <xen/event_channel.h>

#include "lib/bitmap.h"
#include "lib/errno.h"

#define PORTS_FIFO	131072u
#define PORTS_2L	4096u		/* the most that there can be */

_Static_assert(PORTS_FIFO == EVTCHN_BUCKET * EVTCHN_BUCKETS,
	       "buckets must hold every FIFO port");
_Static_assert(PORTS_FIFO == EVTCHN_FIFO_NR_CHANNELS, "public ABI");

/* Ports from here on can not be used now. */
static inline u32 evtchn_limit(const struct domain *d)
{
	u32 delivery = READ_ONCE(d->evtchn.fifo) ? PORTS_FIFO
						 : shared_layout(d)->ports;

	return min(d->evtchn.max_port, delivery);
}

/*
 * The port's row, or NULL. Buckets stay until the domain is freed, so no
 * lock is needed for the pointer; the contents want the lock.
 */
static inline struct evtchn *evtchn_at(const struct domain *d, u32 port)
{
	struct evtchn *b;

	if (!port || port >= evtchn_limit(d))
		return NULL;
	b = READ_ONCE(d->evtchn.buckets[port / EVTCHN_BUCKET]);
	return b ? &b[port % EVTCHN_BUCKET] : NULL;
}

/*
 * The same for ports in use: there are none above the limit, their rows are
 * free.
 */
static inline struct evtchn *evtchn_find(const struct domain *d, u32 port)
{
	struct evtchn *b;

	if (port >= PORTS_FIFO)
		return NULL;
	b = READ_ONCE(d->evtchn.buckets[port / EVTCHN_BUCKET]);
	return b ? &b[port % EVTCHN_BUCKET] : NULL;
}

/* The row of a port that is known to have one. */
static inline struct evtchn *evtchn_row(const struct domain *d, u32 port)
{
	return &d->evtchn.buckets[port / EVTCHN_BUCKET][port % EVTCHN_BUCKET];
}

/* Senders read it without a lock: what it says of other fields comes first. */
static inline void evtchn_set_state(struct evtchn *c, enum evtchn_state state)
{
	smp_wmb();
	WRITE_ONCE(c->state, state);
}

static inline struct vcpu *evtchn_target(const struct domain *d,
					 const struct evtchn *c)
{
	return d->vcpus[READ_ONCE(c->vcpu)];
}

/* --- evtchn_send.c: the one door to both deliveries ------------------------- */
void evtchn_raise(struct domain *d, struct evtchn *c);
/*
 * No CPU raises events by what it read of a row before the call.  The locks
 * that keep the row from being used anew are held.
 */
void evtchn_wait_senders(void);
void evtchn_unmask(struct domain *d, struct evtchn *c);
bool evtchn_word_pending(struct domain *d, const struct evtchn *c);
bool evtchn_word_masked(struct domain *d, const struct evtchn *c);
bool evtchn_is_global(unsigned int virq);

/* EVTCHNOP_send */
long evtchn_send_op(gva_t arg);

/* --- evtchn_bind.c ------------------------------------------------------------ */
/* The operations of the hypercall; arguments are local copies. */
int evtchn_alloc_unbound(evtchn_alloc_unbound_t *op);
int evtchn_bind_interdomain(evtchn_bind_interdomain_t *op);
int evtchn_bind_virq(evtchn_bind_virq_t *op);
int evtchn_bind_ipi(evtchn_bind_ipi_t *op);
int evtchn_bind_pirq(evtchn_bind_pirq_t *op);

/* --- evtchn.c ------------------------------------------------------------------ */
/* A new port in state RESERVED, the lock is held: -errno. */
int evtchn_alloc(struct domain *d, struct evtchn **c);
/* Free it: its use is over, so that nobody raises it. */
void evtchn_release(struct domain *d, struct evtchn *c);
int evtchn_close(struct domain *d, u32 port);

/* --- evtchn_2l.c ----------------------------------------------------------------- */
/*
 * It is pending, and whoever changes the delivery will find it so.  With FIFO
 * the bit, of this port or another, means nothing.
 */
static inline bool evtchn_2l_is_raised(const struct domain *d, u32 port)
{
	return bit_test(shared_pending_bits(d), port % PORTS_2L) &&
	       !READ_ONCE(d->evtchn.fifo);
}

/* *newly: it was not pending. False: delivery changed meanwhile, do it again. */
bool evtchn_2l_raise(struct domain *d, struct evtchn *c, bool *newly);
void evtchn_2l_unmask(struct domain *d, struct evtchn *c);
bool evtchn_2l_pending(const struct domain *d, u32 port);
bool evtchn_2l_masked(const struct domain *d, u32 port);

/* --- evtchn_fifo.c: used if d->evtchn.fifo is set ---------------------------------- */
void evtchn_fifo_raise(struct domain *d, struct evtchn *c, bool *newly);
void evtchn_fifo_clear(struct domain *d, struct evtchn *c);
void evtchn_fifo_unmask(struct domain *d, struct evtchn *c);
bool evtchn_fifo_pending(const struct domain *d, const struct evtchn *c);
bool evtchn_fifo_masked(const struct domain *d, u32 port);
bool evtchn_fifo_busy(const struct domain *d, u32 port);

/* May the port not be given out yet? (a queue still holds it) */
static inline bool evtchn_word_busy(const struct domain *d,
				    const struct evtchn *c)
{
	return unlikely(d->evtchn.fifo) && evtchn_fifo_busy(d, c->port);
}

static inline void evtchn_clear_pending(struct domain *d, struct evtchn *c)
{
	if (unlikely(d->evtchn.fifo))
		evtchn_fifo_clear(d, c);
	else
		bit_test_and_clear_atomic(shared_pending_bits(d), c->port);
}

/* --- evtchn_fifo_setup.c --------------------------------------------------------- */
int evtchn_fifo_init(evtchn_init_control_t *op);
int evtchn_fifo_expand(u64 gfn);
/* All ports are closed, the lock is held: pages back, 2-level again. */
void evtchn_fifo_leave(struct domain *d);

#endif
