/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: to the PV console, whose page and port start_info names. Domain 0
 * has none, but a hypercall that writes to the serial line.
 */
#include "kernel.h"
#include "devices.h"

#define PATIENCE	100000	/* rounds for a console nobody reads */

static struct consfront console;

void print_init(void)
{
	if (start_info->flags & SIF_INITDOMAIN)
		return;
	consfront_init(&console, &hooks,
		       mfn_to_virt(start_info->console.domU.mfn),
		       start_info->console.domU.evtchn);
}

static void relax(void)
{
	HYPERCALL2(sched_op, SCHEDOP_yield, 0);
}

static void write(const char *text, size_t len)
{
	if (console.ring)
		consfront_print(&console, text, len, relax, PATIENCE);
	else
		HYPERCALL3(console_io, CONSOLEIO_write, len, text);
}

struct out {
	char text[160];
	size_t len;
};

static void put(struct out *o, char c)
{
	/* A console is a terminal. */
	if (c == '\n')
		put(o, '\r');
	o->text[o->len++] = c;
	if (o->len == sizeof(o->text)) {
		write(o->text, o->len);
		o->len = 0;
	}
}

static void put_number(struct out *o, u64 n, u32 base, int width, char pad)
{
	char digits[24];
	int count = 0;
	u64 rest;

	do {
		rest = divide(n, base);
		digits[count++] = "0123456789abcdef"[n - rest * base];
		n = rest;
	} while (n);
	while (width-- > count)
		put(o, pad);
	while (count)
		put(o, digits[--count]);
}

static u64 number_argument(va_list *ap, int longs, bool is_signed)
{
	if (longs > 1)
		return va_arg(*ap, u64);
	if (is_signed)
		return longs ? va_arg(*ap, long) : va_arg(*ap, int);
	return longs ? va_arg(*ap, unsigned long) : va_arg(*ap, u32);
}

static void put_string(struct out *o, const char *s)
{
	while (*s)
		put(o, *s++);
}

/* What follows a %; returns where the format goes on. */
static const char *convert(struct out *o, const char *f, va_list *ap)
{
	bool alternate = *f == '#';
	int width = 0, longs = 0;
	char pad;
	u64 n;

	f += alternate;
	pad = *f == '0' ? '0' : ' ';
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + *f - '0';
	for (; *f == 'l'; f++)
		longs++;
	if (*f == 's') {
		put_string(o, va_arg(*ap, const char *));
	} else if (*f == 'c') {
		put(o, va_arg(*ap, int));
	} else {
		n = number_argument(ap, longs, *f == 'd');
		if (*f == 'd' && (int64_t)n < 0) {
			put(o, '-');
			n = -n;
		}
		if (alternate)
			put_string(o, "0x");
		put_number(o, n, *f == 'x' ? 16 : 10, width, pad);
	}
	return f + 1;
}

void print_list(const char *f, va_list ap)
{
	struct out o = { .len = 0 };
	va_list copy;

	va_copy(copy, ap);
	while (*f)
		if (*f == '%')
			f = convert(&o, f + 1, &copy);
		else
			put(&o, *f++);
	va_end(copy);
	write(o.text, o.len);
}

void print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_list(fmt, ap);
	va_end(ap);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	print("guest-kernel: panic: ");
	va_start(ap, fmt);
	print_list(fmt, ap);
	va_end(ap);
	print("\n");
	shutdown(SHUTDOWN_crash);
}

void shutdown(unsigned int reason)
{
	struct sched_shutdown s = { .reason = reason };

	for (;;)
		HYPERCALL2(sched_op, SCHEDOP_shutdown, &s);
}
