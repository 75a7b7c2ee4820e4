/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <time.h>
#include "bench.h"
#include "clock.h"

enum { ENOUGH_SECONDS = 15 };

static bool wall;

void clock_choose(void)
{
	const char *clock = getenv("clock");

	wall = clock && !strcmp(clock, "wall");
}

uint64_t clock_now(void)
{
	struct timespec t;

	if (!wall)
		return bench_now();
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

bool clock_enough(uint64_t took)
{
	return wall && took > ENOUGH_SECONDS * 1000000000ULL;
}

void clock_print(const char *name, uint64_t took, uint32_t units)
{
	double each = (double)took / units;

	if (!wall) {
		bench_print(name, each);
		return;
	}
	/* A KiB of a stream takes a few microseconds. */
	printf("bench %s %.3f\n", name, each / 1000);
	fflush(stdout);
}
