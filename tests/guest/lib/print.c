/* SPDX-License-Identifier: BSD-2-Clause */
/* Console output of the test kernels: hypervisor console, or the PV ring. */
#include <stdarg.h>

#include "guest.h"
#include <xen/io/console.h>

void *memset(void *p, int c, size_t n)
{
	__asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(c) : "memory");
	return (char *)p;
}

void *memcpy(void *d, const void *s, size_t n)
{
	void *to = d;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(s), "+c"(n) :: "memory");
	return d;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static void ring_put(struct xencons_interface *r, char c)
{
	while (r->out_prod - r->out_cons == sizeof(r->out))
		HC2(sched_op, SCHEDOP_yield, 0);
	r->out[MASK_XENCONS_IDX(r->out_prod, r->out)] = c;
	barrier();
	r->out_prod++;
}

/* Not mapped for a privileged domain; the builder maps it for others. */
static void ring_write(const char *s, size_t n)
{
	struct xencons_interface *r = (void *)
		(mfn_to_pfn(start_info->console.domU.mfn) * PAGE_SIZE);
	struct evtchn_send send = { start_info->console.domU.evtchn };

	while (n--) {
		if (*s == '\n')
			ring_put(r, '\r');
		ring_put(r, *s++);
	}
	HC2(event_channel_op, EVTCHNOP_send, &send);
}

static void write(const char *s, size_t n)
{
	if (is_dom0())
		HC3(console_io, 0, n, s);
	else
		ring_write(s, n);
}

static char *put_number(char *p, u64 v, unsigned int base, int width, char pad)
{
	char digits[24];
	int n = 0;
	u32 digit;

	do {
		v = div_u64(v, base, &digit);
		digits[n++] = "0123456789abcdef"[digit];
	} while (v);
	while (width-- > n)
		*p++ = pad;
	while (n)
		*p++ = digits[--n];
	return p;
}

/* The next argument, @words: 0 int, 1 long, 2 long long. */
static u64 next_unsigned(va_list *ap, int words)
{
	if (words == 2)
		return va_arg(*ap, unsigned long long);
	return words ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);
}

static long long next_signed(va_list *ap, int words)
{
	if (words == 2)
		return va_arg(*ap, long long);
	return words ? va_arg(*ap, long) : va_arg(*ap, int);
}

/* %s %c %d %u %x with l, ll, #, 0 and a width. */
static char *convert(char *p, const char **fmt, va_list *ap)
{
	int width = 0, words = 0;
	bool alt = false;
	char pad = ' ';
	const char *s;
	long long v;

	for (;; (*fmt)++) {
		if (**fmt == '#')
			alt = true;
		else if (**fmt == 'l' || **fmt == 'z')
			words++;
		else if (**fmt == '0' && !width)
			pad = '0';
		else if (**fmt >= '0' && **fmt <= '9')
			width = width * 10 + **fmt - '0';
		else
			break;
	}
	switch (*(*fmt)++) {
	case 's':
		s = va_arg(*ap, const char *);
		memcpy(p, s, strlen(s));
		return p + strlen(s);
	case 'c':
		*p = va_arg(*ap, int);
		return p + 1;
	case 'd':
		v = next_signed(ap, words);
		if (v < 0)
			*p++ = '-';
		return put_number(p, v < 0 ? -(u64)v : (u64)v, 10, width, pad);
	case 'u':
		return put_number(p, next_unsigned(ap, words), 10, width, pad);
	default:
		if (alt) {
			*p++ = '0';
			*p++ = 'x';
		}
		return put_number(p, next_unsigned(ap, words), 16, width, pad);
	}
}

void print(const char *fmt, ...)
{
	char line[512], *p = line;
	va_list ap;

	va_start(ap, fmt);
	while (*fmt && p < line + 400) {
		if (*fmt != '%') {
			*p++ = *fmt++;
			continue;
		}
		fmt++;
		p = convert(p, &fmt, &ap);
	}
	va_end(ap);
	write(line, p - line);
}
