/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOSPES_X86_TIME_INIT_H
#define HOSPES_X86_TIME_INIT_H

/* After acpi_init(): the measurement of the TSC's rate begins. */
void time_begin(void);
/* After apic_init(): it has come to its end. */
void time_init(void);

#endif
