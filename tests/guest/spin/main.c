/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that takes all the CPU time it gets, for ever. */
#include "guest.h"

void test_main(void)
{
	print("spin: begin\n");
	for (;;)
		asm volatile("pause");
}
