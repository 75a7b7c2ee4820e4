/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectors, and what happens when one comes in.  A vector is the same on all
 * CPUs, so moving an interrupt only changes its destination.
 */
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/irq_private.h"
#include "x86/tlb.h"

struct spinlock irq_lock = SPINLOCK_INIT(LOCK_IOAPIC);
static struct irq_source sources[256];		/* a: */

#define PIC1	0x20
#define PIC2	0xa0

/* Off for good; its vectors must still be harmless if it is spurious. */
static __init void pic_disable(void)
{
	outb(PIC1, 0x11);
	outb(PIC2, 0x11);
	outb(PIC1 + 1, VEC_IRQ_FIRST);
	outb(PIC2 + 1, VEC_IRQ_FIRST + 8);
	outb(PIC1 + 1, 4);
	outb(PIC2 + 1, 2);
	outb(PIC1 + 1, 1);
	outb(PIC2 + 1, 1);
	outb(PIC1 + 1, 0xff);
	outb(PIC2 + 1, 0xff);
}

__init void irq_init(void)
{
	for (unsigned int v = 0; v < 256; v++)
		sources[v].vector = v;
	pic_disable();
	ioapic_init();
}

static bool vector_usable(unsigned int v)
{
	return v >= VEC_IRQ_FIRST + 16 && v <= VEC_IRQ_LAST &&
	       v != VEC_INT80 && v != VEC_HYPERCALL32 &&
	       sources[v].kind == IRQ_NONE;
}

struct irq_source *irq_alloc(enum irq_kind kind, unsigned int count)
{
	for (unsigned int v = 0; v + count <= 256; v += count) {
		unsigned int n = 0;

		while (n < count && vector_usable(v + n))
			n++;
		if (n < count)
			continue;
		for (n = 0; n < count; n++) {
			sources[v + n].kind = kind;
			sources[v + n].masked = true;
			sources[v + n].cpu = 0;
			sources[v + n].index = n;
			sources[v + n].count = count;
		}
		return &sources[v];
	}
	return NULL;
}

void irq_release(struct irq_source *s)
{
	u8 vector = s->vector;

	memset(s, 0, sizeof(*s));
	s->vector = vector;
}

static void update_mask(struct irq_source *s)
{
	if (s->kind == IRQ_LINE)
		ioapic_route(s);
	else if (s->kind != IRQ_NONE)
		msi_mask(s);
}

static void set_masked(struct irq_source *s, bool masked)
{
	spin_lock(&irq_lock);
	if (s->masked != masked) {
		s->masked = masked;
		update_mask(s);
	}
	spin_unlock(&irq_lock);
}

void irq_mask(struct irq_source *s)
{
	set_masked(s, true);
}

void irq_unmask(struct irq_source *s)
{
	set_masked(s, false);
}

void irq_eoi(struct irq_source *s)
{
	if (s->level)
		irq_unmask(s);
}

bool irq_is_level(const struct irq_source *s)
{
	return s->level;
}

u8 irq_vector(const struct irq_source *s)
{
	return s->vector;
}

void irq_set_affinity(struct irq_source *s, unsigned int cpu)
{
	if (!cpumask_test(&cpu_online_mask, cpu))
		return;
	spin_lock(&irq_lock);
	if (s->cpu != cpu) {
		s->cpu = cpu;
		if (s->kind == IRQ_LINE)
			ioapic_route(s);
		else if (s->kind != IRQ_NONE)
			msi_write(s);
	}
	spin_unlock(&irq_lock);
}

struct irq_source *irq_bind_gsi(unsigned int gsi, irq_handler *h, void *data)
{
	struct irq_source *s = NULL;
	bool taken = false;

	if (!ioapic_gsi_valid(gsi))
		return NULL;
	spin_lock(&irq_lock);
	for (unsigned int v = 0; v < 256; v++)
		taken |= sources[v].kind == IRQ_LINE && sources[v].gsi == gsi;
	if (!taken)
		s = irq_alloc(IRQ_LINE, 1);
	if (s) {
		s->gsi = gsi;
		s->level = ioapic_gsi_level(gsi);
		s->handler = h;
		s->data = data;
		ioapic_route(s);
	}
	spin_unlock(&irq_lock);
	return s;
}

int irq_bind_internal(unsigned int gsi, irq_handler *h, void *data)
{
	struct irq_source *s = irq_bind_gsi(gsi, h, data);

	if (!s)
		return -EBUSY;
	irq_unmask(s);
	return 0;
}

void irq_restore_msi(u16 seg, u8 bus, u8 devfn)
{
	spin_lock(&irq_lock);
	for (unsigned int v = 0; v < 256; v++) {
		struct irq_source *s = &sources[v];

		if ((s->kind == IRQ_MSI || s->kind == IRQ_MSIX) &&
		    s->seg == seg && s->bus == bus && s->devfn == devfn) {
			msi_write(s);
			msi_mask(s);
		}
	}
	spin_unlock(&irq_lock);
}

void irq_unbind(struct irq_source *s)
{
	spin_lock(&irq_lock);
	s->masked = true;
	update_mask(s);
	if (s->kind == IRQ_MSI && s->index == 0)
		msi_disable(s);
	irq_release(s);
	spin_unlock(&irq_lock);
}

static void device_interrupt(unsigned int vector)
{
	struct irq_source *s = &sources[vector];
	irq_handler *handler;
	void *data;

	spin_lock(&irq_lock);
	handler = s->handler;
	data = s->data;
	if (s->kind == IRQ_LINE && s->level) {
		s->masked = true;
		ioapic_route(s);
	}
	spin_unlock(&irq_lock);
	apic_eoi();
	if (handler)
		handler(data);
	/* A level line of our own (none now) would be stuck without this. */
}

static void stop_cpu(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

void irq_dispatch(unsigned int vector)
{
	struct cpu *c = this_cpu();

	switch (vector) {
	case VEC_TIMER:
		perf_count(irq_timer);
		apic_eoi();
		__atomic_fetch_or(&c->work, WORK_TIMER, __ATOMIC_SEQ_CST);
		break;
	case VEC_KICK:
		perf_count(irq_ipi);
		apic_eoi();
		smp_poll();
		break;
	case VEC_STOP:
		stop_cpu();
		break;
	case VEC_APIC_ERROR:
		apic_eoi();
		pr_warn("cpu %u: local APIC reports an error\n", c->id);
		break;
	case VEC_SPURIOUS:
		break;
	default:
		perf_count(irq_device);
		device_interrupt(vector);
	}
}
