/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of day of a 32-bit PV kernel; see start.h. */
#include "builder/start.h"

#include <stdio.h>
#include <string.h>

/* Flat selectors of the ABI: the guest's kernel runs in ring 1. */
#define FLAT_CODE_32 0xe019
#define FLAT_DATA_32 0xe021
#define FLAGS_INTERRUPTS 0x200
#define DR6_INITIAL 0xffff0ff0u
#define DR7_INITIAL 0x400u

#define FRAME_INVALID_32 UINT32_MAX

/* plan_make and start_check saw to it that everything fits in 32 bits. */
void start32_fill_info(struct start_info32 *si, const struct plan *plan,
		       const char *cmdline, size_t initrd_bytes,
		       uint64_t shared_info_mfn,
		       const struct build_result *result)
{
	strcpy(si->magic, "xen-3.0-x86_32p");
	si->nr_pages = (uint32_t)plan->nr_pages;
	si->shared_info = (uint32_t)(shared_info_mfn << PLAN_PAGE_SHIFT);
	si->store_mfn = (uint32_t)result->store_mfn;
	si->store_evtchn = result->store_port;
	si->console_mfn = (uint32_t)result->console_mfn;
	si->console_evtchn = result->console_port;
	si->pt_base = (uint32_t)plan_va(plan, plan->tables.all.pfn);
	si->nr_pt_frames = (uint32_t)plan->tables.all.count;
	si->mfn_list = (uint32_t)plan->mfn_list;
	if (initrd_bytes) {
		si->mod_start = (uint32_t)plan->mod_start;
		si->mod_len = (uint32_t)initrd_bytes;
		if (plan->kernel.initrd_by_pfn)
			si->flags |= SIF_MOD_START_PFN;
	}
	snprintf((char *)si->cmd_line, sizeof(si->cmd_line), "%s", cmdline);
}

void start32_fill_frames(uint32_t *list, const struct plan *plan,
			 const uint64_t *frames)
{
	uint64_t room = plan->p2m.count * PLAN_PAGE_SIZE / sizeof(*list);

	for (uint64_t i = 0; i < plan->nr_pages; i++)
		list[i] = (uint32_t)frames[i];
	for (uint64_t i = plan->nr_pages; i < room; i++)
		list[i] = FRAME_INVALID_32;
}

void start32_fill_context(struct vcpu_context32 *ctx, const struct plan *plan,
			  uint64_t root_mfn)
{
	uint32_t stack_top = (uint32_t)plan_va(plan, plan->stack + 1);

	ctx->flags = VGCF_in_kernel | VGCF_online;
	ctx->user_regs.eip = (uint32_t)plan->kernel.entry;
	ctx->user_regs.esp = stack_top;
	ctx->user_regs.esi = (uint32_t)plan_va(plan, plan->start_info);
	ctx->user_regs.eflags = FLAGS_INTERRUPTS;
	ctx->user_regs.cs = FLAT_CODE_32;
	ctx->user_regs.ss = FLAT_DATA_32;
	ctx->user_regs.ds = FLAT_DATA_32;
	ctx->user_regs.es = FLAT_DATA_32;
	ctx->user_regs.fs = FLAT_DATA_32;
	ctx->user_regs.gs = FLAT_DATA_32;
	ctx->kernel_ss = FLAT_DATA_32;
	ctx->kernel_sp = stack_top;
	ctx->ctrlreg[3] = layout32_cr3(root_mfn);
	ctx->debugreg[6] = DR6_INITIAL;
	ctx->debugreg[7] = DR7_INITIAL;
	ctx->event_callback_cs = FLAT_CODE_32;
	ctx->failsafe_callback_cs = FLAT_CODE_32;
	if (plan->kernel.extended_cr3)
		ctx->vm_assist = 1u << VMASST_TYPE_pae_extended_cr3;
}
