/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels: the table of ports, its hypercall, its end.
 *
 * A port's row changes under its domain's lock; an interdomain channel is
 * made and closed under both locks, so that each end may rely on the other
 * while it holds its own.  Such a row holds a reference of the other domain.
 * Senders take no lock; what that asks of binding and closing stands in
 * evtchn_send.c.
 */
#include "core/evtchn_internal.h"
#include "core/guest_copy.h"
#include "core/pirq.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"

/* --- ports ------------------------------------------------------------------- */

int evtchn_init(struct domain *d)
{
	spin_lock_init(&d->evtchn.lock, LOCK_EVTCHN);
	d->evtchn.first_free = 1;
	d->evtchn.kill_port = 1;
	d->evtchn.buckets = heap_zalloc(EVTCHN_BUCKETS *
					sizeof(d->evtchn.buckets[0]));
	return d->evtchn.buckets ? 0 : -ENOMEM;
}

void evtchn_free(struct domain *d)
{
	if (!d->evtchn.buckets)
		return;
	for (unsigned int i = 0; i < EVTCHN_BUCKETS; i++)
		heap_zfree(d->evtchn.buckets[i]);
	heap_zfree(d->evtchn.buckets);
	d->evtchn.buckets = NULL;
}

static int bucket_create(struct domain *d, u32 port)
{
	u32 first = ROUND_DOWN(port, (u32)EVTCHN_BUCKET);
	struct evtchn *b = heap_zalloc(EVTCHN_BUCKET * sizeof(*b));

	if (!b)
		return -ENOMEM;
	for (u32 i = 0; i < EVTCHN_BUCKET; i++) {
		b[i].port = first + i;
		b[i].priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
		b[i].last_priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
	}
	smp_wmb();
	WRITE_ONCE(d->evtchn.buckets[first / EVTCHN_BUCKET], b);
	return 0;
}

static struct evtchn *row_or_new(struct domain *d, u32 port)
{
	if (unlikely(!d->evtchn.buckets[port / EVTCHN_BUCKET]) &&
	    bucket_create(d, port))
		return NULL;
	return evtchn_row(d, port);
}

int evtchn_alloc(struct domain *d, struct evtchn **out)
{
	u32 limit = evtchn_limit(d);

	if (d->dying)
		return -EINVAL;
	for (u32 port = d->evtchn.first_free; port < limit; port++) {
		struct evtchn *c = row_or_new(d, port);

		if (!c)
			return -ENOMEM;
		if (c->state != ECS_FREE) {
			if (port == d->evtchn.first_free)
				d->evtchn.first_free++;
			continue;
		}
		/* A guest may still have it in a queue: not yet. */
		if (evtchn_word_busy(d, c))
			continue;
		evtchn_set_state(c, ECS_RESERVED);
		c->vcpu = 0;
		c->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
		c->pending = false;
		d->evtchn.count++;
		*out = c;
		return 0;
	}
	return -ENOSPC;
}

void evtchn_release(struct domain *d, struct evtchn *c)
{
	evtchn_clear_pending(d, c);
	evtchn_set_state(c, ECS_FREE);
	c->pending = false;
	c->vcpu = 0;
	d->evtchn.count--;
	d->evtchn.first_free = min(d->evtchn.first_free, c->port);
}

/* --- closing ------------------------------------------------------------------- */

/*
 * No event is sent by or to @c any more; its other end becomes unbound.  All
 * locks are held.
 */
static __noinline void end_use(struct domain *d, struct evtchn *c)
{
	struct domain *rd = NULL;
	struct evtchn *r = NULL;

	if (c->state == ECS_INTERDOMAIN) {
		rd = c->interdomain.remote;
		r = evtchn_row(rd, c->interdomain.port);
		evtchn_set_state(r, ECS_UNBOUND);
	}
	evtchn_set_state(c, ECS_RESERVED);
	evtchn_wait_senders();
	if (!rd)
		return;
	r->unbound.domid = d->id;
	/* The two references that the channel held. */
	domain_put(d);
	domain_put(rd);
}

static void unbind_virq(struct domain *d, const struct evtchn *c)
{
	struct vcpu *v;

	for_each_vcpu(d, v)
		if (v->virq_port[c->virq] == c->port)
			WRITE_ONCE(v->virq_port[c->virq], 0);
}

static bool is_far(const struct domain *d, const struct evtchn *c)
{
	return c->state == ECS_INTERDOMAIN && c->interdomain.remote != d;
}

/*
 * @d is locked: lock the domain at the other end of @c besides, if there is one.
 * @d may be unlocked meanwhile.
 */
static struct domain *lock_far_end(struct domain *d, const struct evtchn *c)
{
	while (is_far(d, c)) {
		struct domain *rd = c->interdomain.remote;

		domain_hold(rd);
		spin_unlock(&d->evtchn.lock);
		spin_lock_pair(&d->evtchn.lock, &rd->evtchn.lock);
		if (is_far(d, c) && c->interdomain.remote == rd)
			return rd;
		spin_unlock(&rd->evtchn.lock);
		domain_put(rd);
	}
	return NULL;
}

/* All locks are held. */
static int close_port(struct domain *d, struct evtchn *c)
{
	if (c->state == ECS_FREE || c->state == ECS_RESERVED)
		return -EINVAL;
	if (c->state == ECS_PIRQ)
		pirq_guest_unbind(d, c->pirq.irq);
	else if (c->state == ECS_VIRQ)
		unbind_virq(d, c);
	if (c->state != ECS_UNBOUND)
		end_use(d, c);
	evtchn_release(d, c);
	return 0;
}

int evtchn_close(struct domain *d, u32 port)
{
	struct domain *rd = NULL;
	struct evtchn *c;
	int rc = -EINVAL;

	spin_lock(&d->evtchn.lock);
	c = evtchn_find(d, port);
	if (c) {
		if (unlikely(is_far(d, c)))
			rd = lock_far_end(d, c);
		rc = close_port(d, c);
	}
	if (unlikely(rd)) {
		spin_unlock(&rd->evtchn.lock);
		domain_put(rd);
	}
	spin_unlock(&d->evtchn.lock);
	return rc;
}

/* Close all ports from *@from on. -ERESTART: *@from is where to go on. */
static int close_from(struct domain *d, u32 *from)
{
	for (u32 port = *from; port < PORTS_FIFO; port++) {
		if (!d->evtchn.buckets[port / EVTCHN_BUCKET]) {
			port |= EVTCHN_BUCKET - 1;
			continue;
		}
		evtchn_close(d, port);
		if (port % 256 == 0 && hypercall_preempt()) {
			*from = port + 1;
			return -ERESTART;
		}
	}
	return 0;
}

/* Ports that another vCPU opened meanwhile stay as they are. */
static void leave_fifo(struct domain *d)
{
	spin_lock(&d->evtchn.lock);
	if (d->evtchn.fifo && !d->evtchn.count)
		evtchn_fifo_leave(d);
	spin_unlock(&d->evtchn.lock);
}

/*
 * The end closes all there is, however far a reset had come: its place is its
 * own.  The locks are taken so that whoever found the domain alive has its
 * port before the first is closed; others see it dying and get none.
 */
int evtchn_destroy(struct domain *d)
{
	int rc;

	spin_lock(&d->evtchn.lock);
	spin_unlock(&d->evtchn.lock);
	rc = close_from(d, &d->evtchn.kill_port);
	if (rc)
		return rc;
	/* A peer's send would reach pages that are given back next. */
	BUG_ON(d->evtchn.count);
	leave_fifo(d);
	return 0;
}

/* --- questions and small changes --------------------------------------------------- */

static void status_of(const struct evtchn *c, evtchn_status_t *op)
{
	op->vcpu = c->vcpu;
	switch (c->state) {
	case ECS_UNBOUND:
		op->status = EVTCHNSTAT_unbound;
		op->u.unbound.dom = c->unbound.domid;
		break;
	case ECS_INTERDOMAIN:
		op->status = EVTCHNSTAT_interdomain;
		op->u.interdomain.dom = c->interdomain.remote->id;
		op->u.interdomain.port = c->interdomain.port;
		break;
	case ECS_PIRQ:
		op->status = EVTCHNSTAT_pirq;
		op->u.pirq = c->pirq.irq;
		break;
	case ECS_VIRQ:
		op->status = EVTCHNSTAT_virq;
		op->u.virq = c->virq;
		break;
	case ECS_IPI:
		op->status = EVTCHNSTAT_ipi;
		break;
	default:
		op->status = EVTCHNSTAT_closed;
	}
}

static int op_status(evtchn_status_t *op)
{
	const struct evtchn *c;
	int rc;
	struct domain *d = domain_get_target(op->dom, &rc);

	if (!d)
		return rc;
	rc = -EINVAL;
	spin_lock(&d->evtchn.lock);
	/* Ports that were never used may have no row yet. */
	if (op->port < evtchn_limit(d)) {
		c = evtchn_at(d, op->port);
		if (c)
			status_of(c, op);
		else
			op->status = EVTCHNSTAT_closed;
		rc = 0;
	}
	spin_unlock(&d->evtchn.lock);
	domain_put(d);
	return rc;
}

static int op_bind_vcpu(const evtchn_bind_vcpu_t *op)
{
	struct domain *d = current->domain;
	struct vcpu *v = vcpu_get(d, op->vcpu);
	struct evtchn *c;
	int rc = 0;

	if (!v)
		return -ENOENT;
	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, op->port);
	switch (c ? c->state : ECS_FREE) {
	case ECS_VIRQ:
		if (!evtchn_is_global(c->virq))
			rc = -EINVAL;
		break;
	case ECS_UNBOUND:
	case ECS_INTERDOMAIN:
		break;
	case ECS_PIRQ:
		pirq_set_affinity(d, c->pirq.irq, v->cpu);
		break;
	default:
		rc = -EINVAL;
	}
	if (!rc)
		WRITE_ONCE(c->vcpu, op->vcpu);
	spin_unlock(&d->evtchn.lock);
	return rc;
}

static int op_unmask(const evtchn_unmask_t *op)
{
	struct domain *d = current->domain;
	struct evtchn *c;

	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, op->port);
	if (c)
		evtchn_unmask(d, c);
	spin_unlock(&d->evtchn.lock);
	return c ? 0 : -EINVAL;
}

static int op_set_priority(const evtchn_set_priority_t *op)
{
	struct domain *d = current->domain;
	struct evtchn *c;
	int rc = -EINVAL;

	spin_lock(&d->evtchn.lock);
	c = evtchn_at(d, op->port);
	if (!d->evtchn.fifo) {
		rc = -ENOSYS;
	} else if (c && op->priority <= EVTCHN_FIFO_PRIORITY_MIN) {
		c->priority = op->priority;
		rc = 0;
	}
	spin_unlock(&d->evtchn.lock);
	return rc;
}

/*
 * The command's upper bits hold the first port still to be closed when the call
 * was preempted, as those of memory_op do: so each caller has a place of its
 * own, and a guest that makes one up leaves ports of its own open, no more.
 */
#define CMD_BITS	8

_Static_assert((u64)PORTS_FIFO << CMD_BITS <= 0x7fffffff,
	       "a port fits into the rest of the command");

static __noinline long op_reset(u32 from, gva_t arg)
{
	evtchn_reset_t op;
	struct domain *d;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	d = domain_get_target(op.dom, &rc);
	if (!d)
		return rc;
	from = max(from, 1U);
	rc = close_from(d, &from);
	if (!rc)
		leave_fifo(d);
	domain_put(d);
	if (rc == -ERESTART)
		return hypercall_restart(EVTCHNOP_reset | from << CMD_BITS,
					 arg.v, 0, 0);
	return rc;
}

/* --- the hypercall -------------------------------------------------------------------- */

union evtchn_args {
	evtchn_alloc_unbound_t alloc_unbound;
	evtchn_bind_interdomain_t bind_interdomain;
	evtchn_bind_virq_t bind_virq;
	evtchn_bind_pirq_t bind_pirq;
	evtchn_bind_ipi_t bind_ipi;
	evtchn_close_t close;
	evtchn_send_t send;
	evtchn_status_t status;
	evtchn_bind_vcpu_t bind_vcpu;
	evtchn_unmask_t unmask;
	evtchn_init_control_t init_control;
	evtchn_expand_array_t expand_array;
	evtchn_set_priority_t set_priority;
};

#define OP(name, call) \
	static int do_##name(union evtchn_args *a) { return call; }
OP(alloc_unbound, evtchn_alloc_unbound(&a->alloc_unbound))
OP(bind_interdomain, evtchn_bind_interdomain(&a->bind_interdomain))
OP(bind_virq, evtchn_bind_virq(&a->bind_virq))
OP(bind_pirq, evtchn_bind_pirq(&a->bind_pirq))
OP(bind_ipi, evtchn_bind_ipi(&a->bind_ipi))
OP(close, evtchn_close(current->domain, a->close.port))
OP(status, op_status(&a->status))
OP(bind_vcpu, op_bind_vcpu(&a->bind_vcpu))
OP(unmask, op_unmask(&a->unmask))
OP(init_control, evtchn_fifo_init(&a->init_control))
OP(expand_array, evtchn_fifo_expand(a->expand_array.array_gfn))
OP(set_priority, op_set_priority(&a->set_priority))
#undef OP

static const struct op {
	int (*run)(union evtchn_args *a);
	u8 size;
	bool copy_back;
} ops[] = {
#define OP(name, back) [EVTCHNOP_##name] = \
	{ do_##name, sizeof(evtchn_##name##_t), back }
	OP(bind_interdomain, true),
	OP(bind_virq, true),
	OP(bind_pirq, true),
	OP(close, false),
	OP(status, true),
	OP(alloc_unbound, true),
	OP(bind_ipi, true),
	OP(bind_vcpu, false),
	OP(unmask, false),
	OP(init_control, true),
	OP(expand_array, false),
	OP(set_priority, false),
#undef OP
};

static __noinline long other_op(unsigned int cmd, gva_t arg)
{
	union evtchn_args a __uninitialized;
	const struct op *op;
	int rc;

	if (cmd >= ARRAY_SIZE(ops) || !ops[cmd].run)
		return -ENOSYS;
	op = &ops[cmd];
	if (copy_from_guest(&a, arg, op->size))
		return -EFAULT;
	rc = op->run(&a);
	if (!rc && op->copy_back && copy_to_guest(arg, &a, op->size))
		return -EFAULT;
	return rc;
}

long evtchn_op(int cmd, gva_t arg)
{
	if (likely(cmd == EVTCHNOP_send))
		return evtchn_send_op(arg);
	if ((cmd & ((1 << CMD_BITS) - 1)) == EVTCHNOP_reset)
		return op_reset((u32)cmd >> CMD_BITS, arg);
	return other_op(cmd, arg);
}
