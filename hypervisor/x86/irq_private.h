/* SPDX-License-Identifier: BSD-2-Clause */
/* Between irq.c (vectors, dispatch), ioapic.c (lines) and msi.c (messages). */
#ifndef HOSPES_X86_IRQ_PRIVATE_H
#define HOSPES_X86_IRQ_PRIVATE_H

#include "core/lock.h"
#include "x86/irq.h"

enum irq_kind { IRQ_NONE, IRQ_LINE, IRQ_MSI, IRQ_MSIX };

/* One for each vector, never freed: sources[v] has vector v. All a: */
struct irq_source {
	enum irq_kind kind;
	u8 vector;
	bool masked;
	unsigned int cpu;		/* delivered to */
	irq_handler *handler;
	void *data;

	unsigned int gsi;		/* line */
	bool level;

	u16 seg;			/* message */
	u8 bus, devfn;
	u8 cap;				/* of MSI */
	unsigned int index;		/* message of the function */
	unsigned int count;		/* of messages, in the first's row */
	volatile u32 *entry;		/* row of the MSI-X table */
};

extern struct spinlock irq_lock;	/* a */

/*
 * @count consecutive vectors, the first one aligned to @count, marked as @kind;
 * NULL if there are none. irq_lock held.
 */
struct irq_source *irq_alloc(enum irq_kind kind, unsigned int count);
void irq_release(struct irq_source *s);

void ioapic_init(void);
void ioapic_route(const struct irq_source *s);	/* writes the whole row */

void msi_write(const struct irq_source *s);	/* address and data */
void msi_mask(const struct irq_source *s);	/* by s->masked */
void msi_disable(const struct irq_source *s);

void irq_init(void);

#endif
