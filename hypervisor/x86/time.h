/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System time: nanoseconds since boot, from the TSC by one fixed scale, the
 * same on all CPUs.  ns = (tsc_delta shifted by shift) * mul >> 32.
 */
#ifndef HOSPES_X86_TIME_H
#define HOSPES_X86_TIME_H

#include "lib/types.h"

#define NS_PER_SEC	1000000000UL
#define US		1000UL		/* in nanoseconds */
#define MS		1000000UL

struct time_scale {
	u64 tsc_base;		/* TSC value at system time 0 */
	u32 mul;		/* as vcpu_time_info.tsc_to_system_mul */
	signed char shift;	/* as vcpu_time_info.tsc_shift */
};

extern struct time_scale time_scale;
extern u64 tsc_khz;

u64 time_now(void);			/* system time, ns */
u64 tsc_to_ns(u64 tsc);			/* absolute TSC -> system time */
/*
 * A moment of the last 0.3 s, in both.  Computed from any of them by the scale,
 * system time is the same to the nanosecond.
 */
void time_reference(u64 *tsc, u64 *ns);

/* Wall clock at system time 0, ns since 1970; read from the CMOS clock. */
u64 time_wallclock_base(void);
/* dom0 sets it: @ns is the wall clock at system time @system_time. */
void time_set_wallclock(u64 ns, u64 system_time);

/* Arm this CPU's one-shot timer for an absolute system time; 0: disarm. */
void time_arm(u64 deadline);
void time_delay_us(unsigned int us);

#endif
