/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetch and decode the instruction at the guest's instruction pointer. */
#ifndef HOSPES_PV_FETCH_H
#define HOSPES_PV_FETCH_H

#include "x86/decode.h"

/* False if it cannot be read or decoded. */
bool pv_fetch(struct insn *in, struct regs *r);
/* Is the guest's code segment a 64-bit one? */
bool pv_long_code(const struct regs *r);

#endif
