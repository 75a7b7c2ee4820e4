/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds 64-bit PV domains. */
#ifndef BUILDER_PV_H
#define BUILDER_PV_H

#include "builder/builder.h"
#include "builder/error.h"

struct build_where {
	uint32_t domid;		/* the wanted one, 0 for any */
	bool reserved;		/* it is there already, and empty */
	const char *cache;	/* where unpacked kernels are kept, or NULL */
};

/*
 * Builds the domain and leaves it paused. 0, or -1 with *error and no domain
 * left, not even one that was reserved.
 */
int pv_build(const struct domain_config *config,
	     const struct build_where *where, struct build_result *result,
	     struct build_error *error);

/* Whether kernel and initrd can be loaded; makes nothing. */
int pv_check(const struct domain_config *config, const char *cache,
	     struct build_error *error);

/* Destroys what pv_build made. */
void pv_undo(const struct build_result *result);

#endif
