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
	static const u64 *const m2p = (const u64 *)0xffff800000000000UL;
	struct xencons_interface *r = (void *)
		(m2p[start_info->console.domU.mfn] << 12);
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
	if (start_info->flags & SIF_INITDOMAIN)
		HC3(console_io, 0, n, s);
	else
		ring_write(s, n);
}

static char *put_number(char *p, u64 v, unsigned int base, int width, char pad)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (width-- > n)
		*p++ = pad;
	while (n)
		*p++ = digits[--n];
	return p;
}

/* %s %c %d %u %x with l, #, 0 and a width. */
static char *convert(char *p, const char **fmt, va_list *ap)
{
	bool wide = false, alt = false;
	int width = 0;
	char pad = ' ';
	long v;

	for (;; (*fmt)++) {
		if (**fmt == '#')
			alt = true;
		else if (**fmt == 'l' || **fmt == 'z')
			wide = true;
		else if (**fmt == '0' && !width)
			pad = '0';
		else if (**fmt >= '0' && **fmt <= '9')
			width = width * 10 + **fmt - '0';
		else
			break;
	}
	switch (*(*fmt)++) {
	case 's': {
		const char *s = va_arg(*ap, const char *);

		memcpy(p, s, strlen(s));
		return p + strlen(s);
	}
	case 'c':
		*p = va_arg(*ap, int);
		return p + 1;
	case 'd':
		v = wide ? va_arg(*ap, long) : va_arg(*ap, int);
		if (v < 0)
			*p++ = '-';
		return put_number(p, v < 0 ? -(u64)v : (u64)v, 10, width, pad);
	case 'u':
		return put_number(p, wide ? va_arg(*ap, u64) :
				  va_arg(*ap, u32), 10, width, pad);
	default:
		if (alt) {
			*p++ = '0';
			*p++ = 'x';
		}
		return put_number(p, wide ? va_arg(*ap, u64) :
				  va_arg(*ap, u32), 16, width, pad);
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
