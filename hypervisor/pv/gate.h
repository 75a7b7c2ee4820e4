/* SPDX-License-Identifier: BSD-2-Clause */
/* Call gates of 32-bit guests: as kept in their tables, and their use. */
#ifndef HOSPES_PV_GATE_H
#define HOSPES_PV_GATE_H

#include "x86/cpu.h"

/* Make a guest's call gate one that always faults; false: refuse it. */
bool pv_gate_fix(u64 *desc);
/* #GP with a selector as error code: done if it was a gate's. */
bool pv_emulate_gate(struct regs *r);

#endif
