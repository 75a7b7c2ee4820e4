/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts by message.  We write address and data, so that a device can raise
 * only the vectors it was given; dom0 enables the capability and no more.
 */
#include "lib/errno.h"
#include "lib/printf.h"
#include "mm/hvmap.h"
#include "x86/cpu.h"
#include "x86/irq_private.h"
#include "x86/pci.h"

#define CAP_MSI		0x05
#define CAP_MSIX	0x11
#define PCI_COMMAND	0x04
#define COMMAND_MEMORY	BIT(1)

#define MSI_CONTROL	2
#define MSI_ADDRESS	4
#define CONTROL_ENABLE	BIT(0)
#define CONTROL_COUNT	(7 << 4)
#define CONTROL_64BIT	BIT(7)
#define CONTROL_MASKS	BIT(8)
#define MSI_BASE	0xfee00000U

#define MSIX_CONTROL	2
#define MSIX_TABLE	4
#define ENTRY_MASKED	1

static u32 address_of(const struct irq_source *s)
{
	return MSI_BASE | (cpu_by_id(s->cpu)->apic_id & 0xff) << 12;
}

static u16 msi_control(const struct irq_source *s)
{
	return pci_read16(s->seg, s->bus, s->devfn, s->cap + MSI_CONTROL);
}

static void write_msi(const struct irq_source *s)
{
	bool wide = msi_control(s) & CONTROL_64BIT;
	u8 at = s->cap + MSI_ADDRESS;

	/* All messages of a function share address and upper data bits. */
	if (s->index)
		return;
	pci_write32(s->seg, s->bus, s->devfn, at, address_of(s));
	if (wide)
		pci_write32(s->seg, s->bus, s->devfn, at + 4, 0);
	pci_write16(s->seg, s->bus, s->devfn, at + (wide ? 8 : 4), s->vector);
}

static void write_msix(const struct irq_source *s)
{
	/* Masked while its parts disagree. */
	s->entry[3] |= ENTRY_MASKED;
	s->entry[0] = address_of(s);
	s->entry[1] = 0;
	s->entry[2] = s->vector;
	if (!s->masked)
		s->entry[3] &= ~ENTRY_MASKED;
}

void msi_write(const struct irq_source *s)
{
	if (s->kind == IRQ_MSIX)
		write_msix(s);
	else
		write_msi(s);
}

void msi_mask(const struct irq_source *s)
{
	u16 control, at;
	u32 bits;

	if (s->kind == IRQ_MSIX) {
		if (s->masked)
			s->entry[3] |= ENTRY_MASKED;
		else
			s->entry[3] &= ~ENTRY_MASKED;
		return;
	}
	control = msi_control(s);
	if (!(control & CONTROL_MASKS))
		return;
	at = s->cap + (control & CONTROL_64BIT ? 16 : 12);
	bits = pci_read32(s->seg, s->bus, s->devfn, at);
	bits &= ~BIT(s->index);
	bits |= s->masked ? BIT(s->index) : 0;
	pci_write32(s->seg, s->bus, s->devfn, at, bits);
}

void msi_disable(const struct irq_source *s)
{
	pci_write16(s->seg, s->bus, s->devfn, s->cap + MSI_CONTROL,
		    msi_control(s) & ~CONTROL_ENABLE);
}

/*
 * Pages of MSI-X tables that are mapped: each once, never unmapped.  Changed
 * under the lock of the pirqs (i), which whoever binds holds.
 */
#define MAX_TABLE_PAGES	64

static struct table_page {
	mfn_t frame;
	char *at;
} table_pages[MAX_TABLE_PAGES];		/* i: */
static unsigned int table_page_count;	/* i: */

static char *map_table_page(mfn_t m)
{
	struct table_page *t;

	for (unsigned int i = 0; i < table_page_count; i++)
		if (mfn_eq(table_pages[i].frame, m))
			return table_pages[i].at;
	if (table_page_count == MAX_TABLE_PAGES)
		return NULL;
	t = &table_pages[table_page_count++];
	t->frame = m;
	t->at = hvmap_device(mfn_to_maddr(m), PAGE_SIZE);
	return t->at;
}

struct function {
	u16 seg;
	u8 bus, devfn, cap;
};

/* Where row @entry of the table is, 0 if there is none such. */
static u64 msix_row(const struct function *f, maddr_t bar, unsigned int entry)
{
	u16 control = pci_read16(f->seg, f->bus, f->devfn,
				 f->cap + MSIX_CONTROL);
	u32 table = pci_read32(f->seg, f->bus, f->devfn, f->cap + MSIX_TABLE);
	u16 command = pci_read16(f->seg, f->bus, f->devfn, PCI_COMMAND);

	if (entry > (control & 0x7ffU) || !(command & COMMAND_MEMORY))
		return 0;
	return bar.v + (table & ~7U) + entry * 16UL;
}

static void set_rows(struct irq_source *s, const struct function *f,
		     unsigned int count, irq_handler *h, void *const data[],
		     struct irq_source *out[])
{
	for (unsigned int i = 0; i < count; i++) {
		s[i].seg = f->seg;
		s[i].bus = f->bus;
		s[i].devfn = f->devfn;
		s[i].cap = f->cap;
		s[i].handler = h;
		s[i].data = data[i];
		msi_mask(&s[i]);
		out[i] = &s[i];
	}
	msi_write(s);
}

static int bind_msix(const struct function *f, maddr_t bar, unsigned int entry,
		     irq_handler *h, void *const data[],
		     struct irq_source *out[])
{
	u64 row = msix_row(f, bar, entry);
	mfn_t frame = maddr_to_mfn(MADDR(row));
	struct irq_source *s = NULL;
	char *page;

	if (!row)
		return -ENXIO;
	mmio_add_readonly(frame);
	page = map_table_page(frame);
	if (!page)
		return -ENOSPC;
	spin_lock(&irq_lock);
	s = irq_alloc(IRQ_MSIX, 1);
	if (s) {
		s->entry = (volatile u32 *)(page + (row & ~PAGE_MASK));
		set_rows(s, f, 1, h, data, out);
	}
	spin_unlock(&irq_lock);
	return s ? 0 : -ENOSPC;
}

static int bind_messages(const struct function *f, unsigned int count,
			 irq_handler *h, void *const data[],
			 struct irq_source *out[])
{
	u16 control = pci_read16(f->seg, f->bus, f->devfn,
				 f->cap + MSI_CONTROL);
	struct irq_source *s;

	if (count > 1U << (control >> 1 & 7))
		return -EINVAL;
	spin_lock(&irq_lock);
	s = irq_alloc(IRQ_MSI, count);
	if (s) {
		control &= ~(CONTROL_COUNT | CONTROL_ENABLE);
		control |= __builtin_ctz(count) << 4;
		pci_write16(f->seg, f->bus, f->devfn, f->cap + MSI_CONTROL,
			    control);
		set_rows(s, f, count, h, data, out);
	}
	spin_unlock(&irq_lock);
	return s ? 0 : -ENOSPC;
}

int irq_bind_msi(u16 seg, u8 bus, u8 devfn, maddr_t msix_table,
		 unsigned int entry, unsigned int count, irq_handler *h,
		 void *const data[], struct irq_source *out[])
{
	struct function f = { seg, bus, devfn, 0 };

	if (!count || count > 32 || (count & (count - 1)))
		return -EINVAL;
	f.cap = pci_find_cap(seg, bus, devfn,
			     msix_table.v ? CAP_MSIX : CAP_MSI);
	if (!f.cap)
		return -ENODEV;
	if (msix_table.v)
		return count == 1 ? bind_msix(&f, msix_table, entry, h, data,
					      out) : -EINVAL;
	return bind_messages(&f, count, h, data, out);
}
