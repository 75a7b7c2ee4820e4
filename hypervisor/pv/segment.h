/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments of the running guest, read from its descriptor tables. */
#ifndef HOSPES_PV_SEGMENT_H
#define HOSPES_PV_SEGMENT_H

#include "core/domain.h"

#define SEL_TI	4		/* of the LDT */

/*
 * Before a guest's selector is loaded in ring 0: LDT pages come when they are
 * asked for, and there nobody asks.  (IRETQ: see guest_iret_fault().)
 */
void pv_prepare_selector(const struct vcpu *v, u64 sel);
/* The descriptor that @sel names; false if there is none. */
bool pv_read_descriptor(const struct vcpu *v, u64 sel, u64 *desc);
u32 pv_descriptor_base(u64 desc);
/* Linear address of @offset in the segment; base 0 if it is none. */
gva_t pv_segment_gva(const struct vcpu *v, u64 sel, u32 offset);
/*
 * The same for an access that the processor has not checked: of @size bytes, by
 * a data or code segment that must be there, reach so far and allow it.  False:
 * #GP(0).
 */
bool pv_segment_access(const struct vcpu *v, u64 sel, u32 offset,
		       unsigned int size, bool write, u64 *at);
/* Where the instruction at CS:RIP is, whatever mode it is in. */
gva_t pv_code_gva(const struct vcpu *v, const struct regs *r);

#endif
