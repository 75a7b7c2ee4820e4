/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's facts, in the order that readers of `info` know. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hospes/format.h"
#include "hospes/host.h"
#include "hospes/hospes.h"
#include "lib/control.h"

#define PAGES_PER_MIB 256
#define PRIVCMD "/dev/xen/privcmd"

static struct host_fact *add(struct host_facts *facts, const char *key)
{
	static struct host_fact spare;
	struct host_fact *f = &spare;

	if (facts->count < sizeof(facts->list) / sizeof(facts->list[0]))
		f = &facts->list[facts->count++];
	snprintf(f->key, sizeof(f->key), "%s", key);
	return f;
}

static void __attribute__((format(printf, 3, 4)))
add_text(struct host_facts *facts, const char *key, const char *fmt, ...)
{
	struct host_fact *f = add(facts, key);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

static void add_number(struct host_facts *facts, const char *key,
		       uint64_t number)
{
	struct host_fact *f = add(facts, key);

	f->is_number = true;
	f->number = (int64_t)number;
	snprintf(f->text, sizeof(f->text), "%llu",
		 (unsigned long long)number);
}

static void add_node(struct host_facts *facts)
{
	struct utsname u;

	if (uname(&u))
		return;
	add_text(facts, "host", "%s", u.nodename);
	add_text(facts, "release", "%s", u.release);
	add_text(facts, "version", "%s", u.version);
	add_text(facts, "machine", "%s", u.machine);
}

/* CPUs that belong to no scheduler are not kept here: all are in use. */
static void add_machine(struct host_facts *facts,
			const struct xen_sysctl_physinfo *info)
{
	char caps[128];

	add_number(facts, "nr_cpus", info->nr_cpus);
	add_number(facts, "max_cpu_id", info->max_cpu_id);
	add_number(facts, "nr_nodes", info->nr_nodes);
	add_number(facts, "cores_per_socket", info->cores_per_socket);
	add_number(facts, "threads_per_core", info->threads_per_core);
	add_text(facts, "cpu_mhz", "%u.%03u", info->cpu_khz / 1000,
		 info->cpu_khz % 1000);
	format_hw_caps(caps, sizeof(caps), info->hw_cap);
	add_text(facts, "hw_caps", "%s", caps);
	format_virt_caps(caps, sizeof(caps), info->capabilities);
	add_text(facts, "virt_caps", "%s", caps);
	add_number(facts, "total_memory", info->total_pages / PAGES_PER_MIB);
	add_number(facts, "free_memory",
		   (info->free_pages - info->outstanding_pages) /
		   PAGES_PER_MIB);
	add_number(facts, "sharing_freed_memory", 0);
	add_number(facts, "sharing_used_memory", 0);
	add_number(facts, "outstanding_claims",
		   info->outstanding_pages / PAGES_PER_MIB);
	add_number(facts, "free_cpus", 0);
}

static void add_hypervisor(struct host_facts *facts, struct control *c,
			   const struct control_version *v)
{
	uint32_t sched = 0;

	add_number(facts, "xen_major", v->major);
	add_number(facts, "xen_minor", v->minor);
	add_text(facts, "xen_extra", "%s", v->extra);
	add_text(facts, "xen_version", "%u.%u%s", v->major, v->minor,
		 v->extra);
	add_text(facts, "xen_caps", "%s", v->capabilities);
	(void)control_sched_id(c, &sched);
	add_text(facts, "xen_scheduler", "%s", format_scheduler(sched));
	add_number(facts, "xen_pagesize", v->pagesize);
	add_text(facts, "platform_params", "virt_start=0x%llx",
		 (unsigned long long)v->virt_start);
	add_text(facts, "xen_changeset", "%s", v->changeset);
	add_text(facts, "xen_commandline", "%s", v->commandline);
	add_text(facts, "cc_compiler", "%s", v->compiler);
	add_text(facts, "cc_compile_by", "%s", v->compile_by);
	add_text(facts, "cc_compile_domain", "%s", v->compile_domain);
	add_text(facts, "cc_compile_date", "%s", v->compile_date);
	add_text(facts, "build_id", "%s", v->build_id);
	add_number(facts, "xend_config_format", 4);
}

/* Ours, behind what others know; left out on another hypervisor. */
static void add_speculation(struct host_facts *facts, struct control *c)
{
	struct xen_sysctl_hospes_spec_ctrl spec;
	char text[64];

	if (control_spec_ctrl(c, &spec))
		return;
	format_spec_ctrl(text, sizeof(text), spec.used);
	add_text(facts, "spec_ctrl", "%s", text);
	format_spec_ctrl(text, sizeof(text), spec.lacking);
	add_text(facts, "spec_ctrl_lacking", "%s", text);
	add_text(facts, "meltdown", "%s",
		 spec.vulnerable & XEN_SYSCTL_HOSPES_VULN_meltdown ?
		 "vulnerable, not mitigated" : "not affected");
}

struct control *host_open(void)
{
	struct control *c = NULL;

	/* Looked at first, as the library has its own words for it. */
	if (!access(PRIVCMD, R_OK | W_OK))
		c = control_open();
	if (!c)
		complain("cannot reach the hypervisor: %s: %s; run this as "
			 "root in dom0, with xen-privcmd loaded", PRIVCMD,
			 strerror(errno));
	return c;
}

int host_collect(struct control *c, struct host_facts *facts)
{
	static struct control_version version;
	struct xen_sysctl_physinfo info;
	int rc;

	facts->count = 0;
	rc = control_physinfo(c, &info);
	if (!rc)
		rc = control_version(c, &version);
	if (rc)
		return rc;
	add_node(facts);
	add_machine(facts, &info);
	add_hypervisor(facts, c, &version);
	add_speculation(facts, c);
	return 0;
}
