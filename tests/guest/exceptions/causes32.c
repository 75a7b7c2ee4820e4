/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions of instructions that 64-bit code does not have. */
#include "causes.h"

CAUSE(c_into, "mov $0x7fffffff, %eax; inc %eax; into");
CAUSE(c_bound, "push $9; push $5; mov $10, %eax; bound %eax, (%esp)");
CAUSE(c_retf, "push $0; push $0; lret");

const struct cause kind_causes[] = {
	{ c_into, 4, 0, 7 },
	{ c_bound, 5, 0, 9 },
	{ c_retf, 13, 0, 4 },
};
const unsigned int nr_kind_causes = ARRAY_SIZE(kind_causes);
