/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs share that measure in a Linux guest, in dom0, and on the
 * bare machine. Under QEMU's deterministic clock (-icount shift=0) the counter
 * counts instructions of everything that ran meanwhile: the program, its
 * kernel, the hypervisor, other domains. A figure is a line `bench NAME VALUE`.
 */
#ifndef BENCH_LINUX_H
#define BENCH_LINUX_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline uint64_t bench_now(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void bench_print(const char *name, double value)
{
	printf("bench %s %.1f\n", name, value);
	fflush(stdout);
}

static inline void bench_fail(const char *what)
{
	perror(what);
	exit(1);
}

#endif
