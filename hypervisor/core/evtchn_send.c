/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels: raising events, from guests, timers and interrupts. */
#include "core/evtchn_internal.h"
#include "lib/printf.h"

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

/*
 * The channel is in use and stays so: the caller holds the lock of @d, or
 * that of the domain at the other end.
 */
void evtchn_raise(struct domain *d, struct evtchn *c)
{
	bool newly;

	perf_count(events_sent);
	/* A domain that is being built may have no vCPUs yet. */
	if (!evtchn_target(d, c))
		return;
	if (READ_ONCE(d->evtchn.fifo) || !evtchn_2l_raise(d, c, &newly))
		evtchn_fifo_raise(d, c, &newly);
	if (newly && unlikely(READ_ONCE(d->evtchn.pollers)))
		wake_pollers(d);
}

void evtchn_clear_pending(struct domain *d, struct evtchn *c)
{
	if (d->evtchn.fifo)
		evtchn_fifo_clear(d, c);
	else
		evtchn_2l_clear(d, c->port);
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

bool evtchn_word_busy(struct domain *d, const struct evtchn *c)
{
	return d->evtchn.fifo && evtchn_fifo_busy(d, c->port);
}

int evtchn_send(struct domain *d, u32 port)
{
	struct evtchn *c, *other;
	int rc = 0;

	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, port);
	switch (c ? c->state : ECS_FREE) {
	case ECS_INTERDOMAIN:
		/* Both ends close under both locks: ours holds the other. */
		other = evtchn_at(c->interdomain.remote, c->interdomain.port);
		evtchn_raise(c->interdomain.remote, other);
		break;
	case ECS_IPI:
		evtchn_raise(d, c);
		break;
	case ECS_UNBOUND:
		break;
	default:
		rc = -EINVAL;
	}
	spin_unlock(&d->evtchn.lock);
	return rc;
}

void evtchn_send_virq(struct vcpu *v, unsigned int virq)
{
	struct domain *d = v->domain;
	struct evtchn *c;

	if (!READ_ONCE(v->virq_port[virq]))
		return;
	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, v->virq_port[virq]);
	if (c && c->state == ECS_VIRQ)
		evtchn_raise(d, c);
	spin_unlock(&d->evtchn.lock);
}

void evtchn_send_global_virq(unsigned int virq)
{
	struct vcpu *v = dom0 ? vcpu_get(dom0, 0) : NULL;

	if (v)
		evtchn_send_virq(v, virq);
}

void evtchn_send_pirq(struct domain *d, u32 port)
{
	struct evtchn *c;

	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, port);
	if (c && c->state == ECS_PIRQ)
		evtchn_raise(d, c);
	spin_unlock(&d->evtchn.lock);
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
