/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters to the tools: rows as they lie in struct perf, and the names, so
 * that no tool has to know which counters this build has.
 */
#include "hypercall/control.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/time.h"
#include "x86/traps.h"

#define COUNTERS	(sizeof(struct perf) / sizeof(u64))
#define NAME_SIZE	XEN_SYSCTL_HOSPES_PERF_NAME

static const char *const hypercall_names[PERF_HYPERCALLS] = {
#define HC(nr, name, kinds, args, call) [nr] = #name,
#include "hypercall/table.def"
#undef HC
};

static const char *const event_names[PERF_EVENTS] = {
#define PERF(event, name) [PERF_##event] = name,
#include "x86/perf.def"
#undef PERF
};

/* Small letters and hyphens, whatever the tables of others have. */
static void make_name(char *to, const char *group, const char *name)
{
	snprintf(to, NAME_SIZE, "%s-%s", group, name);
	for (; *to; to++) {
		if (*to == '_' || *to == ' ')
			*to = '-';
		else if (*to >= 'A' && *to <= 'Z')
			*to += 'a' - 'A';
	}
}

/* "" for what can never count. */
static void counter_name(unsigned int i, char name[NAME_SIZE])
{
	memset(name, 0, NAME_SIZE);
	if (i < PERF_HYPERCALLS) {
		if (hypercall_names[i])
			make_name(name, "hypercall", hypercall_names[i]);
		return;
	}
	i -= PERF_HYPERCALLS;
	if (i < PERF_EXCEPTIONS) {
		if (trap_name(i)[0] != '?')
			make_name(name, "exception", trap_name(i));
		return;
	}
	strlcpy(name, event_names[i - PERF_EXCEPTIONS], NAME_SIZE);
}

static int put_names(gva_t to, u32 count)
{
	char name[NAME_SIZE];

	for (u32 i = 0; i < count; i++) {
		counter_name(i, name);
		if (copy_elem_to_guest(to, i, &name))
			return -EFAULT;
	}
	return 0;
}

/* Others go on counting meanwhile: what is read is each word at some moment. */
static int put_values(gva_t to, u32 cpus, u32 count, u32 stride)
{
	for (u32 i = 0; i < cpus; i++) {
		if (copy_to_guest(to, &cpu_by_id(i)->perf,
				  count * sizeof(u64)))
			return -EFAULT;
		to.v += stride * sizeof(u64);
	}
	return 0;
}

long sysctl_perf(struct xen_sysctl *op)
{
	struct xen_sysctl_hospes_perf *p = &op->u.hospes_perf;
	u32 count = min(p->nr_counters, (u32)COUNTERS);
	u32 cpus = min(p->nr_cpus, (u32)cpu_online_count);

	if (p->names.p && put_names(GVA(p->names.p), count))
		return -EFAULT;
	if (p->values.p &&
	    put_values(GVA(p->values.p), cpus, count, p->nr_counters))
		return -EFAULT;
	p->nr_counters = COUNTERS;
	p->nr_cpus = cpu_online_count;
	p->time = time_now();
	return 0;
}
