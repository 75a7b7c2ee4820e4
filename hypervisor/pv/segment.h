/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments of the running 32-bit guest, read from its descriptor tables. */
#ifndef HOSPES_PV_SEGMENT_H
#define HOSPES_PV_SEGMENT_H

#include "core/domain.h"

/* The descriptor that @sel names; false if there is none. */
bool pv_read_descriptor(const struct vcpu *v, u64 sel, u64 *desc);
u32 pv_descriptor_base(u64 desc);
/* Linear address of @offset in the segment; base 0 if it is none. */
gva_t pv_segment_gva(const struct vcpu *v, u64 sel, u32 offset);
/* Where the instruction at CS:RIP is, whatever mode it is in. */
gva_t pv_code_gva(const struct vcpu *v, const struct regs *r);

#endif
