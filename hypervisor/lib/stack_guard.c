/* SPDX-License-Identifier: BSD-2-Clause */
/* The word that the compiler puts below return addresses, and checks. */
#include "lib/printf.h"
#include "lib/stack_guard.h"

/* Never zero bytes only; made unpredictable by stack_guard_init(). */
u64 __stack_chk_guard __ro_after_init = 0x5bd1e995a7c30f00;

void stack_guard_init(u64 noise)
{
	/* The lowest byte stays zero: it ends strings. */
	__stack_chk_guard ^= (noise * 0x9e3779b97f4a7c15UL) << 8;
}

void __stack_chk_fail(void)
{
	panic("stack overwritten, returning to %p",
	      __builtin_return_address(0));
}
