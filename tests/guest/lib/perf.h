/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's counters, for kernels that are dom0. */
#ifndef TESTS_PERF_H
#define TESTS_PERF_H

#include "guest.h"

/*
 * Reads all counters.  0, or -errno: -EPERM for who is not dom0, -ENOSYS from
 * another hypervisor.  The call itself is counted before they are read.
 */
int perf_read(void);
/* At the last reading, of all CPUs together; false: there is no such name. */
bool perf_value(const char *name, u64 *value);
/* How far it came between the last two readings; ~0: no such name. */
u64 perf_delta(const char *name);
/*
 * How often guests came to the hypervisor between the last two readings: by calls,
 * exceptions, system calls, interrupts; readings are not counted, nor are the
 * entries of multicalls, if nothing but multicalls was done.
 */
u64 perf_exits(void);
u64 perf_time(void);		/* of the last reading, ns */

#endif
