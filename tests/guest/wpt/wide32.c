/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit kernels have no stores of eight bytes but CMPXCHG8B: see main.c. */
#include "wpt.h"

void wpt_check_wide(void)
{
	skip("stores of 64 bits: only 64-bit kernels have them");
}
