/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O APICs: the interrupt lines of the machine, by global number (GSI). */
#include "lib/errno.h"
#include "lib/printf.h"
#include "mm/hvmap.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/irq_private.h"

#define MAX_GSIS	256
#define RTE_MASKED	BIT(16)
#define RTE_LEVEL	BIT(15)
#define RTE_LOW		BIT(13)
#define REG_VERSION	1
#define REG_ROWS	0x10

static struct ioapic {
	volatile u32 *regs;		/* select at 0, window at 0x10 */
	maddr_t addr;
	unsigned int base, lines;
} ioapics[16];				/* a: the registers */
static unsigned int ioapic_count, gsi_count;

/* How each line is wired; what dom0 said wins over the defaults. a: */
static struct line {
	bool level, low, set_up;
} lines[MAX_GSIS];

static u32 io_read(const struct ioapic *io, u32 reg)
{
	io->regs[0] = reg;
	return io->regs[4];
}

static void io_write(const struct ioapic *io, u32 reg, u32 v)
{
	io->regs[0] = reg;
	io->regs[4] = v;
}

static const struct ioapic *ioapic_of(unsigned int gsi)
{
	for (unsigned int i = 0; i < ioapic_count; i++)
		if (gsi >= ioapics[i].base &&
		    gsi - ioapics[i].base < ioapics[i].lines)
			return &ioapics[i];
	return NULL;
}

static void write_row(unsigned int gsi, u64 row)
{
	const struct ioapic *io = ioapic_of(gsi);
	u32 reg = REG_ROWS + 2 * (gsi - io->base);

	/* Masked while its halves disagree. */
	io_write(io, reg, (u32)row | RTE_MASKED);
	io_write(io, reg + 1, row >> 32);
	if (!(row & RTE_MASKED))
		io_write(io, reg, row);
}

void ioapic_route(const struct irq_source *s)
{
	const struct line *l = &lines[s->gsi];
	u64 row = s->vector | (u64)cpu_by_id(s->cpu)->apic_id << 56;

	if (l->level)
		row |= RTE_LEVEL;
	if (l->low)
		row |= RTE_LOW;
	if (s->masked)
		row |= RTE_MASKED;
	write_row(s->gsi, row);
}

static __init void add_ioapic(maddr_t addr, unsigned int base)
{
	struct ioapic *io = &ioapics[ioapic_count];

	io->addr = addr;
	io->regs = hvmap_device(addr, PAGE_SIZE);
	io->base = base;
	io->lines = (io_read(io, REG_VERSION) >> 16 & 0xff) + 1;
	if (base >= MAX_GSIS)
		return;
	io->lines = min(io->lines, MAX_GSIS - base);
	ioapic_count++;
	gsi_count = max(gsi_count, base + io->lines);
	for (unsigned int i = 0; i < io->lines; i++)
		write_row(base + i, RTE_MASKED);
	pr_info("ioapic at %#lx: GSI %u-%u\n", addr.v, base,
		base + io->lines - 1);
}

__init void ioapic_init(void)
{
	for (unsigned int i = 0; i < acpi_info.ioapic_count; i++)
		add_ioapic(acpi_info.ioapics[i].addr,
			   acpi_info.ioapics[i].gsi_base);
	for (unsigned int gsi = 16; gsi < MAX_GSIS; gsi++)
		lines[gsi].level = lines[gsi].low = true;
	for (unsigned int isa = 0; isa < 16; isa++) {
		bool level, low;
		unsigned int gsi = ioapic_isa_to_gsi(isa, &level, &low);

		if (gsi < MAX_GSIS) {
			lines[gsi].level = level;
			lines[gsi].low = low;
		}
	}
}

/* MADT flags: bits 0-1 polarity (3: low), bits 2-3 trigger (3: level). */
unsigned int ioapic_isa_to_gsi(unsigned int isa, bool *level, bool *low)
{
	*level = *low = false;
	for (unsigned int i = 0; i < acpi_info.override_count; i++) {
		if (acpi_info.overrides[i].isa != isa)
			continue;
		*low = (acpi_info.overrides[i].flags & 3) == 3;
		*level = (acpi_info.overrides[i].flags >> 2 & 3) == 3;
		return acpi_info.overrides[i].gsi;
	}
	return isa;
}

unsigned int ioapic_gsi_count(void)
{
	return gsi_count;
}

bool ioapic_gsi_valid(unsigned int gsi)
{
	return gsi < MAX_GSIS && ioapic_of(gsi) != NULL;
}

bool ioapic_gsi_level(unsigned int gsi)
{
	return lines[gsi].level;
}

int ioapic_setup(unsigned int gsi, bool level, bool active_low)
{
	struct line *l = &lines[gsi];
	int err = 0;

	if (!ioapic_gsi_valid(gsi))
		return -EINVAL;
	spin_lock(&irq_lock);
	if (l->set_up) {
		err = l->level == level && l->low == active_low ? -EEXIST :
								  -EBUSY;
	} else {
		l->level = level;
		l->low = active_low;
		l->set_up = true;
	}
	spin_unlock(&irq_lock);
	return err;
}

static const struct ioapic *ioapic_at(u64 phys)
{
	for (unsigned int i = 0; i < ioapic_count; i++)
		if (ioapics[i].addr.v == phys)
			return &ioapics[i];
	return NULL;
}

int ioapic_guest_read(u64 phys, u32 reg, u32 *val)
{
	const struct ioapic *io = ioapic_at(phys);

	if (!io || reg >= REG_ROWS + 2 * io->lines)
		return -EINVAL;
	spin_lock(&irq_lock);
	*val = io_read(io, reg);
	spin_unlock(&irq_lock);
	return 0;
}

#define MAX_READONLY	64

static mfn_t readonly[MAX_READONLY];	/* a: */
static unsigned int readonly_count;	/* a: */

void mmio_add_readonly(mfn_t m)
{
	if (mmio_frame_readonly(m))
		return;
	spin_lock(&irq_lock);
	if (readonly_count < MAX_READONLY)
		readonly[readonly_count++] = m;
	else
		pr_warn("no room to protect the frame %#lx\n", m.v);
	spin_unlock(&irq_lock);
}

bool mmio_frame_readonly(mfn_t m)
{
	for (unsigned int i = 0; i < ioapic_count; i++)
		if (mfn_eq(maddr_to_mfn(ioapics[i].addr), m))
			return true;
	for (unsigned int i = 0; i < READ_ONCE(readonly_count); i++)
		if (mfn_eq(readonly[i], m))
			return true;
	return false;
}

bool mmio_frame_denied(mfn_t m)
{
	return mfn_eq(maddr_to_mfn(apic_base()), m);
}
