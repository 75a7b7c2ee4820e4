/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOSPES_X86_SMP_INIT_H
#define HOSPES_X86_SMP_INIT_H

/* The boot CPU counts as online from now on. */
void smp_boot_cpu_online(void);

#endif
