/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting up one CPU; used at boot and by smp.c. */
#ifndef HOSPES_X86_CPU_INIT_H
#define HOSPES_X86_CPU_INIT_H

#include "x86/cpu.h"

/* Before our own page tables are loaded: EFER.NX, PAT. */
void cpu_init_early(void);
/* Control registers, as all CPUs have them; remembers CR4. */
void cpu_init_control(void);
/* CR4 of all CPUs, as it is without a guest's own bits. */
extern u64 cpu_cr4;

/* desc.c: the per-CPU area, mapped; GDT tail, TSS. NULL: no memory. */
struct cpu *desc_cpu_create(unsigned int id, u32 apic_id);
void desc_init(void);		/* IDT */
/* On the CPU itself, on its area's stack: GDTR, IDTR, TR, SYSCALL MSRs. */
void desc_load(struct cpu *c);
/* Continue in @fn on the stack of @c. */
void desc_enter(struct cpu *c, void (*fn)(void)) __noreturn;

#endif
