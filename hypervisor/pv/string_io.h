/* SPDX-License-Identifier: BSD-2-Clause */
/* INS and OUTS of a guest: string_io.c. */
#ifndef HOSPES_PV_STRING_IO_H
#define HOSPES_PV_STRING_IO_H

#include "core/domain.h"
#include "pv/fetch.h"

/*
 * Up to a batch of elements; true if some were done, or a page fault was
 * injected.  False: #GP.
 */
bool pv_string_io(struct vcpu *v, struct regs *r, const struct insn *in);

#endif
