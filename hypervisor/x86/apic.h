/* SPDX-License-Identifier: BSD-2-Clause */
/* The local interrupt controller of each CPU, and its timer. */
#ifndef HOSPES_X86_APIC_H
#define HOSPES_X86_APIC_H

#include "mm/addr.h"

void apic_init(void);		/* boot CPU: maps it, chooses the mode */
void apic_init_cpu(void);	/* every CPU, the boot CPU too */
u32 apic_id(void);
void apic_eoi(void);
void apic_send_ipi(unsigned int cpu, u8 vector);
void apic_send_init(u32 id);
void apic_send_startup(u32 id, u8 page);
void apic_send_nmi_others(void);
/* Does an interrupt wait for this CPU to enable interrupts? */
bool apic_interrupt_pending(void);
maddr_t apic_base(void);
/* One shot in @tsc_delta TSC cycles; 0: off. */
void apic_timer_arm(u64 tsc_delta);
/*
 * How fast it is: it counts from a start on, whose ticks are read as often as one
 * likes; at the end, how many they were in how many cycles.  See time.c.
 */
void apic_timer_calibrate_start(void);
u32 apic_timer_count(void);
void apic_timer_calibrate_end(u64 ticks, u64 tsc_cycles);

#endif
