/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions of 64-bit code alone: addresses that are none, what is no more. */
#include "causes.h"

CAUSE(c_address, "movabs $0x8000000000000000, %rax; mov (%rax), %ecx");
CAUSE(c_swapgs, "swapgs");
CAUSE(c_sysret, "sysretq");
CAUSE(c_into, ".byte 0xce");
CAUSE(c_bound, ".byte 0x06");

const struct cause kind_causes[] = {
	{ c_address, 13, 0, 10 },
	{ c_swapgs, 13, 0, 0 },
	{ c_sysret, 13, 0, 0 },
	{ c_into, 6, 0, 0 },
	{ c_bound, 6, 0, 0 },
};
const unsigned int nr_kind_causes = ARRAY_SIZE(kind_causes);
