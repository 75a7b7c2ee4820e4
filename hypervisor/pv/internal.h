/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of pv/ share among themselves. */
#ifndef HOSPES_PV_INTERNAL_H
#define HOSPES_PV_INTERNAL_H

#include "core/domain.h"
#include "x86/cpuid.h"
#include "x86/traps.h"

/* kind.c */
void pv_load_debugregs(const struct vcpu *v);
void pv_load_cr4(const struct vcpu *v);
void pv_load_xcr0(const struct vcpu *v);

/* context.c */
int pv_set_context(struct vcpu *v, const vcpu_guest_context_t *c);
void pv_get_context(struct vcpu *v, vcpu_guest_context_t *c);

/* desc.c */
void pv_desc_init(struct vcpu *v);
/* Put the vCPU's GDT into this CPU's window (no flush: CR3 load follows). */
void pv_desc_load_window(struct vcpu *v);
void pv_desc_load_ldt(struct vcpu *v);
/* Selectors a guest names: never of ours, never ring 0. */
static inline u64 pv_fix_selector(u64 sel)
{
	return (sel & 0xffff) | 3;
}

static inline bool pv_event_ready(const struct vcpu *v)
{
	return v->info->evtchn_upcall_pending &&
	       !v->info->evtchn_upcall_mask;
}

/* bounce.c */
void pv_failsafe(void);
void pv_deliver_event(struct vcpu *v);
void pv_dump_stack(const struct regs *regs);

/* emulate.c: true if the instruction was done (or a fault injected). */
bool pv_emulate_privileged(struct regs *regs);
/* forced.c */
bool pv_emulate_forced(struct regs *regs);
/* io.c */
bool pv_io_allowed(const struct vcpu *v, unsigned int port, unsigned int size);
u32 pv_io_read(struct vcpu *v, unsigned int port, unsigned int size);
void pv_io_write(struct vcpu *v, unsigned int port, unsigned int size, u32 x);
/* msr.c: false means #GP. */
bool pv_msr_read(struct vcpu *v, u32 msr, u64 *value);
bool pv_msr_write(struct vcpu *v, u32 msr, u64 value);
/* wpt.c: a guest kernel's write to a page table; true if emulated. */
bool pv_emulate_table_write(struct regs *regs, u64 addr);

#endif
