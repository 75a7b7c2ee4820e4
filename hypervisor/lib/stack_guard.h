/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOSPES_LIB_STACK_GUARD_H
#define HOSPES_LIB_STACK_GUARD_H

#include "lib/types.h"

/* Called by the compiler's checks. */
extern u64 __stack_chk_guard;
void __stack_chk_fail(void) __noreturn;

/* Only from functions that never return. */
void stack_guard_init(u64 noise);

#endif
