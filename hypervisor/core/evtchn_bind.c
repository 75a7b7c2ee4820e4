/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels: new ports and what they are bound to. */
#include "core/evtchn_internal.h"
#include "core/pirq.h"

int evtchn_alloc_unbound(evtchn_alloc_unbound_t *op)
{
	struct domain *self = current->domain, *d = self;
	struct evtchn *c __uninitialized;
	int rc __uninitialized;

	if (op->dom != DOMID_SELF) {
		d = domain_get_target(op->dom, &rc);
		if (!d)
			return rc;
	}
	spin_lock(&d->evtchn.lock);
	rc = evtchn_alloc(d, &c);
	if (!rc) {
		c->unbound.domid = op->remote_dom == DOMID_SELF ?
				   self->id : op->remote_dom;
		evtchn_set_state(c, ECS_UNBOUND);
		op->port = c->port;
	}
	spin_unlock(&d->evtchn.lock);
	if (op->dom != DOMID_SELF)
		domain_put(d);
	return rc;
}

/* Both locks are held. */
static int join(struct domain *ld, struct domain *rd, u32 rport, u32 *lport)
{
	struct evtchn *l, *r = evtchn_at(rd, rport);
	int rc;

	if (!r || r->state != ECS_UNBOUND || r->unbound.domid != ld->id)
		return -EINVAL;
	rc = evtchn_alloc(ld, &l);
	if (rc)
		return rc;
	domain_hold(rd);
	l->interdomain.remote = rd;
	l->interdomain.port = rport;
	evtchn_set_state(l, ECS_INTERDOMAIN);
	domain_hold(ld);
	r->interdomain.remote = ld;
	r->interdomain.port = l->port;
	evtchn_set_state(r, ECS_INTERDOMAIN);
	*lport = l->port;
	/* What was sent to the unbound port is lost: look once. */
	evtchn_raise(ld, l);
	return 0;
}

int evtchn_bind_interdomain(evtchn_bind_interdomain_t *op)
{
	struct domain *ld = current->domain;
	unsigned int id = op->remote_dom == DOMID_SELF ? ld->id
						       : op->remote_dom;
	struct domain *rd = domain_get(id);
	int rc;

	if (!rd)
		return -ESRCH;
	spin_lock_pair(&ld->evtchn.lock, &rd->evtchn.lock);
	rc = join(ld, rd, op->remote_port, &op->local_port);
	spin_unlock_pair(&ld->evtchn.lock, &rd->evtchn.lock);
	domain_put(rd);
	return rc;
}

int evtchn_bind_virq(evtchn_bind_virq_t *op)
{
	struct domain *d = current->domain;
	struct evtchn *c;
	struct vcpu *v;
	int rc;

	if (op->virq >= NR_VIRQS ||
	    (evtchn_is_global(op->virq) && op->vcpu != 0))
		return -EINVAL;
	v = vcpu_get(d, op->vcpu);
	if (!v)
		return -ENOENT;
	spin_lock(&d->evtchn.lock);
	rc = v->virq_port[op->virq] ? -EEXIST : evtchn_alloc(d, &c);
	if (!rc) {
		c->virq = op->virq;
		c->vcpu = op->vcpu;
		evtchn_set_state(c, ECS_VIRQ);
		op->port = c->port;
		WRITE_ONCE(v->virq_port[op->virq], c->port);
	}
	spin_unlock(&d->evtchn.lock);
	return rc;
}

int evtchn_bind_ipi(evtchn_bind_ipi_t *op)
{
	struct domain *d = current->domain;
	struct evtchn *c;
	int rc;

	if (!vcpu_get(d, op->vcpu))
		return -ENOENT;
	spin_lock(&d->evtchn.lock);
	rc = evtchn_alloc(d, &c);
	if (!rc) {
		c->vcpu = op->vcpu;
		evtchn_set_state(c, ECS_IPI);
		op->port = c->port;
	}
	spin_unlock(&d->evtchn.lock);
	return rc;
}

int evtchn_bind_pirq(evtchn_bind_pirq_t *op)
{
	struct domain *d = current->domain;
	struct evtchn *c;
	int rc;

	if (op->pirq >= NR_PIRQS)
		return -EINVAL;
	if (!d->pirqs)
		return -EPERM;
	spin_lock(&d->evtchn.lock);
	rc = evtchn_alloc(d, &c);
	if (rc)
		goto out;
	/* It may fire before we are back here. */
	c->pirq.irq = op->pirq;
	evtchn_set_state(c, ECS_PIRQ);
	rc = pirq_guest_bind(d, op->pirq, c->port,
			     op->flags & BIND_PIRQ__WILL_SHARE);
	if (rc)
		evtchn_release(d, c);
	else
		op->port = c->port;
out:
	spin_unlock(&d->evtchn.lock);
	return rc;
}
