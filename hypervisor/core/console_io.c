/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console_io hypercall.  dom0 owns the serial line: its output is written
 * as it is and none of it is lost, what comes in is for it.  Other domains' output goes line by line,
 * under the rate limit of guests' messages, into the log.
 */
#include <xen/xen.h>

#include "core/console.h"
#include "core/console_private.h"
#include "core/domain.h"
#include "core/evtchn.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"

#define INPUT_RING	256

static u8 input[INPUT_RING];
static u32 input_head, input_tail;	/* input_lock */
static struct spinlock input_lock = SPINLOCK_INIT(LOCK_CONSOLE);

void console_input(u8 c)
{
	bool fits;

	spin_lock(&input_lock);
	fits = input_head - input_tail < INPUT_RING;
	if (fits)
		input[input_head++ % INPUT_RING] = c;
	spin_unlock(&input_lock);
	if (fits)
		evtchn_send_global_virq(VIRQ_CONSOLE);
}

static u32 take_input(u8 *out, u32 max)
{
	u32 n = 0;

	spin_lock(&input_lock);
	while (n < max && input_tail != input_head)
		out[n++] = input[input_tail++ % INPUT_RING];
	spin_unlock(&input_lock);
	return n;
}

static long console_read(int count, gva_t buf)
{
	u8 chunk[64];
	u32 n = take_input(chunk, min((u32)count, (u32)sizeof(chunk)));

	if (n && copy_to_guest(buf, chunk, n))
		return -EFAULT;
	return n;
}

/* dom0's output, a piece at a time, as fast as the line takes it. */
static long write_raw(u32 count, gva_t buf)
{
	char chunk[128];

	for (u32 done = 0; done < count;) {
		u32 n = min(count - done, (u32)sizeof(chunk));

		if (!console_room()) {
			/* Others may run, and the queue is looked at. */
			cpu_kick(this_cpu()->id, WORK_CONSOLE);
			sched_yield();
			return hypercall_restart(CONSOLEIO_write, count - done,
						 buf.v + done, 0);
		}
		if (copy_from_guest(chunk, GVA(buf.v + done), n))
			return -EFAULT;
		console_write(chunk, n);
		done += n;
		if (done < count && hypercall_preempt())
			return hypercall_restart(CONSOLEIO_write, count - done,
						 buf.v + done, 0);
	}
	return 0;
}

/*
 * The pieces of a line that guests have not ended yet: a few buffers for
 * whoever needs one; a domain that finds none gets its piece printed alone.
 */
#define LINE_MAX	128
#define LINE_BUFFERS	8

static struct line_buffer {
	unsigned int domain;	/* its id + 1, 0: free */
	u32 len;
	char text[LINE_MAX];
} lines[LINE_BUFFERS];
static struct spinlock lines_lock = SPINLOCK_INIT(LOCK_PIRQ);

static struct line_buffer *line_of(unsigned int domain)
{
	struct line_buffer *free = NULL;

	for (unsigned int i = 0; i < LINE_BUFFERS; i++) {
		if (lines[i].domain == domain + 1)
			return &lines[i];
		if (!lines[i].domain && !free)
			free = &lines[i];
	}
	return free ? free : &lines[domain % LINE_BUFFERS];
}

static void flush_line(struct line_buffer *l)
{
	char prefix[16];

	if (l->len && console_guest_allowed()) {
		snprintf(prefix, sizeof(prefix), "(d%u) ", l->domain - 1);
		console_emit_line(prefix, l->text, l->len);
	}
	l->len = 0;
	l->domain = 0;
}

static void guest_chars(unsigned int domain, const char *s, u32 n)
{
	struct line_buffer *l;

	spin_lock(&lines_lock);
	l = line_of(domain);
	if (l->domain && l->domain != domain + 1)
		flush_line(l);
	for (u32 i = 0; i < n; i++) {
		bool printable = (s[i] >= ' ' && s[i] < 127) || s[i] == '\t';

		l->domain = domain + 1;
		if (s[i] == '\n' || l->len == LINE_MAX)
			flush_line(l);
		if (printable) {
			l->domain = domain + 1;
			l->text[l->len++] = s[i];
		}
	}
	if (!l->len)
		l->domain = 0;
	spin_unlock(&lines_lock);
}

static long write_guest(u32 count, gva_t buf)
{
	char chunk[128];
	u32 n = min(count, (u32)sizeof(chunk));

	if (copy_from_guest(chunk, buf, n))
		return -EFAULT;
	guest_chars(current->domain->id, chunk, n);
	if (n < count)
		return hypercall_restart(CONSOLEIO_write, count - n,
					 buf.v + n, 0);
	return 0;
}

long hc_console_io(int cmd, int count, gva_t buf)
{
	bool privileged = current->domain->privileged;

	if (count < 0)
		return -EINVAL;
	switch (cmd) {
	case CONSOLEIO_write:
		return privileged ? write_raw(count, buf) :
				    write_guest(count, buf);
	case CONSOLEIO_read:
		return privileged ? console_read(count, buf) : -EPERM;
	default:
		return -ENOSYS;
	}
}
