/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As dom0: writes more than the serial line's queue holds, in calls of many
 * lines, then makes domains that crash, one after the other.  Every line must
 * come, in order; of the crashes' reports only so many.  What came is judged by
 * tests/system/87-console.sh.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include <xen/domctl.h>

#define LINES	6000
#define A_CALL	50
#define CRASHES	40

static char text[A_CALL * 40];

static unsigned int put_line(char *to, unsigned int n)
{
	static const char rest[] = " of the flood, to the end\n";
	unsigned int i;

	memcpy(to, "line ", 5);
	for (i = 4; i--; n /= 10)
		to[5 + i] = '0' + n % 10;
	memcpy(to + 9, rest, sizeof(rest) - 1);
	return 9 + sizeof(rest) - 1;
}

static void flood(void)
{
	unsigned int i, k, n;

	subject("a flood");
	for (i = 0; i < LINES; i += A_CALL) {
		for (k = n = 0; k < A_CALL; k++)
			n += put_line(text + n, i + k);
		CHECK_EQ(HC3(console_io, CONSOLEIO_write, n, text), 0);
	}
}

/* It has no handlers: the first fault is the end. */
static void crash_one(void)
{
	static const unsigned char ud2[] = { 0x0f, 0x0b };
	struct peer peer;
	u64 limit = time_now() + 20000 * MSEC;

	CHECK(peer_create(&peer));
	CHECK_EQ(peer_start(&peer, ud2, sizeof(ud2)), 0);
	while (!(peer_flags(&peer) & XEN_DOMINF_shutdown) &&
	       time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(peer_flags(&peer) >> XEN_DOMINF_shutdownshift &
		 XEN_DOMINF_shutdownmask, SHUTDOWN_crash);
	CHECK_EQ(peer_destroy(&peer), 0);
}

void test_main(void)
{
	u64 start;
	unsigned int i;

	flood();
	subject("crashes");
	start = time_now();
	for (i = 0; i < CRASHES; i++)
		crash_one();
	print("crashes: %u in %lu ms\n", CRASHES,
	      (unsigned long)((u32)((time_now() - start) >> 20)));
	/* One more report may be made after a while, and tells of the others. */
	for (start = time_now(); time_now() < start + 3000 * MSEC;)
		HC2(sched_op, SCHEDOP_yield, 0);
	crash_one();
}
