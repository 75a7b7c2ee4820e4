/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains as event channels see them. */
#include <stdlib.h>

#include "tests/unit/fake_domain.h"

#include "core/pirq.h"
#include "lib/errno.h"

struct domain *domain_dom0;
static struct domain *domains[FAKE_DOMAINS];
unsigned int fake_wakes;
static u32 pirq_ports[NR_PIRQS];

void (*fake_event_hook)(struct vcpu *v);

static void event_pending(struct vcpu *v)
{
	if (fake_event_hook)
		fake_event_hook(v);
}

static const struct guest_kind fake_kind = {
	.name = "fake", .event_pending = event_pending
};

struct domain *fake_domain(unsigned int id, unsigned int vcpus, u32 max_port)
{
	struct domain *d = calloc(1, sizeof(*d));

	d->id = id;
	d->kind = &fake_kind;
	d->refs = 1;
	d->max_vcpus = vcpus;
	d->privileged = id == 0;
	d->shared = fake_page(&d->shared_mfn);
	d->vcpus = calloc(vcpus, sizeof(d->vcpus[0]));
	d->evtchn.max_port = max_port + 1;
	if (evtchn_init(d))
		abort();
	for (unsigned int i = 0; i < vcpus; i++) {
		struct vcpu *v = calloc(1, sizeof(*v));

		v->id = i;
		v->domain = d;
		v->info = (struct vcpu_info *)&d->shared->vcpu_info[i];
		d->vcpus[i] = v;
	}
	if (id == 0) {
		domain_dom0 = d;
		d->pirqs = calloc(1, sizeof(struct pirq));
	}
	domains[id] = d;
	return d;
}

void fake_domain_free(struct domain *d)
{
	evtchn_free(d);
	for (unsigned int i = 0; i < d->max_vcpus; i++)
		free(d->vcpus[i]);
	free(d->vcpus);
	free(d->shared);
	free(d->pirqs);
	domains[d->id] = NULL;
	free(d);
}

void fake_run(struct domain *d, unsigned int v)
{
	struct cpu *c = this_cpu();

	if (c->current_vcpu)
		c->current_vcpu->running = false;
	c->current_vcpu = d->vcpus[v];
	c->current_vcpu->running = true;
}

void sched_wake(struct vcpu *v)
{
	if (v->flags & VCPU_POLLING)
		v->domain->evtchn.pollers--;
	if (v->flags & VCPU_BLOCKED)
		fake_wakes++;
	v->flags &= ~(VCPU_BLOCKED | VCPU_POLLING);
}

struct vcpu *vcpu_get(struct domain *d, unsigned int id)
{
	return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

struct domain *domain_get(unsigned int id)
{
	if (id >= FAKE_DOMAINS || !domains[id])
		return NULL;
	domain_hold(domains[id]);
	return domains[id];
}

void domain_hold(struct domain *d)
{
	__atomic_fetch_add(&d->refs, 1, __ATOMIC_SEQ_CST);
}

void domain_put(struct domain *d)
{
	__atomic_fetch_sub(&d->refs, 1, __ATOMIC_SEQ_CST);
}

struct domain *domain_get_target(domid_t id, int *err)
{
	struct domain *self = current->domain;

	if (id == DOMID_SELF)
		id = self->id;
	*err = -EPERM;
	if (id != self->id && !self->privileged)
		return NULL;
	*err = -ESRCH;
	return domain_get(id);
}

int pirq_guest_bind(struct domain *d, unsigned int pirq, u32 port, bool share)
{
	(void)d;
	(void)share;
	if (pirq_ports[pirq])
		return -EEXIST;
	pirq_ports[pirq] = port;
	return 0;
}

void pirq_guest_unbind(struct domain *d, unsigned int pirq)
{
	(void)d;
	pirq_ports[pirq] = 0;
}

void pirq_set_affinity(struct domain *d, unsigned int pirq, unsigned int cpu)
{
	(void)d;
	(void)pirq;
	(void)cpu;
}
