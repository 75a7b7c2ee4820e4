/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a domain's kernel can be loaded, as the builder sees it. */
#ifndef HOSPES_KERNEL_CHECK_H
#define HOSPES_KERNEL_CHECK_H

#include "config/domain.h"

/* Adds an error ("ORIGIN: why") if it cannot, a warning if nobody knows. */
void kernel_check(const struct domain_config *config, const char *origin,
		  struct diag *diag);

#endif
