/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIFO delivery.  A word per port in pages that the guest gave, linked into
 * queues, one for each vCPU and priority; the guest takes from the head, we
 * add at the tail.  Words belong to the guest: it may write anything any time,
 * so nothing in them is trusted, and loops on them are bounded.
 *
 * Under a queue's lock: PENDING is set, the word linked, and the tail moved.  A
 * port whose vCPU or priority changed may be the tail of the queue that it
 * was in last: both are locked then.
 */
#include "core/evtchn_fifo.h"

/* Tries before the guest is asked (BUSY) to keep its hands off, and after. */
#define LINK_TRIES	4

static struct fifo_queue *queue_of(const struct domain *d, unsigned int vcpu,
				   unsigned int priority)
{
	struct vcpu *v = d->vcpus[vcpu];
	struct evtchn_fifo_vcpu *f = v ? READ_ONCE(v->fifo) : NULL;

	return f ? &f->queues[priority] : NULL;
}

static bool word_test_and_set(u32 *w, u32 bit)
{
	return __atomic_fetch_or(w, bit, __ATOMIC_SEQ_CST) & bit;
}

static bool try_link(u32 *w, u32 port, bool *done)
{
	u32 old = READ_ONCE(*w);
	u32 new = (old & ~(u32)(FIFO_B | EVTCHN_FIFO_LINK_MASK)) | port;

	if (!(old & FIFO_L)) {
		*done = false;
		return true;
	}
	*done = true;
	return __atomic_compare_exchange_n(w, &old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Link @port behind the word @w; false if that is in no queue any more. */
static bool set_link(u32 *w, u32 port)
{
	bool linked;

	for (unsigned int i = 0; i < LINK_TRIES; i++)
		if (try_link(w, port, &linked))
			return linked;
	word_test_and_set(w, FIFO_B);
	for (unsigned int i = 0; i < LINK_TRIES; i++) {
		if (!try_link(w, port, &linked))
			continue;
		if (!linked)
			__atomic_fetch_and(w, ~(u32)FIFO_B, __ATOMIC_SEQ_CST);
		return linked;
	}
	/* The guest writes where it must not: the loss is its own. */
	__atomic_fetch_and(w, ~(u32)FIFO_B, __ATOMIC_SEQ_CST);
	return true;
}

struct queues {
	struct fifo_queue *now, *last;	/* equal if it did not move */
	unsigned int vcpu, priority;
};

/* Lock the queue that @c belongs to and the one that it was in last. */
static bool queues_lock(const struct domain *d, const struct evtchn *c,
			struct queues *q)
{
	for (;;) {
		unsigned int vcpu = READ_ONCE(c->last_vcpu);
		unsigned int priority = READ_ONCE(c->last_priority);

		q->vcpu = READ_ONCE(c->vcpu);
		q->priority = READ_ONCE(c->priority);
		q->now = queue_of(d, q->vcpu, q->priority);
		q->last = queue_of(d, vcpu, priority);
		if (!q->now)
			return false;
		if (!q->last)
			q->last = q->now;
		spin_lock_pair(&q->now->lock, &q->last->lock);
		if (READ_ONCE(c->last_vcpu) == vcpu &&
		    READ_ONCE(c->last_priority) == priority)
			return true;
		spin_unlock_pair(&q->now->lock, &q->last->lock);
	}
}

/* Add the word that was just marked LINKED. True: it became the head. */
static bool append(struct domain *d, struct evtchn *c, struct queues *q)
{
	struct evtchn_fifo_vcpu *f = d->vcpus[q->vcpu]->fifo;
	bool linked = false;

	/* It was the last one there, and the guest has taken it out. */
	if (q->last->tail == c->port)
		q->last->tail = 0;
	if (q->last != q->now) {
		WRITE_ONCE(c->last_vcpu, q->vcpu);
		WRITE_ONCE(c->last_priority, q->priority);
	}
	if (q->now->tail) {
		u32 *tail = fifo_word(d, q->now->tail);

		linked = tail && set_link(tail, c->port);
	}
	if (!linked)
		WRITE_ONCE(f->block->head[q->priority], c->port);
	q->now->tail = c->port;
	return !linked;
}

/*
 * Raised, and in a queue or masked: the guest will see it when it takes the word
 * from the queue, or unmasks it.
 */
static bool is_raised(u32 w)
{
	return w & FIFO_P && w & (FIFO_L | FIFO_M);
}

void evtchn_fifo_raise(struct domain *d, struct evtchn *c, bool *newly)
{
	u32 *w = fifo_word(d, c->port);
	struct queues q;
	bool head = false;

	if (!w) {
		*newly = !c->pending;
		c->pending = true;
		smp_mb();
		/* The page may have come just now. */
		w = fifo_word(d, c->port);
		if (!w)
			return;
	}
	if (is_raised(READ_ONCE(*w))) {
		*newly = false;
		return;
	}
	if (!queues_lock(d, c, &q)) {
		/* No queue yet; the vCPU's guest looks at the bit itself. */
		*newly = !word_test_and_set(w, FIFO_P);
		return;
	}
	*newly = !word_test_and_set(w, FIFO_P);
	if (!(READ_ONCE(*w) & FIFO_M) && !word_test_and_set(w, FIFO_L))
		head = append(d, c, &q);
	spin_unlock_pair(&q.now->lock, &q.last->lock);
	if (head) {
		struct vcpu *v = d->vcpus[q.vcpu];

		if (!word_test_and_set(&v->fifo->block->ready,
				       BIT(q.priority)))
			evtchn_mark_pending(v);
	}
}

void evtchn_fifo_clear(struct domain *d, struct evtchn *c)
{
	u32 *w = fifo_word(d, c->port);

	c->pending = false;
	if (w)
		__atomic_fetch_and(w, ~(u32)FIFO_P, __ATOMIC_SEQ_CST);
}

void evtchn_fifo_unmask(struct domain *d, struct evtchn *c)
{
	u32 *w = fifo_word(d, c->port);
	bool newly;

	if (!w)
		return;
	if (__atomic_fetch_and(w, ~(u32)FIFO_M, __ATOMIC_SEQ_CST) & FIFO_P)
		evtchn_fifo_raise(d, c, &newly);
}

bool evtchn_fifo_pending(const struct domain *d, const struct evtchn *c)
{
	const u32 *w = fifo_word(d, c->port);

	return w ? READ_ONCE(*w) & FIFO_P : c->pending;
}

bool evtchn_fifo_masked(const struct domain *d, u32 port)
{
	const u32 *w = fifo_word(d, port);

	return !w || READ_ONCE(*w) & FIFO_M;
}

bool evtchn_fifo_busy(const struct domain *d, u32 port)
{
	const u32 *w = fifo_word(d, port);

	return w && READ_ONCE(*w) & FIFO_L;
}
