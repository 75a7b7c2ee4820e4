/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports.  dom0 owns the machine's, except those of devices that are ours: a
 * denied read gives all-ones, a denied write is dropped.  Other domains see
 * no device at all.
 */
#include "core/guest_copy.h"
#include "pv/internal.h"
#include "x86/acpi.h"
#include "x86/pci.h"
#include "x86/serial.h"

#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc

static const struct {
	u16 first, last;
} denied[] = {
	{ 0x20, 0x21 }, { 0xa0, 0xa1 },		/* interrupt controllers */
	{ 0x40, 0x43 },				/* PIT */
	{ 0xe9, 0xe9 },				/* debug console */
};

/* By the guest's I/O bitmap, two bytes of which can matter. */
static bool bitmap_allows(struct vcpu *v, unsigned int port, unsigned int size)
{
	u8 bits[2] = { 0xff, 0xff };

	if (port + size > v->pv.iobmp_ports)
		return false;
	if (pv_copy_from_kernel(v, bits, GVA(v->pv.iobmp.v + port / 8),
				port % 8 + size > 8 ? 2 : 1))
		return false;
	return !((bits[0] | bits[1] << 8) >> (port % 8) &
		 ((1U << size) - 1));
}

bool pv_io_allowed(struct vcpu *v, unsigned int port, unsigned int size)
{
	return pv_iopl_ok(v) || bitmap_allows(v, port, size);
}

static bool port_is_ours(unsigned int port, unsigned int size)
{
	unsigned int i, p;

	for (p = port; p < port + size; p++) {
		for (i = 0; i < ARRAY_SIZE(denied); i++)
			if (p >= denied[i].first && p <= denied[i].last)
				return true;
		if (serial_owns_port(p))
			return true;
	}
	return false;
}

static u32 all_ones(unsigned int size)
{
	return size == 4 ? ~0U : (1U << (size * 8)) - 1;
}

static u32 read_hardware(unsigned int port, unsigned int size)
{
	if (size == 1)
		return inb(port);
	return size == 2 ? inw(port) : inl(port);
}

u32 pv_io_read(struct vcpu *v, unsigned int port, unsigned int size)
{
	if (!v->domain->privileged)
		return all_ones(size);
	if (port == PCI_ADDRESS && size == 4)
		return v->pv.pci_address;
	if (port >= PCI_DATA && port + size <= PCI_DATA + 4)
		return pci_guest_read(v->pv.pci_address, port - PCI_DATA,
				      size);
	if (port_is_ours(port, size))
		return all_ones(size);
	return read_hardware(port, size);
}

void pv_io_write(struct vcpu *v, unsigned int port, unsigned int size, u32 x)
{
	if (!v->domain->privileged)
		return;
	if (port == PCI_ADDRESS && size == 4) {
		v->pv.pci_address = x;
		return;
	}
	if (port >= PCI_DATA && port + size <= PCI_DATA + 4) {
		pci_guest_write(v->pv.pci_address, port - PCI_DATA, size, x);
		return;
	}
	if (port_is_ours(port, size))
		return;
	if (size == 1)
		outb(port, x);
	else if (size == 2)
		outw(port, x);
	else
		outl(port, x);
}
