/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pirq table of a domain.  One lock (i) guards all tables and the hardware
 * changes that go with them; handlers take it only to read.
 */
#include "core/domain.h"
#include "core/evtchn.h"
#include "core/lock.h"
#include "core/pirq.h"
#include "lib/errno.h"
#include "mm/heap.h"
#include "x86/cpu.h"

#define MAX_GROUP	32		/* messages of one function */

static struct spinlock pirq_lock = SPINLOCK_INIT(LOCK_PIRQ);

int pirq_init(struct domain *d)
{
	d->pirqs = heap_zalloc(NR_PIRQS * sizeof(struct pirq));
	return d->pirqs ? 0 : -ENOMEM;
}

void pirq_destroy(struct domain *d)
{
	for (unsigned int i = 0; d->pirqs && i < NR_PIRQS; i++)
		pirq_unmap(d, i);
	heap_zfree(d->pirqs);
	d->pirqs = NULL;
}

static struct pirq *get(struct domain *d, unsigned int pirq)
{
	return d->pirqs && pirq < NR_PIRQS ? &d->pirqs[pirq] : NULL;
}

/* At an interrupt: no lock is held, and evtchn's comes before ours. */
static void interrupt(void *data)
{
	struct pirq *p = data;
	u32 port;

	spin_lock(&pirq_lock);
	port = p->port;
	if (p->source && irq_is_level(p->source))
		p->in_service = port != 0;
	spin_unlock(&pirq_lock);
	if (port)
		evtchn_send_pirq(p->domain, port);
}

/* The line gets its vector when an event channel wants it. */
static int start_line(struct pirq *p)
{
	if (p->type != PIRQ_GSI || p->source)
		return 0;
	p->source = irq_bind_gsi(p->gsi, interrupt, p);
	return p->source ? 0 : -EBUSY;
}

int pirq_guest_bind(struct domain *d, unsigned int pirq, u32 port, bool share)
{
	struct pirq *p = get(d, pirq);
	int err = 0;

	(void)share;
	if (!p)
		return -EINVAL;
	spin_lock(&pirq_lock);
	if (p->type == PIRQ_NONE)
		err = -EINVAL;
	else if (p->port)
		err = -EEXIST;
	else
		err = start_line(p);
	if (!err) {
		p->port = port;
		p->in_service = false;
		irq_set_affinity(p->source, p->cpu);
		irq_unmask(p->source);
	}
	spin_unlock(&pirq_lock);
	return err;
}

void pirq_guest_unbind(struct domain *d, unsigned int pirq)
{
	struct pirq *p = get(d, pirq);

	if (!p)
		return;
	spin_lock(&pirq_lock);
	if (p->source)
		irq_mask(p->source);
	if (p->type == PIRQ_GSI && p->source) {
		irq_unbind(p->source);
		p->source = NULL;
	}
	p->port = 0;
	p->in_service = false;
	spin_unlock(&pirq_lock);
}

void pirq_set_affinity(struct domain *d, unsigned int pirq, unsigned int cpu)
{
	struct pirq *p = get(d, pirq);

	if (!p)
		return;
	spin_lock(&pirq_lock);
	p->cpu = cpu;
	if (p->source)
		irq_set_affinity(p->source, cpu);
	spin_unlock(&pirq_lock);
}

/* MSIs get the numbers from the top, so that GSIs keep theirs. i held. */
static int free_number(struct domain *d, unsigned int count)
{
	unsigned int first = NR_PIRQS;
	unsigned int lowest = max(ioapic_gsi_count(), 16U);

	while (first >= lowest + count) {
		unsigned int n = 0;

		first -= count;
		while (n < count && d->pirqs[first + n].type == PIRQ_NONE)
			n++;
		if (n == count)
			return first;
	}
	return -ENOSPC;
}

int pirq_free_number(struct domain *d)
{
	int n;

	if (!d->pirqs)
		return -EINVAL;
	spin_lock(&pirq_lock);
	n = free_number(d, 1);
	spin_unlock(&pirq_lock);
	return n;
}

static int map_gsi(struct domain *d, unsigned int gsi, int *pirq)
{
	struct pirq *p = get(d, *pirq < 0 ? gsi : (unsigned int)*pirq);

	if (!p || !ioapic_gsi_valid(gsi))
		return -EINVAL;
	if (p->type == PIRQ_MSI || (p->type == PIRQ_GSI && p->gsi != gsi))
		return -EEXIST;
	p->domain = d;
	p->type = PIRQ_GSI;
	p->gsi = gsi;
	*pirq = p - d->pirqs;
	return 0;
}

int pirq_map_gsi(struct domain *d, unsigned int gsi, int *pirq)
{
	int err;

	if (!d->pirqs)
		return -EPERM;
	spin_lock(&pirq_lock);
	err = map_gsi(d, gsi, pirq);
	spin_unlock(&pirq_lock);
	return err;
}

static int map_msi(struct domain *d, const struct pirq_msi *m, int *pirq)
{
	struct irq_source *sources[MAX_GROUP];
	void *data[MAX_GROUP];
	int first = *pirq, err;

	if (first < 0)
		first = free_number(d, m->count);
	if (first < 0)
		return first;
	if ((unsigned int)first + m->count > NR_PIRQS)
		return -EINVAL;
	for (unsigned int i = 0; i < m->count; i++) {
		if (d->pirqs[first + i].type != PIRQ_NONE)
			return -EEXIST;
		data[i] = &d->pirqs[first + i];
	}
	err = irq_bind_msi(m->seg, m->bus, m->devfn, m->table, m->entry,
			   m->count, interrupt, data, sources);
	if (err)
		return err;
	for (unsigned int i = 0; i < m->count; i++) {
		struct pirq *p = data[i];

		p->domain = d;
		p->type = PIRQ_MSI;
		p->source = sources[i];
		p->port = 0;
		p->in_service = false;
		p->group_first = first;
		p->group_count = m->count;
	}
	*pirq = first;
	return 0;
}

int pirq_map_msi(struct domain *d, const struct pirq_msi *m, int *pirq)
{
	int err;

	if (!d->pirqs)
		return -EPERM;
	if (!m->count || m->count > MAX_GROUP || (m->count & (m->count - 1)))
		return -EINVAL;
	spin_lock(&pirq_lock);
	err = map_msi(d, m, pirq);
	spin_unlock(&pirq_lock);
	return err;
}

static void release(struct pirq *p)
{
	if (p->source)
		irq_unbind(p->source);
	p->source = NULL;
	p->type = PIRQ_NONE;
	p->in_service = false;
	/* An event channel that is still bound stays so, and silent. */
}

/* The messages of one function go together, by any of their numbers. */
int pirq_unmap(struct domain *d, unsigned int pirq)
{
	struct pirq *p = get(d, pirq);
	int err = 0;

	if (!p)
		return -EINVAL;
	spin_lock(&pirq_lock);
	if (p->type == PIRQ_NONE) {
		err = -EINVAL;
	} else if (p->type == PIRQ_GSI) {
		release(p);
	} else {
		unsigned int first = p->group_first, n = p->group_count;

		/* The last first: the row of message 0 turns MSI off. */
		while (n--)
			release(&d->pirqs[first + n]);
	}
	spin_unlock(&pirq_lock);
	return err;
}

int pirq_restore_msi(struct domain *d, u16 seg, u8 bus, u8 devfn)
{
	if (!d->pirqs)
		return -EPERM;
	spin_lock(&pirq_lock);
	irq_restore_msi(seg, bus, devfn);
	spin_unlock(&pirq_lock);
	return 0;
}

int pirq_eoi(struct domain *d, unsigned int pirq)
{
	struct pirq *p = get(d, pirq);

	if (!p)
		return -EINVAL;
	spin_lock(&pirq_lock);
	if (p->in_service) {
		p->in_service = false;
		if (p->source)
			irq_eoi(p->source);
	}
	spin_unlock(&pirq_lock);
	return 0;
}

bool pirq_needs_eoi(struct domain *d, unsigned int pirq)
{
	struct pirq *p = get(d, pirq);

	/* Before it is bound the line's mode tells. */
	if (!p || p->type != PIRQ_GSI)
		return false;
	return ioapic_gsi_level(p->gsi);
}
