/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the machine's processors have been idle since it started, in
 * nanoseconds, all together; by Xen's control interface, in dom0.
 */
#include <inttypes.h>
#include <stdio.h>
#include "lib/control.h"

int main(void)
{
	enum { CPUS = 64 };
	uint64_t idle[CPUS], sum = 0;
	struct control *c = control_open();
	int n = c ? control_cpu_idle(c, idle, CPUS) : -1;

	if (n < 0) {
		fprintf(stderr, "cpuidle: no control interface\n");
		return 1;
	}
	for (int i = 0; i < n; i++)
		sum += idle[i];
	printf("%" PRIu64 "\n", sum);
	control_close(c);
	return 0;
}
