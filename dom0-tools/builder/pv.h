/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds 64-bit PV domains. */
#ifndef BUILDER_PV_H
#define BUILDER_PV_H

#include "builder/builder.h"
#include "builder/error.h"

/*
 * Builds the domain and leaves it paused. `domid`: the wanted one, 0 for any;
 * `cache`: where unpacked kernels are kept, or NULL. 0, or -1 with *error and
 * no domain left.
 */
int pv_build(const struct domain_config *config, uint32_t domid,
	     const char *cache, struct build_result *result,
	     struct build_error *error);

/* Whether kernel and initrd can be loaded; makes nothing. */
int pv_check(const struct domain_config *config, const char *cache,
	     struct build_error *error);

/* Destroys what pv_build made. */
void pv_undo(const struct build_result *result);

#endif
