/* SPDX-License-Identifier: BSD-2-Clause */
/* vsnprintf(): integers, strings, characters and pointers. */
#include "lib/printf.h"
#include "lib/string.h"

struct out {
	char *buf;
	size_t size, len;	/* len counts what did not fit, too */
};

struct spec {
	bool left, zero, alt, plus, space, upper, negative;
	int width, precision;	/* precision -1: none */
	unsigned int base;
	int length;		/* bytes of the integer */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const struct spec *sp, const char *s)
{
	size_t max = sp->precision < 0 ? ~0UL : (size_t)sp->precision;
	int n;

	if (!s)
		s = "(null)";
	n = strnlen(s, max);
	if (!sp->left)
		pad(o, ' ', sp->width - n);
	for (int i = 0; i < n; i++)
		put(o, s[i]);
	if (sp->left)
		pad(o, ' ', sp->width - n);
}

static const char *sign_of(const struct spec *sp, u64 v)
{
	if (sp->negative)
		return "-";
	if (sp->plus)
		return "+";
	if (sp->space)
		return " ";
	if (sp->alt && v && sp->base == 16)
		return sp->upper ? "0X" : "0x";
	return sp->alt && sp->base == 8 ? "0" : "";
}

static void put_number(struct out *o, const struct spec *sp, u64 v)
{
	const char *digits = sp->upper ? "0123456789ABCDEF" :
					 "0123456789abcdef";
	const char *sign = sign_of(sp, v);
	char tmp[24];
	int n = 0, zeros, total;

	for (u64 rest = v; rest; rest /= sp->base)
		tmp[n++] = digits[rest % sp->base];
	if (!n && sp->precision != 0)
		tmp[n++] = '0';
	zeros = max(sp->precision - n, 0);
	total = n + zeros + (int)strlen(sign);
	if (sp->zero && !sp->left && sp->precision < 0 && sp->width > total) {
		zeros += sp->width - total;
		total = sp->width;
	}
	if (!sp->left)
		pad(o, ' ', sp->width - total);
	while (*sign)
		put(o, *sign++);
	pad(o, '0', zeros);
	while (n)
		put(o, tmp[--n]);
	if (sp->left)
		pad(o, ' ', sp->width - total);
}

static const char *parse_flags(const char *f, struct spec *sp)
{
	for (;; f++) {
		switch (*f) {
		case '-': sp->left = true; break;
		case '0': sp->zero = true; break;
		case '#': sp->alt = true; break;
		case '+': sp->plus = true; break;
		case ' ': sp->space = true; break;
		default: return f;
		}
	}
}

static const char *parse_count(const char *f, va_list *ap, int *n)
{
	if (*f == '*') {
		*n = va_arg(*ap, int);
		return f + 1;
	}
	for (*n = 0; *f >= '0' && *f <= '9'; f++)
		*n = *n * 10 + *f - '0';
	return f;
}

static const char *parse_length(const char *f, int *length)
{
	*length = sizeof(int);
	if (f[0] == 'h') {
		*length = f[1] == 'h' ? 1 : 2;
		return f + (f[1] == 'h' ? 2 : 1);
	}
	while (*f == 'l' || *f == 'z') {
		*length = sizeof(long);
		f++;
	}
	return f;
}

static const char *parse_spec(const char *f, va_list *ap, struct spec *sp)
{
	*sp = (struct spec){ .precision = -1, .base = 10 };
	f = parse_flags(f, sp);
	f = parse_count(f, ap, &sp->width);
	if (sp->width < 0) {
		sp->left = true;
		sp->width = -sp->width;
	}
	if (*f == '.')
		f = parse_count(f + 1, ap, &sp->precision);
	return parse_length(f, &sp->length);
}

static u64 unsigned_arg(const struct spec *sp, va_list *ap)
{
	u64 v = sp->length == 8 ? va_arg(*ap, u64) : va_arg(*ap, u32);

	return sp->length >= 8 ? v : v & ((1UL << sp->length * 8) - 1);
}

static void put_signed(struct out *o, struct spec *sp, va_list *ap)
{
	s64 v = sp->length == 8 ? va_arg(*ap, s64) : va_arg(*ap, s32);

	if (sp->length < 4)
		v = sp->length == 1 ? (s64)(int8_t)v : (s64)(s16)v;
	sp->negative = v < 0;
	put_number(o, sp, v < 0 ? -(u64)v : (u64)v);
}

static void convert(struct out *o, struct spec *sp, char c, va_list *ap)
{
	char text[2] = { 0, 0 };

	switch (c) {
	case 'd':
	case 'i':
		put_signed(o, sp, ap);
		return;
	case 'p':
		sp->alt = true;
		put_number(o, &(struct spec){ .alt = true, .precision = -1,
			   .width = sp->width, .left = sp->left, .base = 16 },
			   va_arg(*ap, u64));
		return;
	case 'X':
		sp->upper = true;
		/* fall through */
	case 'x':
	case 'o':
	case 'u':
		sp->base = c == 'u' ? 10 : c == 'o' ? 8 : 16;
		sp->plus = sp->space = false;
		put_number(o, sp, unsigned_arg(sp, ap));
		return;
	case 'c':
		text[0] = va_arg(*ap, int);
		put_string(o, sp, text);
		return;
	case 's':
		put_string(o, sp, va_arg(*ap, const char *));
		return;
	default:
		put(o, '%');
		if (c != '%' && c)
			put(o, c);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = { buf, size, 0 };
	struct spec sp;
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt = parse_spec(fmt + 1, &ap, &sp);
		convert(&o, &sp, *fmt, &ap);
		if (*fmt)
			fmt++;
	}
	va_end(ap);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
