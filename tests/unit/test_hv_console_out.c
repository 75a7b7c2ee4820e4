/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of the serial line: nothing of dom0's is lost, messages are dropped
 * whole and counted, nobody waits for the line but a machine that stops.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake_hv.h"

#include "core/console.h"
#include "core/console_private.h"
#include "core/timer.h"
#include "x86/panic.h"
#include "x86/serial.h"

static char line[4 * OUT_QUEUE];	/* what went over it */
static unsigned int line_n;
static unsigned int line_room;		/* what it takes now */
static unsigned int waits;
static bool panics;

unsigned int serial_room(void)
{
	return line_room < 16 ? line_room : 16;
}

void serial_send(char c)
{
	ck_assert_uint_gt(line_room, 0);
	line_room--;
	line[line_n++] = c;
}

void serial_put(char c)
{
	waits++;
	line[line_n++] = c;
}

void serial_finish(void)
{
}

bool panic_in_progress(void)
{
	return panics;
}

static bool message(const char *s)
{
	if (!out_begin(strlen(s)))
		return false;
	out_put(s, strlen(s));
	return true;
}

static void begin(void)
{
	fake_hv_reset(2);
	timer_init_cpu(0);
	ck_assert(message("early\n"));
	ck_assert_str_eq(line, "early\r\n");
	console_start_queue();
	waits = line_n = 0;
	memset(line, 0, sizeof(line));
}

/* The timer, as long as it is set; the line takes all. */
static void drain_all(void)
{
	console_drain();
	for (unsigned int i = 0; i < 100000; i++) {
		line_room = 1000;
		fake_time += MS;
		timer_run();
	}
}

START_TEST(in_order_without_waiting)
{
	begin();
	ck_assert(message("one\n"));
	ck_assert_uint_eq(line_n, 0);
	ck_assert(fake_cpu(0)->work & WORK_CONSOLE);
	line_room = 2;
	console_drain();
	ck_assert_str_eq(line, "on");
	ck_assert(message("two\n"));
	console_drain();
	ck_assert_str_eq(line, "on");
	drain_all();
	ck_assert_str_eq(line, "one\r\ntwo\r\n");
	ck_assert_uint_eq(waits, 0);
}
END_TEST

/* However much the line takes: a CPU hands on a little at a time. */
START_TEST(a_little_at_a_time)
{
	begin();
	for (unsigned int i = 0; i < 100; i++)
		ck_assert(message("0123456789\n"));
	line_room = ~0U;
	console_drain();
	ck_assert_uint_gt(line_n, 0);
	ck_assert_uint_le(line_n, 64 + 16);
	drain_all();
	ck_assert_uint_eq(line_n, 1200);
}
END_TEST

START_TEST(dropped_whole_and_counted)
{
	unsigned int n = 0;
	const char *p;

	begin();
	while (message("a message that is put in whole\n"))
		n++;
	ck_assert_uint_gt(n, 1000);
	for (unsigned int i = 0; i < 6; i++)
		ck_assert(!message("a message that is put in whole\n"));
	drain_all();
	ck_assert(message("after\n"));
	drain_all();
	line[line_n] = 0;
	ck_assert_uint_eq(line_n, n * 32 + strlen("(hv) 7 messages dropped\r\n"
						  "after\r\n"));
	for (p = line; n--; p += 32)
		ck_assert_int_eq(memcmp(p, "a message that is put in whole\r\n",
					32), 0);
	ck_assert_str_eq(p, "(hv) 7 messages dropped\r\nafter\r\n");
}
END_TEST

/* It leaves room for messages, and goes on when the line is gone for good. */
START_TEST(dom0_waits)
{
	begin();
	while (console_room())
		ck_assert(message("dom0's output\n"));
	for (unsigned int i = 0; i < 100; i++)
		ck_assert(message("ours\n"));
	ck_assert(!console_room());
	line_room = 100;
	console_drain();
	line_room = 0;
	console_drain();
	fake_time += NS_PER_SEC / 2;
	ck_assert(!console_room());
	fake_time += NS_PER_SEC;
	ck_assert(console_room());
	line_room = 16;
	console_drain();
	ck_assert(!console_room());
	drain_all();
	ck_assert(console_room());
}
END_TEST

/* What was said before comes first; then each message at once. */
START_TEST(panic_prints_all)
{
	begin();
	ck_assert(message("before\n"));
	panics = true;
	ck_assert(message("PANIC\n"));
	ck_assert_str_eq(line, "before\r\nPANIC\r\n");
	ck_assert(console_room());
	ck_assert(message("more\n"));
	ck_assert_str_eq(line, "before\r\nPANIC\r\nmore\r\n");
}
END_TEST

START_TEST(flushed_at_the_end)
{
	begin();
	ck_assert(message("switching off\n"));
	console_flush();
	ck_assert_str_eq(line, "switching off\r\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_console_out");
	TCase *t = tcase_create("queue");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, in_order_without_waiting);
	tcase_add_test(t, a_little_at_a_time);
	tcase_add_test(t, dropped_whole_and_counted);
	tcase_add_test(t, dom0_waits);
	tcase_add_test(t, panic_prints_all);
	tcase_add_test(t, flushed_at_the_end);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
