/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration space: by the two ports for the first 256 bytes of segment 0,
 * by the memory window (MCFG) for the rest.  Buses of the window are mapped when
 * they are first used.
 */
#include "core/lock.h"
#include "mm/hvmap.h"
#include "x86/acpi.h"
#include "x86/cpu.h"
#include "x86/pci.h"

#define PORT_ADDRESS	0xcf8
#define PORT_DATA	0xcfc
#define ENABLE		BIT(31)

static struct spinlock pci_lock = SPINLOCK_INIT(LOCK_CONSOLE);
static volatile u8 *buses[256];		/* set once */

static volatile u8 *window(u16 seg, u8 bus, u8 devfn, u16 reg)
{
	volatile u8 *b;

	if (!acpi_info.mcfg.v || seg != acpi_info.mcfg_segment ||
	    bus < acpi_info.mcfg_bus_first || bus > acpi_info.mcfg_bus_last)
		return NULL;
	b = READ_ONCE(buses[bus]);
	if (!b) {
		u64 offset = (u64)(bus - acpi_info.mcfg_bus_first) << 20;

		/* A second CPU may do so too: a waste of addresses only. */
		b = hvmap_device(MADDR(acpi_info.mcfg.v + offset), MIB);
		WRITE_ONCE(buses[bus], b);
	}
	return b + ((u32)devfn << 12) + reg;
}

static bool by_ports(u16 seg, u16 reg)
{
	return seg == 0 && reg < 256;
}

static u32 port_access(u32 address, unsigned int offset, unsigned int size,
		       bool write, u32 v)
{
	u16 port = PORT_DATA + offset;

	spin_lock(&pci_lock);
	outl(PORT_ADDRESS, address);
	switch (size | (write ? 8 : 0)) {
	case 1: v = inb(port); break;
	case 2: v = inw(port); break;
	case 4: v = inl(port); break;
	case 9: outb(port, v); break;
	case 10: outw(port, v); break;
	case 12: outl(port, v); break;
	}
	spin_unlock(&pci_lock);
	return v;
}

static u32 address_of(u8 bus, u8 devfn, u16 reg)
{
	return ENABLE | (u32)bus << 16 | (u32)devfn << 8 | (reg & 0xfc);
}

static u32 read(u16 seg, u8 bus, u8 devfn, u16 reg, unsigned int size)
{
	volatile u8 *p;

	if (by_ports(seg, reg))
		return port_access(address_of(bus, devfn, reg), reg & 3, size,
				   false, 0);
	p = window(seg, bus, devfn, reg);
	if (!p)
		return ~0U;
	return size == 1 ? *p : size == 2 ? *(volatile u16 *)p :
					    *(volatile u32 *)p;
}

static void write(u16 seg, u8 bus, u8 devfn, u16 reg, unsigned int size, u32 v)
{
	volatile u8 *p;

	if (by_ports(seg, reg)) {
		port_access(address_of(bus, devfn, reg), reg & 3, size, true,
			    v);
		return;
	}
	p = window(seg, bus, devfn, reg);
	if (!p)
		return;
	if (size == 1)
		*p = v;
	else if (size == 2)
		*(volatile u16 *)p = v;
	else
		*(volatile u32 *)p = v;
}

u32 pci_read32(u16 seg, u8 bus, u8 devfn, u16 reg)
{
	return read(seg, bus, devfn, reg, 4);
}

u16 pci_read16(u16 seg, u8 bus, u8 devfn, u16 reg)
{
	return read(seg, bus, devfn, reg, 2);
}

u8 pci_read8(u16 seg, u8 bus, u8 devfn, u16 reg)
{
	return read(seg, bus, devfn, reg, 1);
}

void pci_write32(u16 seg, u8 bus, u8 devfn, u16 reg, u32 v)
{
	write(seg, bus, devfn, reg, 4, v);
}

void pci_write16(u16 seg, u8 bus, u8 devfn, u16 reg, u16 v)
{
	write(seg, bus, devfn, reg, 2, v);
}

void pci_write8(u16 seg, u8 bus, u8 devfn, u16 reg, u8 v)
{
	write(seg, bus, devfn, reg, 1, v);
}

#define PCI_STATUS	0x06
#define STATUS_CAPS	BIT(4)
#define PCI_CAPS	0x34

u8 pci_find_cap(u16 seg, u8 bus, u8 devfn, u8 id)
{
	u8 pos;

	if (!(pci_read16(seg, bus, devfn, PCI_STATUS) & STATUS_CAPS))
		return 0;
	pos = pci_read8(seg, bus, devfn, PCI_CAPS) & 0xfc;
	/* At most 48 capabilities fit; a loop in the list ends too. */
	for (unsigned int i = 0; i < 48 && pos >= 0x40; i++) {
		u16 v = pci_read16(seg, bus, devfn, pos);

		if ((v & 0xff) == 0xff)
			return 0;
		if ((v & 0xff) == id)
			return pos;
		pos = v >> 8 & 0xfc;
	}
	return 0;
}

static bool access_valid(u32 address, unsigned int offset, unsigned int size)
{
	return (address & ENABLE) && (size == 1 || size == 2 || size == 4) &&
	       offset + size <= 4;
}

u32 pci_guest_read(u32 address, unsigned int offset, unsigned int size)
{
	if (!access_valid(address, offset, size))
		return ~0U;
	return port_access(address & ~3U, offset, size, false, 0);
}

void pci_guest_write(u32 address, unsigned int offset, unsigned int size,
		     u32 v)
{
	if (access_valid(address, offset, size))
		port_access(address & ~3U, offset, size, true, v);
}
