/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gzip (RFC 1952) and deflate (RFC 1951), whole buffers at once.  Codes are
 * decoded by counting: slow, small, and enough for a boot module.
 */
#include "lib/string.h"
#include "lib/xz.h"

#define MAX_BITS	15
#define LITERALS	288
#define DISTANCES	32

struct huffman {
	u16 count[MAX_BITS + 1];
	u16 symbol[LITERALS];
};

struct inflate {
	const u8 *in, *end;
	u8 *out_start, *out, *out_end;
	u64 hold;
	unsigned int held;
	bool bad;
	struct huffman lit, dist;
};

static __init u32 bits(struct inflate *s, unsigned int n)
{
	u32 v;

	while (s->held < n) {
		if (s->in == s->end) {
			s->bad = true;
			return 0;
		}
		s->hold |= (u64)*s->in++ << s->held;
		s->held += 8;
	}
	v = s->hold & ((1UL << n) - 1);
	s->hold >>= n;
	s->held -= n;
	return v;
}

/* False if the lengths ask for more codes than there are. */
static __init bool build(struct huffman *h, const u8 *lengths, unsigned int n)
{
	u16 next[MAX_BITS + 2];
	int left = 1;

	memset(h, 0, sizeof(*h));
	for (unsigned int i = 0; i < n; i++)
		h->count[lengths[i]]++;
	h->count[0] = 0;
	next[1] = 0;
	for (unsigned int i = 1; i <= MAX_BITS; i++) {
		left = (left << 1) - h->count[i];
		if (left < 0)
			return false;
		next[i + 1] = next[i] + h->count[i];
	}
	for (unsigned int i = 0; i < n; i++)
		if (lengths[i])
			h->symbol[next[lengths[i]]++] = i;
	return true;
}

static __init u32 decode(struct inflate *s, const struct huffman *h)
{
	u32 code = 0, first = 0, index = 0;

	for (unsigned int i = 1; i <= MAX_BITS && !s->bad; i++) {
		code |= bits(s, 1);
		if (code - first < h->count[i])
			return h->symbol[index + code - first];
		index += h->count[i];
		first = (first + h->count[i]) << 1;
		code <<= 1;
	}
	s->bad = true;
	return 256;
}

static __init void copy(struct inflate *s, u32 len, u32 distance)
{
	if (distance > (u64)(s->out - s->out_start) ||
	    len > (u64)(s->out_end - s->out)) {
		s->bad = true;
		return;
	}
	while (len--) {
		*s->out = s->out[-(ptrdiff_t)distance];
		s->out++;
	}
}

static __init void match(struct inflate *s, u32 symbol)
{
	static const u16 len_base[29] = {
		3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35,
		43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
	};
	static const u8 len_extra[29] = {
		0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
		4, 4, 4, 4, 5, 5, 5, 5, 0
	};
	u32 len, slot, distance;

	if (symbol > 28) {
		s->bad = true;
		return;
	}
	len = len_base[symbol] + bits(s, len_extra[symbol]);
	slot = decode(s, &s->dist);
	if (slot > 29) {
		s->bad = true;
		return;
	}
	if (slot < 4) {
		distance = slot + 1;
	} else {
		unsigned int extra = slot / 2 - 1;

		distance = ((2 + (slot & 1)) << extra) + bits(s, extra) + 1;
	}
	copy(s, len, distance);
}

static __init void codes(struct inflate *s)
{
	while (!s->bad) {
		u32 symbol = decode(s, &s->lit);

		if (symbol > 256) {
			match(s, symbol - 257);
		} else if (symbol == 256) {
			return;
		} else if (s->out == s->out_end) {
			s->bad = true;
		} else {
			*s->out++ = symbol;
		}
	}
}

static __init void stored(struct inflate *s)
{
	u32 len, check;

	bits(s, s->held & 7);
	len = bits(s, 16);
	check = bits(s, 16);
	if (s->bad || len != (check ^ 0xffff)) {
		s->bad = true;
		return;
	}
	while (len-- && !s->bad) {
		if (s->out == s->out_end)
			s->bad = true;
		else
			*s->out++ = bits(s, 8);
	}
}

static __init void fixed(struct inflate *s)
{
	u8 lengths[LITERALS];

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	build(&s->lit, lengths, LITERALS);
	memset(lengths, 5, 30);
	build(&s->dist, lengths, 30);
	codes(s);
}

/* The lengths of both codes, themselves coded by s->lit. */
static __init bool read_lengths(struct inflate *s, u8 *lengths, u32 n)
{
	u32 i = 0;

	while (i < n && !s->bad) {
		u32 symbol = decode(s, &s->lit), repeat = 1;
		u8 value = symbol;

		if (symbol > 18)
			return false;
		if (symbol == 16) {
			if (!i)
				return false;
			value = lengths[i - 1];
			repeat = 3 + bits(s, 2);
		} else if (symbol > 16) {
			value = 0;
			repeat = symbol == 17 ? 3 + bits(s, 3)
					      : 11 + bits(s, 7);
		}
		if (repeat > n - i)
			return false;
		memset(lengths + i, value, repeat);
		i += repeat;
	}
	return !s->bad;
}

static __init void dynamic(struct inflate *s)
{
	static const u8 order[19] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
	};
	u8 lengths[LITERALS + DISTANCES] = { 0 };
	u32 nlit = bits(s, 5) + 257, ndist = bits(s, 5) + 1;
	u32 ncode = bits(s, 4) + 4;

	for (u32 i = 0; i < ncode; i++)
		lengths[order[i]] = bits(s, 3);
	s->bad |= nlit > 286 || ndist > 30 || !build(&s->lit, lengths, 19);
	if (s->bad)
		return;
	memset(lengths, 0, 19);
	if (!read_lengths(s, lengths, nlit + ndist) ||
	    !build(&s->lit, lengths, nlit) ||
	    !build(&s->dist, lengths + nlit, ndist)) {
		s->bad = true;
		return;
	}
	codes(s);
}

static __init bool inflate(struct inflate *s)
{
	bool last;

	do {
		last = bits(s, 1);
		switch (bits(s, 2)) {
		case 0:
			stored(s);
			break;
		case 1:
			fixed(s);
			break;
		case 2:
			dynamic(s);
			break;
		default:
			s->bad = true;
		}
	} while (!last && !s->bad);
	return !s->bad && s->out == s->out_end;
}

static __init bool skip_string(struct inflate *s)
{
	while (s->in < s->end)
		if (!*s->in++)
			return true;
	return false;
}

static __init bool skip_header(struct inflate *s, u64 size)
{
	const u8 *h = s->in;

	if (size < 18 || h[0] != 0x1f || h[1] != 0x8b || h[2] != 8 ||
	    h[3] & 0xe0)
		return false;
	s->in += 10;
	if (h[3] & 4) {
		u32 n = 2 + (s->in[0] | s->in[1] << 8);

		if (n > (u64)(s->end - s->in))
			return false;
		s->in += n;
	}
	if (h[3] & 8 && !skip_string(s))
		return false;
	if (h[3] & 16 && !skip_string(s))
		return false;
	if (h[3] & 2) {
		if (s->end - s->in < 2)
			return false;
		s->in += 2;
	}
	return true;
}

__init bool inflate_gzip(const u8 *in, u64 in_size, u8 *out, u64 out_size)
{
	static struct inflate s __initdata;	/* boot time only, one user */

	s = (struct inflate){
		.in = in, .end = in + in_size,
		.out_start = out, .out = out, .out_end = out + out_size,
	};
	return skip_header(&s, in_size) && inflate(&s);
}
