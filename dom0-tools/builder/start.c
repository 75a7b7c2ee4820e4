/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of day of a PV kernel; see start.h. */
#include "builder/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Flat selectors of the ABI: the guest's kernel runs in ring 3. */
#define FLAT_CODE 0xe033
#define FLAT_STACK 0xe02b
#define FLAGS_INTERRUPTS 0x200
#define DR6_INITIAL 0xffff0ff0ul
#define DR7_INITIAL 0x400ul

#define FRAME_INVALID UINT64_MAX
/* Frames that CR3 names without the extended form. */
#define CR3_PLAIN_FRAMES (1u << 20)

void start_fill_info(struct start_info *si, const struct plan *plan,
		     const char *cmdline, size_t initrd_bytes,
		     uint64_t shared_info_mfn,
		     const struct build_result *result)
{
	strcpy(si->magic, "xen-3.0-x86_64");
	si->nr_pages = plan->nr_pages;
	si->shared_info = shared_info_mfn << PLAN_PAGE_SHIFT;
	si->store_mfn = result->store_mfn;
	si->store_evtchn = result->store_port;
	si->console.domU.mfn = result->console_mfn;
	si->console.domU.evtchn = result->console_port;
	si->pt_base = plan_va(plan, plan->tables.all.pfn);
	si->nr_pt_frames = plan->tables.all.count;
	si->mfn_list = plan->mfn_list;
	if (initrd_bytes) {
		si->mod_start = plan->mod_start;
		si->mod_len = initrd_bytes;
		if (plan->kernel.initrd_by_pfn)
			si->flags |= SIF_MOD_START_PFN;
	}
	if (plan->kernel.has_init_p2m) {
		si->first_p2m_pfn = plan->p2m.pfn;
		si->nr_p2m_frames = plan->p2m.count +
			plan->p2m_tables.all.count;
	}
	snprintf((char *)si->cmd_line, sizeof(si->cmd_line), "%s", cmdline);
}

int start_check(const struct guest *g, const struct plan *plan,
		struct build_error *error)
{
	uint64_t root = g->frames[plan_root(plan)];

	if (!plan->kernel.is_32bit)
		return 0;
	for (uint64_t i = 0; i < plan->nr_pages; i++)
		if (g->frames[i] >= UINT32_MAX)
			return build_fail(error, "the domain got memory that "
					  "a 32-bit kernel cannot name");
	if (root >= CR3_PLAIN_FRAMES && !plan->kernel.extended_cr3)
		return build_fail(error, "the kernel wants its page tables "
				  "below 4 GiB, where no memory is free; stop "
				  "other domains or use a kernel whose notes "
				  "say PAE_MODE yes");
	return 0;
}

/* The list ends with its page; what is behind the last frame is invalid. */
void start_fill_frames(uint64_t *list, const struct plan *plan,
		       const uint64_t *frames)
{
	uint64_t room = plan->p2m.count * PLAN_PAGE_SIZE / sizeof(*list);

	memcpy(list, frames, plan->nr_pages * sizeof(*list));
	for (uint64_t i = plan->nr_pages; i < room; i++)
		list[i] = FRAME_INVALID;
}

static uint64_t *page_at(void *memory, const struct plan_range *range,
			 uint64_t pfn)
{
	return (uint64_t *)((char *)memory +
			    ((pfn - range->pfn) << PLAN_PAGE_SHIFT));
}

/* The frame list and, where it has its own address, its page tables. */
static int write_frame_list(struct guest *g, const struct plan *plan,
			    uint64_t *l4, struct build_error *error)
{
	struct plan_range range = plan->p2m;
	void *memory;

	range.count += plan->p2m_tables.all.count;
	memory = guest_map(g, &range, error);
	if (!memory)
		return -1;
	if (plan->kernel.is_32bit)
		start32_fill_frames(memory, plan, g->frames);
	else
		start_fill_frames(memory, plan, g->frames);
	if (plan->kernel.has_init_p2m)
		plan_fill_tables(&plan->p2m_tables, g->frames,
				 &plan->p2m_tables.all,
				 page_at(memory, &range,
					 plan->p2m_tables.all.pfn), l4);
	guest_unmap(g, memory, &range);
	return 0;
}

/*
 * A kernel starts with its events masked, and has no stack for them yet. The
 * hypervisor leaves that to the builder. The masks of a 32-bit kernel are at the
 * same places.
 */
static int mask_events(struct guest *g, xen_pfn_t shared_info_mfn,
		       struct build_error *error)
{
	shared_info_t *shared = xenforeignmemory_map(g->foreign, g->domid,
						     PROT_READ | PROT_WRITE, 1,
						     &shared_info_mfn, NULL);

	if (!shared)
		return build_fail(error, "the domain's shared_info page could "
				  "not be mapped: %s", strerror(errno));
	for (int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		shared->vcpu_info[i].evtchn_upcall_mask = 1;
	xenforeignmemory_unmap(g->foreign, shared, 1);
	return 0;
}

int start_write(struct guest *g, const struct plan *plan, const char *cmdline,
		size_t initrd_bytes, const struct build_result *result,
		struct build_error *error)
{
	struct plan_range range = {
		.pfn = plan->start_info,
		.count = plan->stack - plan->start_info,
	};
	struct xen_domctl_getdomaininfo info;
	uint64_t *tables;
	void *memory;
	int rc = control_domain_info(g->control, g->domid, &info);

	if (rc < 0)
		return build_fail(error, "the new domain cannot be asked for "
				  "its state: %s", strerror(-rc));
	if (mask_events(g, info.shared_info_frame, error) < 0)
		return -1;
	memory = guest_map(g, &range, error);
	if (!memory)
		return -1;
	if (plan->kernel.is_32bit)
		start32_fill_info(memory, plan, cmdline, initrd_bytes,
				  info.shared_info_frame, result);
	else
		start_fill_info(memory, plan, cmdline, initrd_bytes,
				info.shared_info_frame, result);
	tables = page_at(memory, &range, plan->tables.all.pfn);
	plan_fill_tables(&plan->tables, g->frames, &plan->tables.all, tables,
			 tables);
	rc = write_frame_list(g, plan, tables, error);
	guest_unmap(g, memory, &range);
	return rc;
}

void start_fill_context(struct vcpu_guest_context *ctx,
			const struct plan *plan, uint64_t root_mfn)
{
	uint64_t stack_top = plan_va(plan, plan->stack + 1);

	ctx->flags = VGCF_in_kernel | VGCF_online;
	ctx->user_regs.rip = plan->kernel.entry;
	ctx->user_regs.rsp = stack_top;
	ctx->user_regs.rsi = plan_va(plan, plan->start_info);
	ctx->user_regs.rflags = FLAGS_INTERRUPTS;
	ctx->user_regs.cs = FLAT_CODE;
	ctx->user_regs.ss = FLAT_STACK;
	ctx->kernel_ss = FLAT_STACK;
	ctx->kernel_sp = stack_top;
	ctx->ctrlreg[3] = xen_pfn_to_cr3(root_mfn);
	ctx->debugreg[6] = DR6_INITIAL;
	ctx->debugreg[7] = DR7_INITIAL;
}

static int fill_hypercall_page(struct guest *g, const struct plan *plan,
			       struct build_error *error)
{
	const struct plan_kernel *k = &plan->kernel;
	uint64_t pfn = (k->hypercall_page - k->virt_base) >> PLAN_PAGE_SHIFT;
	int rc = control_hypercall_init(g->control, g->domid, g->frames[pfn]);

	if (rc < 0)
		return build_fail(error, "the kernel's hypercall page could "
				  "not be filled: %s", strerror(-rc));
	return 0;
}

static int set_context(struct guest *g, const struct plan *plan,
		       struct build_error *error)
{
	uint64_t root = g->frames[plan_root(plan)];
	union {
		struct vcpu_guest_context native;
		struct vcpu_context32 narrow;
	} *ctx = calloc(1, sizeof(*ctx));
	int rc;

	if (!ctx)
		return build_fail(error, "out of memory in dom0");
	if (plan->kernel.is_32bit) {
		start32_fill_context(&ctx->narrow, plan, root);
		rc = control_vcpu_set_context32(g->control, g->domid, 0,
						&ctx->narrow,
						sizeof(ctx->narrow));
	} else {
		start_fill_context(&ctx->native, plan, root);
		rc = control_vcpu_set_context(g->control, g->domid, 0,
					      &ctx->native);
	}
	free(ctx);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses the first "
				  "vCPU's registers: %s", strerror(-rc));
	return 0;
}

int start_vcpu(struct guest *g, const struct plan *plan,
	       struct build_error *error)
{
	struct mmuext_op pin = {
		.cmd = plan->tables.top == 3 ? MMUEXT_PIN_L3_TABLE :
			MMUEXT_PIN_L4_TABLE,
		.arg1.mfn = g->frames[plan_root(plan)],
	};
	int rc;

	if (plan->kernel.has_hypercall_page &&
	    fill_hypercall_page(g, plan, error) < 0)
		return -1;
	rc = control_mmuext(g->control, g->domid, &pin, 1);
	if (rc < 0)
		return build_fail(error, "the hypervisor refuses the domain's "
				  "page tables: %s", strerror(-rc));
	return set_context(g, plan, error);
}
