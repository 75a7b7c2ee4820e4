/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs: bring-up and stop. */
#ifndef HOSPES_X86_SMP_H
#define HOSPES_X86_SMP_H

#include "lib/types.h"

void smp_boot_aps(void);	/* all CPUs of the MADT; logs each */
void smp_stop_others(void);	/* for panic and reboot; from any context */

/* Others shall halt; whoever stopped them does not wait for locks. */
bool smp_stopping(void);

#endif
