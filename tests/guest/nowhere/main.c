/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that jumps to nowhere, with nobody to tell it: it ends as crashed. */
#include "guest.h"

void test_main(void)
{
	print("nowhere: on my way\n");
	HC1(set_trap_table, 0);
	((void (*)(void))HOLE_ADDRESS)();
}
