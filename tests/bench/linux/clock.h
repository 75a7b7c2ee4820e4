/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock of the programs that send to a device: instructions, as bench.h has
 * it; or, with `clock=wall` in the environment, time. The time-stamp counter is
 * no clock by itself: a hypervisor may scale or emulate it.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Before any other of these. */
void clock_choose(void);

/* Instructions or nanoseconds. */
uint64_t clock_now(void);

/*
 * Rounds of a row have taken so long that there shall be no more: in one boot of
 * several, requests one at a time took ten times as long as in the others. Never
 * if instructions are counted.
 */
bool clock_enough(uint64_t took);

/* What each of so many things took: in instructions or microseconds. */
void clock_print(const char *name, uint64_t took, uint32_t units);

#endif
