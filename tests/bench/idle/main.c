/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that comes to life and then does nothing: says so on its console and
 * blocks for ever.  What tools and hypervisor spend on a guest as such.
 */
#include "guest.h"

void test_main(void)
{
	print("idle\n");
	for (;;)
		HC2(sched_op, SCHEDOP_block, 0);
}
