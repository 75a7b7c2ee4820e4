/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's counters.  See perf.h. */
#define __XEN_TOOLS__ 1
#include "perf.h"

#include <xen/sysctl.h>

#define COUNTERS	256
#define CPUS		8
#define NAME_SIZE	XEN_SYSCTL_HOSPES_PERF_NAME

static char names[COUNTERS][NAME_SIZE];
static u64 rows[CPUS][COUNTERS];
static u64 now[COUNTERS], before[COUNTERS], when;

int perf_read(void)
{
	static struct xen_sysctl op;
	struct xen_sysctl_hospes_perf *p = &op.u.hospes_perf;
	unsigned int i, cpu;
	int rc;

	memset(&op, 0, sizeof(op));
	op.cmd = XEN_SYSCTL_hospes_perf;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	p->nr_counters = COUNTERS;
	p->nr_cpus = CPUS;
	set_xen_guest_handle(p->names, names[0]);
	set_xen_guest_handle(p->values, rows[0]);
	rc = HC1(sysctl, &op);
	if (rc)
		return rc;
	CHECK(p->nr_counters <= COUNTERS);
	CHECK(p->nr_cpus >= 1 && p->nr_cpus <= CPUS);
	memcpy(before, now, sizeof(before));
	memset(now, 0, sizeof(now));
	for (cpu = 0; cpu < p->nr_cpus; cpu++)
		for (i = 0; i < COUNTERS; i++)
			now[i] += rows[cpu][i];
	when = p->time;
	return 0;
}

static int find(const char *name)
{
	int i;

	for (i = 0; i < COUNTERS; i++)
		if (!memcmp(names[i], name, strlen(name) + 1))
			return i;
	return -1;
}

bool perf_value(const char *name, u64 *value)
{
	int i = find(name);

	if (i >= 0)
		*value = now[i];
	return i >= 0;
}

u64 perf_delta(const char *name)
{
	int i = find(name);

	return i < 0 ? ~0ULL : now[i] - before[i];
}

static u64 sum(const char *prefix)
{
	unsigned int i;
	u64 n = 0;

	for (i = 0; i < COUNTERS; i++)
		if (!memcmp(names[i], prefix, strlen(prefix)))
			n += now[i] - before[i];
	return n;
}

u64 perf_exits(void)
{
	u64 calls = perf_delta("hypercall-multicall");

	if (!calls)
		calls = sum("hypercall-") - perf_delta("hypercall-sysctl") -
			perf_delta("hypercall-restart");
	return calls + sum("exception-") - perf_delta("exception-injected") +
	       perf_delta("guest-syscall") + sum("interrupt-");
}

u64 perf_time(void)
{
	return when;
}
