/* SPDX-License-Identifier: BSD-2-Clause */
/* Single letters that make the hypervisor report or check itself. */
#include "core/memory.h"
#include "hypercall/control.h"
#include "lib/printf.h"
#include "mm/heap.h"
#include "x86/time.h"

static void key_help(void);

static void dump_domain(struct domain *d)
{
	struct vcpu *v;

	pr_info("d%u: %lu pages of %lu, refs %u, pause %u%s%s%s\n", d->id,
		memory_pages(d), d->max_pages, d->refs, d->pause_count,
		d->privileged ? ", privileged" : "",
		d->dying ? ", dying" : "", d->shut_down ? ", shut down" : "");
	pr_info("  frames owned %lu, weight %u, cap %u, grants mapped %u\n",
		frame_owned_count(d->id), d->sched.weight, d->sched.cap,
		d->gnttab.mapped);
	for_each_vcpu(d, v)
		pr_info("  v%u: CPU %u%s, flags %#lx, pause %u, ran %lu ms\n",
			v->id, v->cpu, v->running ? " (runs)" : "", v->flags,
			v->pause_count, vcpu_cpu_time(v) / MS);
}

static void each_domain(void (*fn)(struct domain *))
{
	unsigned int id = 0;
	struct domain *d;

	while ((d = domain_next(id))) {
		fn(d);
		id = d->id + 1;
		domain_put(d);
	}
}

static void key_domains(void)
{
	each_domain(dump_domain);
}

static void key_evtchn(void)
{
	each_domain(evtchn_dump);
}

static unsigned int faults;

/* The audit needs tables that stand still: all but the caller's are paused. */
static void audit_domain(struct domain *d)
{
	bool other = d != current->domain;

	if (d->dying)
		return;
	if (other)
		domain_pause(d);
	faults += pv_audit(d) + evtchn_audit(d) + gnttab_audit(d);
	if (other)
		domain_unpause(d);
}

/* The caller's other vCPUs are stopped as well while its tables are read. */
static void pause_others(bool pause)
{
	struct vcpu *v;

	for_each_vcpu(current->domain, v) {
		if (v == current)
			continue;
		if (pause)
			vcpu_pause(v);
		else
			vcpu_unpause(v);
	}
}

static void key_audit(void)
{
	faults = 0;
	pause_others(true);
	each_domain(audit_domain);
	pause_others(false);
	pr_info("audit: %u faults\n", faults);
}

static void key_memory(void)
{
	pr_info("memory: %lu frames free of %lu, own %lu\n",
		heap_free_frames(), heap_total_frames(), heap_own_frames());
}

static const struct {
	char key;
	void (*fn)(void);
	const char *what;
} keys[] = {
	{ 'h', key_help, "this list" },
	{ 'q', key_domains, "domains and vCPUs" },
	{ 'e', key_evtchn, "event channels" },
	{ 'r', sched_dump, "run queue" },
	{ 'm', key_memory, "memory" },
	{ 'a', key_audit, "audit page types, event channels, grants" },
};

static void key_help(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
		pr_info("key '%c': %s\n", keys[i].key, keys[i].what);
}

long debug_key(char key)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key != key)
			continue;
		keys[i].fn();
		return 0;
	}
	pr_info("no debug key '%c', try 'h'\n", key);
	return 0;
}
