/* SPDX-License-Identifier: BSD-2-Clause */
/* The few ACPI tables that the hypervisor reads: MADT, FADT, MCFG. */
#ifndef HOSPES_X86_ACPI_H
#define HOSPES_X86_ACPI_H

#include "mm/addr.h"

struct acpi_info {
	maddr_t lapic;
	struct { u32 id, apic_id; } cpus[256];
	unsigned int cpu_count;
	struct { u32 id; maddr_t addr; u32 gsi_base; } ioapics[16];
	unsigned int ioapic_count;
	struct { u8 isa; u32 gsi; u16 flags; } overrides[16];
	unsigned int override_count;
	/* FADT: for sleep, reset, PM timer. */
	u32 pm1a_cnt, pm1b_cnt, pm_timer_port;
	bool reset_supported;
	u8 reset_space, reset_value;
	u64 reset_addr;
	u16 sci;
	bool s5_found;		/* values that switch the machine off */
	u16 s5_a, s5_b;
	/* MCFG: one segment's window. */
	maddr_t mcfg;
	u16 mcfg_segment;
	u8 mcfg_bus_first, mcfg_bus_last;
};

extern struct acpi_info acpi_info;

void acpi_init(void);		/* without ACPI: one CPU, ISA interrupts */

#endif
