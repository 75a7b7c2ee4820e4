/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FPU_H
#define FPU_H

#include "ops.h"

/* All vector registers to and from memory at operand 0. */
#define ALL_WIDE(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7)
#define ALL_WIDE_64(op) op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15)
#define STORE(n) "vmovups %%ymm" #n ", " #n "*32(%0);"
#define LOAD(n) "vmovups " #n "*32(%0), %%ymm" #n ";"

#ifdef __x86_64__
#define STORE_WIDE ALL_WIDE(STORE) ALL_WIDE_64(STORE)
#define LOAD_WIDE ALL_WIDE(LOAD) ALL_WIDE_64(LOAD)
#define FXSAVE "fxsave64"
#define FXRSTOR "fxrstor64"
#else
#define STORE_WIDE ALL_WIDE(STORE)
#define LOAD_WIDE ALL_WIDE(LOAD)
#define FXSAVE "fxsave"
#define FXRSTOR "fxrstor"
#endif

/* Uses the second vCPU, which must never have run, and leaves it down. */
void check_leaks(void);
/* What it does when it is brought up again. */
void second_vcpu(void);

#endif
