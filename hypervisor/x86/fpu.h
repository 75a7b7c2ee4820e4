/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating point and vector state: saved and loaded eagerly. */
#ifndef HOSPES_X86_FPU_H
#define HOSPES_X86_FPU_H

#include "lib/types.h"

/* Bits of XCR0 that guests may set; 0 without XSAVE. */
extern u64 fpu_xcr0_mask;

void *fpu_alloc(void);		/* area in initial state, NULL: no memory */
void fpu_free(void *area);
void fpu_save(void *area);	/* this CPU's state (CR0.TS is clear) */
void fpu_load(const void *area);
void fpu_init_cpu(void);
/* Size of the area for XCR0 value @xcr0 (CPUID 0xd). */
unsigned int fpu_size(u64 xcr0);

#endif
