/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a 64-bit PV kernel finds when it starts: start_info, page tables, frame
 * list, and the registers of its first vCPU. The one part that differs for
 * 32-bit kernels.
 */
#ifndef BUILDER_START_H
#define BUILDER_START_H

#include "builder/builder.h"
#include "builder/guest.h"

/* Writes start_info, page tables and frame list. */
int start_write(struct guest *g, const struct plan *plan, const char *cmdline,
		size_t initrd_bytes, const struct build_result *result,
		struct build_error *error);

/* Pins the page tables, fills the hypercall page, sets vCPU 0. */
int start_vcpu(struct guest *g, const struct plan *plan,
	       struct build_error *error);

/* The contents of start_info; pure. `si` is zeroed memory. */
void start_fill_info(struct start_info *si, const struct plan *plan,
		     const char *cmdline, size_t initrd_bytes,
		     uint64_t shared_info_mfn,
		     const struct build_result *result);

#endif
