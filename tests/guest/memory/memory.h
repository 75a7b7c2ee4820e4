/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of this subject. */
#ifndef TESTS_GUEST_MEMORY_H
#define TESTS_GUEST_MEMORY_H

#include "ops.h"

long memory_op(unsigned int cmd, void *arg);
long pages_now(void);
/* XENMEM_*_reservation or populate_physmap of our own. */
long reservation(unsigned int cmd, xen_pfn_t *list, unsigned long n,
		 unsigned int order, unsigned int flags);
/* The frame behind a frame number of ours is another one now. */
static inline void set_mfn(unsigned long pfn, unsigned long mfn)
{
	((unsigned long *)start_info->mfn_list)[pfn] = mfn;
}
void memory_check_exchange(void);
void memory_check_claims(void);
void memory_check_held(void);

#endif
