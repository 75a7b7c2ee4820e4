/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs: bring-up and stop. */
#ifndef HOSPES_X86_SMP_H
#define HOSPES_X86_SMP_H

void smp_boot_aps(void);	/* all CPUs of the MADT; logs each */
void smp_stop_others(void);	/* for panic and reboot; from any context */

#endif
