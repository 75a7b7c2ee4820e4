/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls by name: HYPERCALL2(sched_op, SCHEDOP_yield, 0). Results are 0 or
 * more, or an error as a negative number (xen/errno.h).
 */
#ifndef GUEST_KERNEL_HYPERCALL_H
#define GUEST_KERNEL_HYPERCALL_H

#include <xen/xen.h>
#include "arch.h"

#define HYPERCALL1(name, a) \
	hypercall(__HYPERVISOR_##name, (unsigned long)(a), 0, 0, 0, 0)
#define HYPERCALL2(name, a, b) \
	hypercall(__HYPERVISOR_##name, (unsigned long)(a), \
		  (unsigned long)(b), 0, 0, 0)
#define HYPERCALL3(name, a, b, c) \
	hypercall(__HYPERVISOR_##name, (unsigned long)(a), \
		  (unsigned long)(b), (unsigned long)(c), 0, 0)
#define HYPERCALL4(name, a, b, c, d) \
	hypercall(__HYPERVISOR_##name, (unsigned long)(a), \
		  (unsigned long)(b), (unsigned long)(c), (unsigned long)(d), 0)

#endif
