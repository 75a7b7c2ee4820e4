/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes to the serial line: a queue, which the line's speed empties.
 *
 * A message is put into the queue whole, or dropped and counted; what is said
 * of the dropped ones comes before the next that fits.  dom0's own output is
 * not dropped: its call is begun again until there is room (console_io.c), and
 * it gets half of the queue only, so that it leaves room for messages.
 *
 * No CPU waits for the line.  Whoever put something in takes out what the line
 * accepts at once, on its way back to a guest or to the idle loop, where it
 * holds no lock; the rest is for a timer.  One CPU takes out at a time, and it
 * alone moves `tail`; `head` moves under the console's lock.
 *
 * While the machine starts, panics or stops there is nobody else to serve:
 * everything is written at once.
 */
#include "core/console.h"
#include "core/console_private.h"
#include "core/timer.h"
#include "lib/printf.h"
#include "x86/cpu.h"
#include "x86/panic.h"
#include "x86/serial.h"
#include "x86/time.h"

/* A 16550 sends its 16 bytes in 1.4 ms at 115200 baud. */
#define INTERVAL	(700 * US)
/* At once, where the line is always ready, as that of an emulator is. */
#define DRAIN_MAX	64
/* A line that takes nothing for so long is none. */
#define STALLED		NS_PER_SEC
#define NOTICE_MAX	64

static char queue[OUT_QUEUE];
static u32 head;		/* c: bytes ever put in, modulo 2^32 */
static u32 tail;		/* bytes ever taken out */
static char last = '\n';	/* c: what was put in last */
static u32 dropped;		/* c: messages since the last notice */
static u32 draining;		/* atomic: some CPU takes out */
static u64 stuck_since;		/* of the one who takes out; 0: it is not */
static bool started;		/* the queue is in use */
static struct timer timer;

static bool at_once(void)
{
	return !started || panic_in_progress();
}

static u32 used(void)
{
	return head - __atomic_load_n(&tail, __ATOMIC_ACQUIRE);
}

static bool stalled(void)
{
	u64 since = READ_ONCE(stuck_since);

	return since && time_now() - since > STALLED;
}

/* --- taking out ------------------------------------------------------------------ */

static char next_char(void)
{
	char c = queue[tail % OUT_QUEUE];

	__atomic_store_n(&tail, tail + 1, __ATOMIC_RELEASE);
	return c;
}

static bool is_empty(void)
{
	return __atomic_load_n(&head, __ATOMIC_SEQ_CST) == tail;
}

static void drain_some(void)
{
	unsigned int done = 0, room = 0;

	while (!is_empty() && done < DRAIN_MAX) {
		room = serial_room();
		if (!room)
			break;
		for (; room && !is_empty(); room--, done++)
			serial_send(next_char());
	}
	if (done)
		WRITE_ONCE(stuck_since, 0);
	else if (!is_empty() && !stuck_since)
		WRITE_ONCE(stuck_since, time_now());
}

/*
 * Whoever finds another CPU at it may go: that one looks whether something is
 * left after it has said that it is done.
 */
void console_drain(void)
{
	if (__atomic_exchange_n(&draining, 1, __ATOMIC_SEQ_CST))
		return;
	drain_some();
	__atomic_store_n(&draining, 0, __ATOMIC_SEQ_CST);
	if (!is_empty() && !timer_active(&timer))
		timer_set(&timer, time_now() + INTERVAL);
}

static void timer_fires(void *unused)
{
	(void)unused;
	console_drain();
}

/* The others have been stopped, one of them perhaps while it took out. */
static void write_all(void)
{
	while (!is_empty())
		serial_put(next_char());
}

void console_flush(void)
{
	write_all();
	serial_finish();
}

/* --- putting in: the console's lock is held ------------------------------------------ */

static void put(char c)
{
	queue[head % OUT_QUEUE] = c;
	__atomic_store_n(&head, head + 1, __ATOMIC_SEQ_CST);
}

static void put_all(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			put('\r');
		put(s[i]);
		last = s[i];
	}
}

static void say_dropped(void)
{
	char line[NOTICE_MAX];
	int n = snprintf(line, sizeof(line), "%s(hv) %u messages dropped\n",
			 last == '\n' ? "" : "\n", dropped);

	dropped = 0;
	put_all(line, n);
}

/* Each byte may be a new line, which takes two. */
bool out_begin(size_t n)
{
	if (at_once()) {
		write_all();
		return true;
	}
	n = 2 * (n + (dropped ? NOTICE_MAX : 0));
	if (OUT_QUEUE - used() < n) {
		dropped++;
		return false;
	}
	if (dropped)
		say_dropped();
	return true;
}

void out_put(const char *s, size_t n)
{
	put_all(s, n);
	if (at_once())
		write_all();
	else
		cpu_kick(this_cpu()->id, WORK_CONSOLE);
}

bool console_room(void)
{
	return at_once() || used() < OUT_QUEUE / 2 || stalled();
}

void console_start_queue(void)
{
	timer_init(&timer, timer_fires, NULL, 0);
	console_flush();
	started = true;
}
