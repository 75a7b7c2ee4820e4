/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far the processor has come when dom0 starts: prints the time-stamp
 * counter as `bench tsc N`.  Some thousand instructions of the library have gone
 * before, against millions that are counted.
 */
#include "guest.h"

void test_main(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	print("bench tsc %llu\n", (unsigned long long)hi << 32 | lo);
}
