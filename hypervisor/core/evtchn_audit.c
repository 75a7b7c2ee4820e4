/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels: what they look like, and whether they are consistent. */
#include "core/evtchn_internal.h"
#include "lib/printf.h"

static const char *const state_names[] = {
	[ECS_FREE] = "free", [ECS_RESERVED] = "reserved",
	[ECS_UNBOUND] = "unbound", [ECS_INTERDOMAIN] = "interdomain",
	[ECS_PIRQ] = "pirq", [ECS_VIRQ] = "virq", [ECS_IPI] = "ipi"
};

static void dump_port(struct domain *d, struct evtchn *c)
{
	char what[40] = "";

	if (c->state == ECS_INTERDOMAIN)
		snprintf(what, sizeof(what), "d%u port %u",
			 c->interdomain.remote->id, c->interdomain.port);
	else if (c->state == ECS_UNBOUND)
		snprintf(what, sizeof(what), "for d%u", c->unbound.domid);
	else if (c->state == ECS_VIRQ)
		snprintf(what, sizeof(what), "%u", c->virq);
	else if (c->state == ECS_PIRQ)
		snprintf(what, sizeof(what), "%u", c->pirq.irq);
	pr_info("  port %u vcpu %u %s%s %s %s\n", c->port, c->vcpu,
		evtchn_word_pending(d, c) ? "P" : "-",
		evtchn_word_masked(d, c) ? "M" : "-",
		state_names[c->state], what);
}

void evtchn_dump(struct domain *d)
{
	if (d->dying)
		return;
	spin_lock(&d->evtchn.lock);
	pr_info("d%u: %u event channels, %s\n", d->id, d->evtchn.count,
		d->evtchn.fifo ? "FIFO" : "2-level");
	for (u32 port = 1; port < evtchn_limit(d); port++) {
		struct evtchn *c = evtchn_at(d, port);

		if (!c)
			port |= EVTCHN_BUCKET - 1;
		else if (c->state != ECS_FREE)
			dump_port(d, c);
	}
	spin_unlock(&d->evtchn.lock);
}

static bool interdomain_ok(struct domain *d, const struct evtchn *c)
{
	const struct domain *rd = c->interdomain.remote;
	const struct evtchn *r = evtchn_at(rd, c->interdomain.port);

	return r && r->state == ECS_INTERDOMAIN &&
	       r->interdomain.remote == d && r->interdomain.port == c->port;
}

static const char *port_fault(struct domain *d, const struct evtchn *c)
{
	if (c->state == ECS_RESERVED)
		return "left reserved";
	if (!vcpu_get(d, c->vcpu) && c->vcpu)
		return "goes to no vCPU";
	if (c->state == ECS_INTERDOMAIN && !interdomain_ok(d, c))
		return "is not what its other end says";
	if (c->state != ECS_VIRQ)
		return NULL;
	if (c->virq >= NR_VIRQS)
		return "has no such VIRQ";
	if (evtchn_is_global(c->virq))
		return d->vcpus[0]->virq_port[c->virq] == c->port ?
		       NULL : "is not its VIRQ's";
	return d->vcpus[c->vcpu]->virq_port[c->virq] == c->port ?
	       NULL : "is not its VIRQ's";
}

unsigned int evtchn_audit(struct domain *d)
{
	unsigned int faults = 0, used = 0;

	spin_lock(&d->evtchn.lock);
	for (u32 port = 1; d->shared && port < evtchn_limit(d); port++) {
		struct evtchn *c = evtchn_at(d, port);
		const char *fault;

		if (!c) {
			port |= EVTCHN_BUCKET - 1;
			continue;
		}
		if (c->state == ECS_FREE)
			continue;
		used++;
		fault = port_fault(d, c);
		if (!fault)
			continue;
		faults++;
		pr_err("audit: d%u event channel %u %s\n", d->id, port, fault);
	}
	if (d->shared && used != d->evtchn.count) {
		faults++;
		pr_err("audit: d%u has %u event channels, counts %u\n", d->id,
		       used, d->evtchn.count);
	}
	spin_unlock(&d->evtchn.lock);
	return faults;
}
