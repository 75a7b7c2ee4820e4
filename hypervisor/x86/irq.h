/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts: vectors, IO-APIC lines, MSI.  Handlers run with
 * interrupts disabled, entered from a guest or from the idle loop only, and
 * hold no lock when they start.
 */
#ifndef HOSPES_X86_IRQ_H
#define HOSPES_X86_IRQ_H

#include "mm/addr.h"

/* Called by entry code for vectors 0x20-0xff; acknowledges the local APIC. */
void irq_dispatch(unsigned int vector);

/* --- IO-APIC lines (GSI) ------------------------------------------------ */
unsigned int ioapic_gsi_count(void);
/* Can @gsi be routed? */
bool ioapic_gsi_valid(unsigned int gsi);
/* Is the line level-triggered, as far as is known now? */
bool ioapic_gsi_level(unsigned int gsi);
/*
 * Prepare a line: trigger mode and polarity (after ACPI overrides), masked.
 * -EINVAL, -EEXIST if it is set up already with the same mode (harmless).
 */
int ioapic_setup(unsigned int gsi, bool level, bool active_low);
/* ISA interrupt -> GSI by the MADT's overrides; trigger and polarity out. */
unsigned int ioapic_isa_to_gsi(unsigned int isa, bool *level, bool *low);

/*
 * --- one interrupt source given to a domain ------------------------------
 * A struct irq_source is a line or an MSI. irq_bind_*() allocates a vector,
 * programs the hardware towards CPU @cpu and leaves it masked.
 */
struct irq_source;
typedef void irq_handler(void *data);

/* Line @gsi; handler runs at each interrupt. NULL if taken or no vector. */
struct irq_source *irq_bind_gsi(unsigned int gsi, irq_handler *h, void *data);
/*
 * MSI or MSI-X of a PCI function: hypervisor writes address and data.
 * @msix_table: machine address of the MSI-X table's BAR region as told by
 * dom0 (0: MSI); @entry: index in the MSI-X table. @count: vectors for
 * multi-message MSI (1 otherwise, power of two). sources[count] out. -errno.
 */
int irq_bind_msi(u16 seg, u8 bus, u8 devfn, maddr_t msix_table,
		 unsigned int entry, unsigned int count, irq_handler *h,
		 void *const data[], struct irq_source *sources[]);
/* Write the messages of a function again (it was reset or slept). */
void irq_restore_msi(u16 seg, u8 bus, u8 devfn);
void irq_unbind(struct irq_source *s);
void irq_mask(struct irq_source *s);
void irq_unmask(struct irq_source *s);
bool irq_is_level(const struct irq_source *s);
/*
 * For level lines the dispatcher masks the line and acknowledges the APIC
 * before the handler is called; irq_eoi() unmasks when the guest is done.
 */
void irq_eoi(struct irq_source *s);
void irq_set_affinity(struct irq_source *s, unsigned int cpu);
u8 irq_vector(const struct irq_source *s);

/* Host-internal vectors (serial line). Returns 0 or -errno. */
int irq_bind_internal(unsigned int gsi, irq_handler *h, void *data);

/* IO-APIC registers as dom0 reads them (physdev apic_read): -errno. */
int ioapic_guest_read(u64 phys, u32 reg, u32 *val);
/* May dom0 map this frame, and read-only only? (LAPIC, IO-APIC, MSI-X) */
bool mmio_frame_denied(mfn_t m);	/* not at all */
bool mmio_frame_readonly(mfn_t m);
/* Remember that a frame holds an MSI-X table (read-only for guests). */
void mmio_add_readonly(mfn_t m);

#endif
