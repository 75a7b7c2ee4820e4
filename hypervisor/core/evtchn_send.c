/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels: raising events, from guests, timers and interrupts.
 *
 * Sending takes no lock.  A sender is in a section of its CPU, marked by an odd
 * cpu.sending, from before it reads the state of a port until the event is
 * raised.  Whoever ends a use of a port (its domain's lock is held, and that of
 * the other end)
 *
 *   1. writes the new state,
 *   2. waits until every CPU has left the section it was in
 *      (evtchn_wait_senders()),
 *   3. and only then clears the pending bit, drops the references of the domains
 *      and overwrites or reuses the row.
 *
 * The mark and the new state are each followed by a full barrier, before the
 * other's state and mark are read: either the sender sees the new state, or the
 * closer sees the mark.  So within a section:
 *
 *   - what the state says of the row's other fields holds.  A bind writes the
 *     fields before the state; while the state said otherwise, nobody read them;
 *   - the domain at the other end lives, with its shared pages, vCPUs and
 *     queues: all its ports are closed before it gives back any of them;
 *   - no event reaches a port after it was closed, so a port that is opened
 *     anew has nothing pending that would swallow its first event.
 *
 * The other end of a channel may still be UNBOUND or RESERVED when the first
 * events come: its row exists and is about to be bound, under the locks that
 * bind both.
 *
 * Sections do not nest and need no lock of level e or below (DEBUG builds treat
 * them as holding e), so the wait of one that holds e ends.  They may spin on
 * locks above it; whoever waits answers TLB flushes (smp_poll()).  Interrupts
 * are off all the time.
 *
 * Several CPUs can now raise the same port at once.  With two levels one of them
 * finds the bit clear, and selects and wakes; the others are done, as their
 * event is seen by whoever clears the bit.  With FIFO the queue's lock orders
 * them.  A vCPU that polls or blocks says so before it looks at the bits, and a
 * sender sets the bit before it looks for pollers.  Over to FIFO: see
 * evtchn_2l_raise(); back from it only when no port is open.
 */
#include "core/evtchn_internal.h"
#include "core/guest_copy.h"
#include "debug.h"
#include "lib/printf.h"
#include "x86/tlb.h"

bool evtchn_is_global(unsigned int virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG &&
	       virq != VIRQ_XENOPROF && virq != VIRQ_XENPMU;
}

bool evtchn_upcall_pending(const struct vcpu *v)
{
	return READ_ONCE(v->info->evtchn_upcall_pending);
}

void evtchn_mark_pending(struct vcpu *v)
{
	if (__atomic_exchange_n(&v->info->evtchn_upcall_pending, 1,
				__ATOMIC_SEQ_CST))
		return;
	perf_count(events_raised);
	sched_wake(v);
	v->domain->kind->event_pending(v);
	/* The way back to the guest looks at the flag. */
	if (READ_ONCE(v->running) && v != current)
		cpu_kick(READ_ONCE(v->cpu), 0);
}

/* vCPUs in SCHEDOP_poll look again themselves; masks do not matter to them. */
static void wake_pollers(struct domain *d)
{
	struct vcpu *v;

	for_each_vcpu(d, v)
		if (READ_ONCE(v->flags) & VCPU_POLLING)
			sched_wake(v);
}

/* --- sections ------------------------------------------------------------------ */

static inline void section_begin(struct cpu *me)
{
	if (debug)
		lock_note(LOCK_EVTCHN);
	__atomic_fetch_add(&me->sending, 1, __ATOMIC_SEQ_CST);
}

/* Stores keep their order: the events are raised before the mark goes. */
static inline void section_end(struct cpu *me)
{
	barrier();
	me->sending++;
	barrier();
	if (debug)
		lock_unnote(LOCK_EVTCHN);
}

void evtchn_wait_senders(void)
{
	unsigned int id;

	lock_may_wait(LOCK_EVTCHN + 1);
	smp_mb();
	for_each_cpu(id, &cpu_online_mask) {
		const struct cpu *c = cpu_by_id(id);
		u32 seen = READ_ONCE(c->sending);

		while (seen & 1 && READ_ONCE(c->sending) == seen) {
			cpu_relax();
			smp_poll();
		}
	}
	barrier();
}

/* --- raising -------------------------------------------------------------------- */

/*
 * The channel is in use and stays so: the caller is in a section, or holds the
 * lock of @d or that of the domain at the other end.
 */
void evtchn_raise(struct domain *d, struct evtchn *c)
{
	bool newly;

	/* A domain that is being built may have no vCPUs yet. */
	if (!evtchn_target(d, c))
		return;
	if (READ_ONCE(d->evtchn.fifo) || !evtchn_2l_raise(d, c, &newly))
		evtchn_fifo_raise(d, c, &newly);
	if (newly && unlikely(READ_ONCE(d->evtchn.pollers)))
		wake_pollers(d);
}

static inline void raise(struct domain *d, struct evtchn *c, u32 port)
{
	if (!evtchn_2l_is_raised(d, port))
		evtchn_raise(d, c);
}

void evtchn_unmask(struct domain *d, struct evtchn *c)
{
	if (d->evtchn.fifo)
		evtchn_fifo_unmask(d, c);
	else
		evtchn_2l_unmask(d, c);
}

bool evtchn_word_pending(struct domain *d, const struct evtchn *c)
{
	return d->evtchn.fifo ? evtchn_fifo_pending(d, c)
			      : evtchn_2l_pending(d, c->port);
}

bool evtchn_word_masked(struct domain *d, const struct evtchn *c)
{
	return d->evtchn.fifo ? evtchn_fifo_masked(d, c->port)
			      : evtchn_2l_masked(d, c->port);
}

/* --- senders --------------------------------------------------------------------- */

static __inlined int send(struct cpu *me, struct domain *d, u32 port)
{
	struct evtchn *c;
	struct domain *to;
	int rc = 0;

	me->perf.events[PERF_events_sent]++;
	section_begin(me);
	c = evtchn_find(d, port);
	switch (c ? READ_ONCE(c->state) : ECS_FREE) {
	case ECS_INTERDOMAIN:
		to = c->interdomain.remote;
		port = c->interdomain.port;
		raise(to, evtchn_row(to, port), port);
		break;
	case ECS_IPI:
		raise(d, c, port);
		break;
	case ECS_UNBOUND:
		break;
	default:
		rc = -EINVAL;
	}
	section_end(me);
	return rc;
}

int evtchn_send(struct domain *d, u32 port)
{
	return send(this_cpu(), d, port);
}

/* The most frequent of all operations has a way of its own. */
long evtchn_send_op(gva_t arg)
{
	u32 port;

	if (guest_read(&port, arg))
		return -EFAULT;
	return send(this_cpu(), current->domain, port);
}

_Static_assert(sizeof(evtchn_send_t) == sizeof(u32), "a port and nothing else");

/* Raise @port if it is what the caller thinks. */
static void send_as(struct domain *d, u32 port, u8 state)
{
	struct evtchn *c = evtchn_find(d, port);

	if (c && READ_ONCE(c->state) == state)
		raise(d, c, port);
}

void evtchn_send_virq(struct vcpu *v, unsigned int virq)
{
	struct cpu *me = this_cpu();

	if (!READ_ONCE(v->virq_port[virq]))
		return;
	section_begin(me);
	/* Read in the section: it is 0 before the port gets another use. */
	send_as(v->domain, READ_ONCE(v->virq_port[virq]), ECS_VIRQ);
	section_end(me);
}

void evtchn_send_global_virq(unsigned int virq)
{
	struct vcpu *v = dom0 ? vcpu_get(dom0, 0) : NULL;

	if (v)
		evtchn_send_virq(v, virq);
}

void evtchn_send_pirq(struct domain *d, u32 port)
{
	struct cpu *me = this_cpu();

	section_begin(me);
	send_as(d, port, ECS_PIRQ);
	section_end(me);
}

int evtchn_is_pending(struct domain *d, u32 port)
{
	struct evtchn *c;
	int pending = -EINVAL;

	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, port);
	if (c)
		pending = evtchn_word_pending(d, c);
	spin_unlock(&d->evtchn.lock);
	return pending;
}
