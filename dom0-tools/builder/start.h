/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PV kernel finds when it starts: start_info, page tables, frame list,
 * and the registers of its first vCPU. The start32_ functions are what differs
 * for 32-bit kernels.
 */
#ifndef BUILDER_START_H
#define BUILDER_START_H

#include "builder/builder.h"
#include "builder/guest.h"
#include "builder/layout32.h"

/* Whether a 32-bit kernel can name the frames it got. */
int start_check(const struct guest *g, const struct plan *plan,
		struct build_error *error);

/* Writes start_info, page tables and frame list. */
int start_write(struct guest *g, const struct plan *plan, const char *cmdline,
		size_t initrd_bytes, const struct build_result *result,
		struct build_error *error);

/* Pins the page tables, fills the hypercall page, sets vCPU 0. */
int start_vcpu(struct guest *g, const struct plan *plan,
	       struct build_error *error);

/* The contents of start_info; pure. `si` is zeroed memory of a page. */
void start_fill_info(struct start_info *si, const struct plan *plan,
		     const char *cmdline, size_t initrd_bytes,
		     uint64_t shared_info_mfn,
		     const struct build_result *result);
void start32_fill_info(struct start_info32 *si, const struct plan *plan,
		       const char *cmdline, size_t initrd_bytes,
		       uint64_t shared_info_mfn,
		       const struct build_result *result);

/* The frame list, all of its pages; pure. */
void start_fill_frames(uint64_t *list, const struct plan *plan,
		       const uint64_t *frames);
void start32_fill_frames(uint32_t *list, const struct plan *plan,
			 const uint64_t *frames);

/* The first vCPU; pure. `ctx` is zeroed. */
void start_fill_context(struct vcpu_guest_context *ctx,
			const struct plan *plan, uint64_t root_mfn);
void start32_fill_context(struct vcpu_context32 *ctx,
			  const struct plan *plan, uint64_t root_mfn);

#endif
