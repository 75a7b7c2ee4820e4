/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests at the edge.  Handlers know native structures only: what a
 * 32-bit guest hands over in another layout is converted into the vCPU's
 * translation area, and the handler gets the address of that.  guest_copy
 * takes such addresses only while a translated call is under way.
 */
#ifndef HOSPES_HYPERCALL_COMPAT32_H
#define HOSPES_HYPERCALL_COMPAT32_H

#include "core/domain.h"
#include "hypercall/hypercall.h"

struct c32_vcpu_guest_context;

/* table32.def: dispatch32.c */
long compat32_multicall(gva_t list, unsigned int count);

/*
 * The context of a vCPU between the layouts (compat32_context.c).  The native
 * one of a 32-bit guest has selectors of callbacks in the upper halves of
 * their addresses (CS << 32 | EIP) and MFN << PAGE_SHIFT in ctrlreg[3].
 */
void compat32_context_in(vcpu_guest_context_t *to,
			 const struct c32_vcpu_guest_context *from);
void compat32_context_out(struct c32_vcpu_guest_context *to,
			  const vcpu_guest_context_t *from);

#endif
