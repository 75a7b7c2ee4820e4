/* SPDX-License-Identifier: BSD-2-Clause */
/* A 64-bit kernel's callbacks have no selector that could be wrong. */
#include "failsafe.h"

void check_hopeless(void)
{
	subject("a callback that cannot be entered");
	skip("a 64-bit guest has none");
}
