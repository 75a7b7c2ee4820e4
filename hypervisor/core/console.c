/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log ring and what goes into it: our own messages, dom0's and guests'
 * console output.  Everything that enters the ring goes to the serial line too,
 * if there is room in its queue (console_out.c).
 */
#include "boot/boot.h"
#include "core/console.h"
#include "core/guest_copy.h"
#include "core/lock.h"
#include "core/console_private.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/panic.h"
#include "x86/serial.h"
#include "x86/time.h"

static char ring[CONSOLE_RING];
static u32 ring_written;	/* c: bytes ever, modulo 2^32 */
static u32 ring_cleared;	/* c: where readers start after a clear */
static struct spinlock console_lock = SPINLOCK_INIT(LOCK_CONSOLE);
static bool at_line_start = true;	/* c: */

void console_init(void)
{
	serial_init(options.com1_baud);
}

/*
 * A CPU that panics does not wait: whoever holds the lock has been stopped, or
 * is this CPU itself.
 */
static bool lock_console(void)
{
	if (panic_in_progress())
		return false;
	spin_lock(&console_lock);
	return true;
}

static void unlock_console(bool locked)
{
	if (locked)
		spin_unlock(&console_lock);
}

static void emit(const char *s, size_t n, bool out)
{
	for (size_t i = 0; i < n; i++)
		ring[ring_written++ % CONSOLE_RING] = s[i];
	if (n)
		at_line_start = s[n - 1] == '\n';
	if (out)
		out_put(s, n);
}

void console_write(const char *s, size_t n)
{
	bool locked = lock_console();

	emit(s, n, out_begin(n));
	unlock_console(locked);
}

void console_emit_line(const char *prefix, const char *s, size_t n)
{
	bool locked = lock_console();
	bool out = out_begin(strlen(prefix) + n + 2);

	if (!at_line_start)
		emit("\n", 1, out);
	emit(prefix, strlen(prefix), out);
	emit(s, n, out);
	if (!n || s[n - 1] != '\n')
		emit("\n", 1, out);
	unlock_console(locked);
}

static void print_line(const char *fmt, va_list ap)
{
	char line[256];
	int n = vsnprintf(line, sizeof(line), fmt, ap);

	console_emit_line("(hv) ", line, min((size_t)n, sizeof(line) - 1));
}

void log_print(enum loglevel level, const char *fmt, ...)
{
	va_list ap;

	if (level >= options.loglevel && !panic_in_progress())
		return;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

/*
 * What guests can cause, all of them together: so many at once, one more in
 * each interval; the rest is counted.
 */
struct limit {
	const char *what;
	u64 burst, interval;
	u64 tokens, time, dropped;	/* guest_lock; time of the last token */
};

static struct spinlock guest_lock = SPINLOCK_INIT(LOCK_CONSOLE);
static struct limit guest_lines = {
	.what = "messages about guests", .burst = 10, .interval = 500 * MS,
	.tokens = 10,
};
static struct limit guest_reports = {
	.what = "reports of guests that crashed", .burst = 4,
	.interval = 2 * NS_PER_SEC, .tokens = 4,
};

/* Those dropped before this one, or -1 if this one is to be dropped too. */
static s64 take_token(struct limit *l)
{
	u64 now = time_now(), n = (now - l->time) / l->interval;
	s64 dropped = -1;

	spin_lock(&guest_lock);
	if (n) {
		l->tokens = min(l->tokens + n, l->burst);
		l->time = now;
	}
	if (l->tokens) {
		l->tokens--;
		dropped = l->dropped;
		l->dropped = 0;
	} else {
		l->dropped++;
	}
	spin_unlock(&guest_lock);
	return dropped;
}

static bool allowed(struct limit *l)
{
	s64 dropped = take_token(l);

	if (dropped > 0)
		log_print(LOG_WARNING, "%lu %s dropped\n", (u64)dropped,
			  l->what);
	return dropped >= 0;
}

bool console_guest_allowed(void)
{
	return allowed(&guest_lines);
}

bool console_report_allowed(void)
{
	return allowed(&guest_reports);
}

void log_guest(enum loglevel level, const char *fmt, ...)
{
	va_list ap;

	if (level >= options.guest_loglevel || !console_guest_allowed())
		return;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

/*
 * sysctl readconsole: copy what is in the ring from *index on (incremental) or
 * from its start.  *count becomes the bytes copied, *index the next position.
 */
int console_read_ring(gva_t buf, u32 size, bool clear, bool incremental,
		      u32 *index, u32 *count)
{
	u32 end = READ_ONCE(ring_written), start = end - CONSOLE_RING;
	u32 n, done = 0;

	if (end - ring_cleared < CONSOLE_RING)
		start = ring_cleared;
	if (incremental && end - *index < end - start)
		start = *index;
	n = min(end - start, size);
	while (done < n) {
		u32 at = (start + done) % CONSOLE_RING;
		u32 part = min(n - done, CONSOLE_RING - at);

		if (copy_to_guest(GVA(buf.v + done), ring + at, part))
			return -EFAULT;
		done += part;
	}
	if (clear)
		WRITE_ONCE(ring_cleared, end);
	*index = start + n;
	*count = n;
	return 0;
}
