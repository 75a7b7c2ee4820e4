/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of the hypervisor as `perf` shows them: differences, sums, rows. */
#ifndef HOSPES_PERF_H
#define HOSPES_PERF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/control.h"

struct json_writer;

#define PERF_HEADER "Counter                                           Count" \
	"    Per second"

/* now := now - then; false (and nothing happens) if they do not belong
   together. Afterwards now->time_ns is the time between. */
bool perf_subtract(struct control_perf *now, const struct control_perf *then);
/* Of all CPUs together. */
uint64_t perf_sum(const struct control_perf *p, size_t counter);
/* A row, no newline; false: it is not to be shown. */
bool perf_row(char *buf, size_t size, const struct control_perf *p,
	      size_t counter, bool all);
/* {"ns": …, "cpus": …, "counters": {NAME: {"count": …, "per-cpu": […]}}} */
void perf_json(struct json_writer *w, const struct control_perf *p, bool all);

#endif
