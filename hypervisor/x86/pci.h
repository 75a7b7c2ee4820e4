/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI configuration space, as far as MSI needs it. */
#ifndef HOSPES_X86_PCI_H
#define HOSPES_X86_PCI_H

#include "lib/types.h"

u32 pci_read32(u16 seg, u8 bus, u8 devfn, u16 reg);
u16 pci_read16(u16 seg, u8 bus, u8 devfn, u16 reg);
u8 pci_read8(u16 seg, u8 bus, u8 devfn, u16 reg);
void pci_write32(u16 seg, u8 bus, u8 devfn, u16 reg, u32 v);
void pci_write16(u16 seg, u8 bus, u8 devfn, u16 reg, u16 v);
void pci_write8(u16 seg, u8 bus, u8 devfn, u16 reg, u8 v);
/* Offset of capability @id in the list, 0 if absent. */
u8 pci_find_cap(u16 seg, u8 bus, u8 devfn, u8 id);
/*
 * dom0's direct access by ports 0xcfc-0xcff with its latch @address (0xcf8);
 * size 1, 2, 4. Reads return all-ones when denied.
 */
u32 pci_guest_read(u32 address, unsigned int offset, unsigned int size);
void pci_guest_write(u32 address, unsigned int offset, unsigned int size,
		     u32 v);

#endif
