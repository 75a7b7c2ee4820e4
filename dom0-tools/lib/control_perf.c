/* SPDX-License-Identifier: BSD-2-Clause */
/* Control calls for the hypervisor's counters. */
#include "lib/control_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How many there are, without any. */
static int ask_size(struct control *c, struct control_perf *perf)
{
	struct xen_sysctl op = { .cmd = 0 };
	int rc = control_sysctl(c, &op, XEN_SYSCTL_hospes_perf);

	if (rc < 0)
		return rc;
	if (!op.u.hospes_perf.nr_counters || !op.u.hospes_perf.nr_cpus)
		return -EIO;
	perf->counters = op.u.hospes_perf.nr_counters;
	perf->cpus = op.u.hospes_perf.nr_cpus;
	return 0;
}

static int fetch(struct control *c, struct control_perf *perf, char *names,
		 uint64_t *values)
{
	struct xen_sysctl op = { .cmd = 0 };
	struct xen_sysctl_hospes_perf *p = &op.u.hospes_perf;
	int rc;

	p->nr_counters = (uint32_t)perf->counters;
	p->nr_cpus = (uint32_t)perf->cpus;
	set_xen_guest_handle(p->names, names);
	set_xen_guest_handle(p->values, values);
	rc = control_sysctl(c, &op, XEN_SYSCTL_hospes_perf);
	if (rc < 0)
		return rc;
	if (p->nr_counters != perf->counters || p->nr_cpus != perf->cpus)
		return -EIO;
	perf->time_ns = p->time;
	return 0;
}

int control_perf_read(struct control *c, struct control_perf *perf)
{
	size_t names_size, values_size;
	char *data;
	int rc;

	memset(perf, 0, sizeof(*perf));
	rc = ask_size(c, perf);
	if (rc < 0)
		return rc;
	names_size = perf->counters * sizeof(*perf->names);
	values_size = perf->counters * perf->cpus * sizeof(*perf->values);
	data = control_data(c, names_size + values_size);
	perf->names = calloc(perf->counters, sizeof(*perf->names));
	perf->values = calloc(perf->counters * perf->cpus,
			      sizeof(*perf->values));
	if (!data || !perf->names || !perf->values)
		return -ENOMEM;
	rc = fetch(c, perf, data, (uint64_t *)(data + names_size));
	if (rc < 0)
		return rc;
	memcpy(perf->names, data, names_size);
	memcpy(perf->values, data + names_size, values_size);
	for (size_t i = 0; i < perf->counters; i++)
		perf->names[i][CONTROL_PERF_NAME - 1] = '\0';
	return 0;
}

void control_perf_free(struct control_perf *perf)
{
	free(perf->names);
	free(perf->values);
	memset(perf, 0, sizeof(*perf));
}
