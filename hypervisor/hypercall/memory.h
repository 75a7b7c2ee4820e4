/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of memory_op that have a file of their own. */
#ifndef HOSPES_HYPERCALL_MEMORY_H
#define HOSPES_HYPERCALL_MEMORY_H

#include "hypercall/hypercall.h"

long memory_exchange(gva_t arg);		/* memory_exchange.c */
long memory_map_get(gva_t arg);			/* memory_map.c */
long memory_map_set(gva_t arg);
long memory_map_machine(gva_t arg);
long memory_acquire_resource(gva_t arg);	/* memory_resource.c */

#endif
