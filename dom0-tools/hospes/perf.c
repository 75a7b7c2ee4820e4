/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of the hypervisor: differences, sums, rows.  See perf.h. */
#include <stdio.h>
#include <string.h>

#include "hospes/perf.h"
#include "lib/json.h"

bool perf_subtract(struct control_perf *now, const struct control_perf *then)
{
	size_t count = now->counters * now->cpus;

	if (now->counters != then->counters || now->cpus != then->cpus)
		return false;
	for (size_t i = 0; i < count; i++)
		now->values[i] -= then->values[i];
	now->time_ns -= then->time_ns;
	return true;
}

uint64_t perf_sum(const struct control_perf *p, size_t counter)
{
	uint64_t sum = 0;

	for (size_t cpu = 0; cpu < p->cpus; cpu++)
		sum += p->values[cpu * p->counters + counter];
	return sum;
}

static bool shown(const struct control_perf *p, size_t counter, bool all)
{
	return p->names[counter][0] && (all || perf_sum(p, counter));
}

bool perf_row(char *buf, size_t size, const struct control_perf *p,
	      size_t counter, bool all)
{
	uint64_t sum = perf_sum(p, counter);
	double seconds = (double)p->time_ns / 1e9;

	if (!shown(p, counter, all))
		return false;
	snprintf(buf, size, "%-40s %14llu %13.1f", p->names[counter],
		 (unsigned long long)sum,
		 seconds > 0 ? (double)sum / seconds : 0.0);
	return true;
}

void perf_json(struct json_writer *w, const struct control_perf *p, bool all)
{
	json_open_object(w, NULL);
	json_put_int(w, "ns", (int64_t)p->time_ns);
	json_put_int(w, "cpus", (int64_t)p->cpus);
	json_open_object(w, "counters");
	for (size_t i = 0; i < p->counters; i++) {
		if (!shown(p, i, all))
			continue;
		json_open_object(w, p->names[i]);
		json_put_int(w, "count", (int64_t)perf_sum(p, i));
		json_open_array(w, "per-cpu");
		for (size_t cpu = 0; cpu < p->cpus; cpu++)
			json_put_int(w, NULL, (int64_t)
				     p->values[cpu * p->counters + i]);
		json_close_array(w);
		json_close_object(w);
	}
	json_close_object(w);
	json_close_object(w);
}
