/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The builder of 64-bit PV domains. Everything is checked and laid out first
 * (image, elfnotes, plan); then the domain is made in the order below, and any
 * failure destroys it again.
 *
 * Pages come zeroed from the hypervisor, so only what has contents is mapped:
 * the kernel's segments, the initrd, start_info with the page tables behind
 * it, and the frame list. The mappings must be gone before the page tables are
 * pinned, since a page that is mapped writable anywhere cannot be one.
 */
#include "builder/pv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>


#include "builder/guest.h"
#include "builder/image.h"
#include "builder/start.h"

#define BACKEND_DOMAIN 0

/* What tools add to a domain's limit, for pages that are not its memory. */
#define MEMORY_SLACK_KIB 1024

struct pv_input {
	const struct domain_config *config;
	const struct build_where *where;
	struct image kernel, initrd;
	struct elf elf;
	struct elfnotes notes;
	struct plan plan;
};

/* What the domain file says of the kernel, if it says anything. */
static int check_arch(const struct pv_input *in, struct build_error *error)
{
	enum domain_arch is = in->elf.is_64 ? DOMAIN_ARCH_X86_64 :
		DOMAIN_ARCH_I686;

	if (in->config->arch == DOMAIN_ARCH_ANY || in->config->arch == is)
		return 0;
	return build_fail(error, "kernel %s is a %s one and <type> says "
			  "arch='%s'; write arch='%s' or name another kernel",
			  in->config->kernel, in->elf.is_64 ? "64-bit" :
			  "32-bit", domain_arch_name(in->config->arch),
			  domain_arch_name(is));
}

static int read_input(struct pv_input *in, struct build_error *error)
{
	const struct domain_config *config = in->config;
	struct plan_kernel kernel;
	const char *problem;

	if (image_open(&in->kernel, config->kernel, in->where->cache,
		       error) < 0)
		return -1;
	problem = elf_parse(&in->elf, in->kernel.data, in->kernel.size);
	if (problem)
		return build_fail(error, "kernel %s cannot be loaded: %s; "
				  "copy it again or use another one",
				  config->kernel, problem);
	if (check_arch(in, error) < 0)
		return -1;
	elfnotes_read(&in->elf, &in->notes);
	if (plan_kernel(&kernel, &in->elf, &in->notes, config->kernel,
			error) < 0)
		return -1;
	if (config->initrd &&
	    image_map_file(&in->initrd, "initrd", config->initrd, error) < 0)
		return -1;
	return plan_make(&in->plan, &kernel, config->memory_kib / 4,
			 in->initrd.size, error);
}

static int fail_memory(const struct guest *g, struct build_error *error)
{
	struct xen_sysctl_physinfo info = { 0 };

	control_physinfo(g->control, &info);
	return build_fail(error, "not enough memory: the domain needs %llu "
			  "MiB and the host has only %llu MiB free; lower its "
			  "<memory> or stop another domain",
			  (unsigned long long)g->nr_pages >> 8,
			  (unsigned long long)(info.free_pages -
					       info.outstanding_pages) >> 8);
}

/* Early, so that a full host is told from a domain id in use and the like. */
static int check_free_memory(struct guest *g, struct build_error *error)
{
	struct xen_sysctl_physinfo info;

	if (control_physinfo(g->control, &info) < 0 ||
	    info.free_pages - info.outstanding_pages >= g->nr_pages)
		return 0;
	return fail_memory(g, error);
}

/*
 * From now on nobody else is given what it will want. A domain that was
 * reserved has its claim (-EINVAL), other hypervisors may not know of claims.
 */
static int claim_memory(struct guest *g, struct build_error *error)
{
	int rc = control_memory_claim(g->control, g->domid, g->nr_pages);

	return rc == -ENOMEM ? fail_memory(g, error) : 0;
}

static int make_domain(struct guest *g, const struct pv_input *in,
		       struct build_error *error)
{
	struct control_create how = {
		.vcpus = in->config->vcpus,
		.grant_frames = -1,
		.maptrack_frames = -1,
	};
	int rc;

	if (check_free_memory(g, error) < 0)
		return -1;
	memcpy(how.uuid, in->config->uuid, sizeof(how.uuid));
	rc = control_domain_create(g->control, &how, &g->domid);
	if (rc == -EEXIST)
		return build_fail(error, "domain id %u is in use",
				  in->where->domid);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses to create "
				  "the domain: %s", strerror(-rc));
	return 0;
}

static int create(struct guest *g, const struct pv_input *in,
		  struct build_error *error)
{
	const struct domain_config *config = in->config;
	int rc;

	g->domid = in->where->domid;
	if (!in->where->reserved && make_domain(g, in, error) < 0)
		return -1;
	g->created = true;
	rc = control_domain_max_vcpus(g->control, g->domid, config->vcpus);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses %u vCPUs: %s",
				  config->vcpus, strerror(-rc));
	if (in->plan.kernel.is_32bit)
		rc = control_domain_address_size(g->control, g->domid, 32);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses a 32-bit "
				  "domain: %s", strerror(-rc));
	rc = control_domain_max_memory(g->control, g->domid,
				       config->max_memory_kib +
				       MEMORY_SLACK_KIB);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses a limit of "
				  "%llu KiB: %s",
				  (unsigned long long)config->max_memory_kib,
				  strerror(-rc));
	return claim_memory(g, error);
}

static int set_sched(struct guest *g, const struct domain_config *config,
		     struct build_error *error)
{
	struct control_sched sched;
	int rc;

	if (config->weight == 0 && config->cap == 0)
		return 0;
	rc = control_domain_sched_get(g->control, g->domid, &sched);
	if (rc == 0) {
		if (config->weight)
			sched.weight = config->weight;
		sched.cap = config->cap;
		rc = control_domain_sched_set(g->control, g->domid, &sched);
	}
	if (rc < 0)
		return build_fail(error, "the scheduler refuses weight %u and "
				  "cap %u: %s", config->weight, config->cap,
				  strerror(-rc));
	return 0;
}

/* Zeros are there already. */
static int load_segment(struct guest *g, const struct pv_input *in,
			const struct elf_segment *s, struct build_error *error)
{
	uint64_t address = plan_address(&in->plan.kernel, s->paddr);
	size_t start = (size_t)(s->file.data - in->kernel.data);
	size_t at = start, len;

	while (image_next_run(&in->kernel, &at, start + s->file.size, &len)) {
		if (guest_write(g, address + (at - start),
				in->kernel.data + at, len, error) < 0)
			return -1;
		at += len;
	}
	return 0;
}

static int load(struct guest *g, const struct pv_input *in,
		struct build_error *error)
{
	const struct plan *plan = &in->plan;

	for (unsigned int i = 0; i < in->elf.segment_count; i++)
		if (load_segment(g, in, &in->elf.segments[i], error) < 0)
			return -1;
	return guest_write(g, plan->initrd.pfn << PLAN_PAGE_SHIFT,
			   in->initrd.data, in->initrd.size, error);
}

static int allocate_ports(struct guest *g, struct build_result *result,
			  struct build_error *error)
{
	int rc = control_evtchn_alloc_unbound(g->control, g->domid,
					      BACKEND_DOMAIN,
					      &result->store_port);

	if (rc == 0)
		rc = control_evtchn_alloc_unbound(g->control, g->domid,
						  BACKEND_DOMAIN,
						  &result->console_port);
	if (rc < 0)
		return build_fail(error, "event channels for the domain could "
				  "not be allocated: %s", strerror(-rc));
	return 0;
}

static int build(struct guest *g, const struct pv_input *in,
		 struct build_result *result, struct build_error *error)
{
	const struct plan *plan = &in->plan;

	if (create(g, in, error) < 0 ||
	    set_sched(g, in->config, error) < 0 ||
	    guest_populate(g, error) < 0 ||
	    start_check(g, plan, error) < 0 ||
	    allocate_ports(g, result, error) < 0)
		return -1;
	result->domid = g->domid;
	result->store_mfn = g->frames[plan->store];
	result->console_mfn = g->frames[plan->console];
	if (load(g, in, error) < 0 ||
	    start_write(g, plan, in->config->cmdline, in->initrd.size, result,
			error) < 0)
		return -1;
	return start_vcpu(g, plan, error);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int pv_check(const struct domain_config *config, const char *cache,
	     struct build_error *error)
{
	const struct build_where where = { .cache = cache };
	struct pv_input in = { .config = config, .where = &where };
	int rc = read_input(&in, error);

	image_close(&in.kernel);
	image_close(&in.initrd);
	return rc;
}

int pv_build(const struct domain_config *config,
	     const struct build_where *where, struct build_result *result,
	     struct build_error *error)
{
	struct pv_input in = { .config = config, .where = where };
	uint64_t began = now_ms();
	struct guest g = { .created = false };
	int rc;

	memset(result, 0, sizeof(*result));
	rc = read_input(&in, error);
	if (rc == 0)
		rc = guest_open(&g, in.plan.nr_pages, error);
	if (rc == 0)
		rc = build(&g, &in, result, error);
	guest_close(&g, rc < 0);
	snprintf(result->guest_os, sizeof(result->guest_os), "%s",
		 in.notes.guest_os);
	result->is_32bit = in.plan.kernel.is_32bit;
	result->cached = in.kernel.cached;
	image_close(&in.kernel);
	image_close(&in.initrd);
	result->ms = (unsigned int)(now_ms() - began);
	return rc;
}

void pv_undo(const struct build_result *result)
{
	struct control *control = control_open();

	if (control)
		control_domain_destroy(control, result->domid);
	control_close(control);
}
