/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock of the programs that send to a device: instructions, as bench.h has
 * it; or, with `clock=wall` in the environment, time. The time-stamp counter is
 * no clock by itself: a hypervisor may scale or emulate it.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>

/* Before any other of these. */
void clock_choose(void);

/* Instructions or nanoseconds. */
uint64_t clock_now(void);

/* What each of so many things took: in instructions or microseconds. */
void clock_print(const char *name, uint64_t took, uint32_t units);

#endif
