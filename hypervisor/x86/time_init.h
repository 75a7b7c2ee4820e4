/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOSPES_X86_TIME_INIT_H
#define HOSPES_X86_TIME_INIT_H

/* After acpi_init() and apic_init(). */
void time_init(void);

#endif
