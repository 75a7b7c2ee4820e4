/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a new guest finds in its memory: nothing.  It looks at a large array
 * that its kernel file leaves out, then fills it, for the next one to find.
 */
#include "guest.h"

static u64 memory[40UL << 20 >> 3];

void test_main(void)
{
	unsigned long i, dirty = 0, first = 0;

	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		if (memory[i] && !dirty++)
			first = i;
		memory[i] = 0x5ec2e7da7a5ec2e7;
	}
	if (dirty)
		print("FAIL scrub: %lu words, first %#lx at %#lx: %#llx\n",
		      dirty, first * 8, (unsigned long)&memory[first],
		      (unsigned long long)memory[first]);
	CHECK_EQ(dirty, 0);
	print("scrub: %lu bytes were zero\n", (unsigned long)sizeof(memory));
}
