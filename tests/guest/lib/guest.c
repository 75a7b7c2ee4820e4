/* SPDX-License-Identifier: BSD-2-Clause */
/* Start, checks and end of the test kernels: see guest.h. */
#include "internal.h"

struct start_info *start_info;
/* A page of its own: what stands behind the structure in it is not ours. */
static union {
	struct shared_info info;
	char page[PAGE_SIZE];
} shared_info_window __attribute__((aligned(4096)));
struct shared_info *shared_info = &shared_info_window.info;
unsigned int checks_passed, checks_failed;
const char *subject_name = "start";

void subject(const char *name)
{
	subject_name = name;
}

void skip(const char *why)
{
	print("skip %s: %s\n", subject_name, why);
}

void check_eq(const char *file, int line, const char *what, long long got,
	      long long want)
{
	if (got == want) {
		checks_passed++;
		return;
	}
	checks_failed++;
	print("FAIL %s: %s:%d: %s is %lld (%#llx), not %lld (%#llx)\n",
	      subject_name, file, line, what, got, (unsigned long long)got,
	      want, (unsigned long long)want);
}

void guest_shutdown(unsigned int reason)
{
	struct sched_shutdown s = { .reason = reason };

	HC2(sched_op, SCHEDOP_shutdown, &s);
	for (;;)
		HC2(sched_op, SCHEDOP_yield, 0);
}

void guest_start(void)
{
	CHECK_EQ(memcmp(start_info->magic, magic, strlen(magic) + 1), 0);
	set_traps();
	CHECK_EQ(map_page((unsigned long)shared_info,
			  PTE_RW(start_info->shared_info >> 12),
			  UVMF_INVLPG), 0);
	test_main();
	print("guest test: %u passed, %u failed\n", checks_passed,
	      checks_failed);
	guest_shutdown(checks_failed ? SHUTDOWN_crash : SHUTDOWN_poweroff);
}
