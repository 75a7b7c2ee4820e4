/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIFO delivery: the pages that the guest gives, and the way back to 2-level.
 * Each page is held by a writable reference until all ports are closed.
 */
#include "core/evtchn_fifo.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/heap.h"

static struct evtchn_fifo_vcpu *fifo_vcpu_create(mfn_t m, u32 offset)
{
	struct evtchn_fifo_vcpu *f = heap_zalloc(sizeof(*f));

	if (!f)
		return NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(f->queues); i++)
		spin_lock_init(&f->queues[i].lock, LOCK_FIFO);
	f->block_mfn = m;
	f->block = mfn_to_virt(m) + offset;
	return f;
}

/* What is pending in two levels waits for its page. */
static void carry_over(struct domain *d)
{
	u32 limit = min((u32)shared_layout(d)->ports, d->evtchn.max_port);

	for (u32 port = 1; port < limit; port++) {
		struct evtchn *c = evtchn_at(d, port);

		if (!c)
			continue;
		c->last_vcpu = c->vcpu;
		c->last_priority = c->priority;
		if (evtchn_2l_pending(d, port))
			c->pending = true;
	}
}

static int enter_fifo(struct domain *d)
{
	struct evtchn_fifo *f;

	if (d->evtchn.fifo)
		return 0;
	f = heap_zalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	/* From now on senders see FIFO, or we see their bits. */
	__atomic_store_n(&d->evtchn.fifo, f, __ATOMIC_SEQ_CST);
	carry_over(d);
	return 0;
}

/* Ports of a vCPU that were raised while it had no queues. */
static void raise_unlinked(struct domain *d, unsigned int vcpu)
{
	u32 end = d->evtchn.fifo->pages * FIFO_PAGE_WORDS;

	for (u32 port = 1; port < end; port++) {
		struct evtchn *c = evtchn_at(d, port);
		bool newly;

		if (!c)
			port |= EVTCHN_BUCKET - 1;
		else if (c->state != ECS_FREE && c->vcpu == vcpu &&
			 evtchn_fifo_pending(d, c))
			evtchn_fifo_raise(d, c, &newly);
	}
}

static bool block_offset_ok(u32 offset)
{
	return offset <= PAGE_SIZE - sizeof(evtchn_fifo_control_block_t) &&
	       offset % 8 == 0;
}

int evtchn_fifo_init(evtchn_init_control_t *op)
{
	struct domain *d = current->domain;
	struct vcpu *v = vcpu_get(d, op->vcpu);
	struct evtchn_fifo_vcpu *f;
	mfn_t m = MFN(op->control_gfn);
	int rc = -EINVAL;

	op->link_bits = EVTCHN_FIFO_LINK_BITS;
	if (!v)
		return -ENOENT;
	if (!block_offset_ok(op->offset) || !frame_get_writable(m, d->id))
		return -EINVAL;
	f = fifo_vcpu_create(m, op->offset);
	spin_lock(&d->evtchn.lock);
	if (!v->fifo)
		rc = f ? enter_fifo(d) : -ENOMEM;
	if (!rc) {
		__atomic_store_n(&v->fifo, f, __ATOMIC_SEQ_CST);
		raise_unlinked(d, v->id);
	}
	spin_unlock(&d->evtchn.lock);
	if (rc) {
		heap_zfree(f);
		frame_put_writable(m);
	}
	return rc;
}

/* Ports that were raised before there was a page for them. */
static void raise_waiting(struct domain *d, u32 first)
{
	for (u32 port = first; port < first + FIFO_PAGE_WORDS; port++) {
		struct evtchn *c = evtchn_at(d, port);
		bool newly;

		if (!c || !c->pending)
			continue;
		c->pending = false;
		evtchn_fifo_raise(d, c, &newly);
	}
}

int evtchn_fifo_expand(u64 gfn)
{
	struct domain *d = current->domain;
	struct evtchn_fifo *f;
	mfn_t m = MFN(gfn);
	int rc = 0;

	if (!READ_ONCE(d->evtchn.fifo))
		return -EOPNOTSUPP;
	if (!frame_get_writable(m, d->id))
		return -EINVAL;
	spin_lock(&d->evtchn.lock);
	f = d->evtchn.fifo;
	if (!f) {
		rc = -EOPNOTSUPP;
	} else if (f->pages == FIFO_PAGES) {
		rc = -ENOSPC;
	} else {
		u32 page = f->pages++;

		f->mfns[page] = m;
		__atomic_store_n(&f->words[page], mfn_to_virt(m),
				 __ATOMIC_SEQ_CST);
		raise_waiting(d, page * FIFO_PAGE_WORDS);
	}
	spin_unlock(&d->evtchn.lock);
	if (rc)
		frame_put_writable(m);
	return rc;
}

void evtchn_fifo_leave(struct domain *d)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	struct vcpu *v;

	/* Bits from before FIFO would swallow a new port's first event. */
	memset(shared_pending_bits(d), 0, shared_layout(d)->ports / 8);
	WRITE_ONCE(d->evtchn.fifo, NULL);
	for_each_vcpu(d, v) {
		if (!v->fifo)
			continue;
		frame_put_writable(v->fifo->block_mfn);
		heap_zfree(v->fifo);
		v->fifo = NULL;
	}
	for (u32 i = 0; i < f->pages; i++)
		frame_put_writable(f->mfns[i]);
	heap_zfree(f);
	d->evtchn.first_free = 1;
	for (u32 i = 0; i < EVTCHN_BUCKETS; i++)
		for (u32 j = 0; d->evtchn.buckets[i] && j < EVTCHN_BUCKET; j++) {
			struct evtchn *c = &d->evtchn.buckets[i][j];

			c->last_vcpu = 0;
			c->last_priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
		}
}
