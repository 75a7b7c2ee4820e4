/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XZ: the container, and the LZMA2 decoder.  The whole output is in memory,
 * so it is the dictionary.  For boot modules: the x86 branch filter is known, no
 * other.  Checksums of the data are not looked at, sizes and every bound are.
 */
#include "lib/string.h"
#include "lib/xz.h"

#define STATES		12
#define POS_STATES	16
#define LEN_LOW		8
#define LEN_HIGH	256
#define PROB_INIT	1024

struct len_coder {
	u16 choice, choice2;
	u16 low[POS_STATES][LEN_LOW], mid[POS_STATES][LEN_LOW];
	u16 high[LEN_HIGH];
};

/* All probabilities, in one array's worth of u16. */
struct probs {
	u16 is_match[STATES][POS_STATES];
	u16 is_rep[STATES], is_rep0[STATES], is_rep1[STATES], is_rep2[STATES];
	u16 is_rep0_long[STATES][POS_STATES];
	u16 slot[4][64], special[128], align[16];
	struct len_coder match, rep;
	u16 literal[16][0x300];		/* lc + lp <= 4 */
};

/*
 * The rest of the state.  While a chunk is decoded it is a local variable, so
 * that the compiler can keep it in registers: all that touches it is inlined.
 */
struct lzma {
	u32 range, code;
	const u8 *in, *in_end;		/* of the chunk */
	u8 *out, *out_limit, *dict_start;
	u32 state, reps[4];
	u32 lc, lp_mask, pb_mask;
	bool bad;
};

#define inlined		static inline __attribute__((always_inline))

static struct probs probs __initdata;	/* boot time only, one user */

static __init void reset_probs(struct lzma *l)
{
	u16 *p = (u16 *)&probs;

	for (size_t i = 0; i < sizeof(probs) / sizeof(*p); i++)
		p[i] = PROB_INIT;
	l->state = 0;
	memset(l->reps, 0, sizeof(l->reps));
}

/* ---- range decoder ------------------------------------------------------------ */

inlined void normalize(struct lzma *l)
{
	if (l->range >= 1U << 24)
		return;
	if (unlikely(l->in == l->in_end)) {
		l->bad = true;
		l->range = ~0U;
		return;
	}
	l->range <<= 8;
	l->code = l->code << 8 | *l->in++;
}

inlined u32 bit(struct lzma *l, u16 *prob)
{
	u32 bound, p = *prob;

	normalize(l);
	bound = (l->range >> 11) * p;
	if (l->code < bound) {
		l->range = bound;
		*prob = p + ((2048 - p) >> 5);
		return 0;
	}
	l->range -= bound;
	l->code -= bound;
	*prob = p - (p >> 5);
	return 1;
}

inlined u32 tree(struct lzma *l, u16 *p, u32 limit)
{
	u32 symbol = 1;

	do
		symbol = symbol << 1 | bit(l, &p[symbol]);
	while (symbol < limit);
	return symbol - limit;
}

inlined u32 reverse_tree(struct lzma *l, u16 *p, u32 bits)
{
	u32 symbol = 1, result = 0;

	for (u32 i = 0; i < bits; i++) {
		u32 b = bit(l, &p[symbol]);

		symbol = symbol << 1 | b;
		result |= b << i;
	}
	return result;
}

inlined u32 direct(struct lzma *l, u32 bits)
{
	u32 result = 0;

	while (bits--) {
		normalize(l);
		l->range >>= 1;
		result <<= 1;
		if (l->code >= l->range) {
			l->code -= l->range;
			result |= 1;
		}
	}
	return result;
}

/* ---- LZMA ----------------------------------------------------------------------- */

inlined u32 matched_literal(struct lzma *l, u16 *p)
{
	u32 match = l->out[-(ptrdiff_t)l->reps[0] - 1];
	u32 offset = 0x100, symbol = 1;

	while (symbol < 0x100) {
		u32 mbit, b;

		match <<= 1;
		mbit = match & offset;
		b = bit(l, &p[offset + mbit + symbol]);
		symbol = symbol << 1 | b;
		offset &= b ? mbit : ~mbit;
	}
	return symbol;
}

inlined void literal(struct lzma *l)
{
	u32 pos = l->out - l->dict_start;
	u32 prev = l->out > l->dict_start ? l->out[-1] : 0;
	u16 *p = probs.literal[((pos & l->lp_mask) << l->lc) +
			       (prev >> (8 - l->lc))];

	if (l->state >= 7)
		*l->out++ = matched_literal(l, p);
	else
		*l->out++ = tree(l, p, 0x100);
	l->state = l->state < 4 ? 0 : l->state < 10 ? l->state - 3 :
		   l->state - 6;
}

inlined u32 length(struct lzma *l, struct len_coder *c, u32 pos_state)
{
	if (!bit(l, &c->choice))
		return 2 + tree(l, c->low[pos_state], LEN_LOW);
	if (!bit(l, &c->choice2))
		return 10 + tree(l, c->mid[pos_state], LEN_LOW);
	return 18 + tree(l, c->high, LEN_HIGH);
}

inlined u32 distance(struct lzma *l, u32 len)
{
	u32 slot = tree(l, probs.slot[min(len - 2, 3U)], 64), bits, base;

	if (slot < 4)
		return slot;
	bits = (slot >> 1) - 1;
	base = (2 | (slot & 1)) << bits;
	if (slot < 14)
		return base + reverse_tree(l, probs.special + base - slot,
					   bits);
	base += direct(l, bits - 4) << 4;
	return base + reverse_tree(l, probs.align, 4);
}

/* One of the four last distances becomes the first. */
inlined void choose_rep(struct lzma *l)
{
	u32 state = l->state, d;

	if (!bit(l, &probs.is_rep1[state])) {
		d = l->reps[1];
	} else {
		if (!bit(l, &probs.is_rep2[state])) {
			d = l->reps[2];
		} else {
			d = l->reps[3];
			l->reps[3] = l->reps[2];
		}
		l->reps[2] = l->reps[1];
	}
	l->reps[1] = l->reps[0];
	l->reps[0] = d;
}

/* Length of a match; its distance is in reps[0]. */
inlined u32 match(struct lzma *l, u32 pos_state)
{
	u32 state = l->state, len;

	if (!bit(l, &probs.is_rep[state])) {
		l->reps[3] = l->reps[2];
		l->reps[2] = l->reps[1];
		l->reps[1] = l->reps[0];
		len = length(l, &probs.match, pos_state);
		l->reps[0] = distance(l, len);
		l->state = state < 7 ? 7 : 10;
		return len;
	}
	if (!bit(l, &probs.is_rep0[state])) {
		if (!bit(l, &probs.is_rep0_long[state][pos_state])) {
			l->state = state < 7 ? 9 : 11;
			return 1;
		}
	} else {
		choose_rep(l);
	}
	l->state = state < 7 ? 8 : 11;
	return length(l, &probs.rep, pos_state);
}

inlined void copy_match(struct lzma *l, u32 len)
{
	u64 back = (u64)l->reps[0] + 1;
	const u8 *from;

	if (unlikely(back > (u64)(l->out - l->dict_start) ||
		     len > (u64)(l->out_limit - l->out))) {
		l->bad = true;
		return;
	}
	from = l->out - back;
	do
		*l->out++ = *from++;
	while (--len);
}

/* One chunk: exactly up to out_limit, from exactly all of its input. */
static __init bool lzma_chunk(struct lzma *state)
{
	struct lzma l = *state;

	while (l.out < l.out_limit && !l.bad) {
		u32 pos_state = (l.out - l.dict_start) & l.pb_mask;

		if (bit(&l, &probs.is_match[l.state][pos_state])) {
			copy_match(&l, match(&l, pos_state));
			continue;
		}
		if (l.state >= 7 &&
		    (u64)l.reps[0] + 1 > (u64)(l.out - l.dict_start))
			return false;
		literal(&l);
	}
	normalize(&l);
	*state = l;
	return !l.bad && l.in == l.in_end;
}

/* ---- LZMA2 ------------------------------------------------------------------------ */

static __init bool set_props(struct lzma *l, u8 props)
{
	u32 lc, lp;

	if (props >= 9 * 5 * 5)
		return false;
	lc = props % 9;
	lp = props / 9 % 5;
	if (lc + lp > 4)
		return false;
	l->lc = lc;
	l->lp_mask = (1U << lp) - 1;
	l->pb_mask = (1U << props / 45) - 1;
	return true;
}

struct chunk {
	u32 control, size, packed;
};

static __init bool lzma_start(struct lzma *l, const struct chunk *c, const u8 **in,
		       const u8 *end)
{
	u32 reset = c->control >> 5 & 3;

	if (reset >= 2) {
		if (*in == end || !set_props(l, *(*in)++))
			return false;
	}
	if (reset)
		reset_probs(l);
	if (c->packed < 5 || (u64)(end - *in) < c->packed)
		return false;
	l->in = *in;
	l->in_end = *in += c->packed;
	if (*l->in++)
		return false;
	l->code = 0;
	for (unsigned int i = 0; i < 4; i++)
		l->code = l->code << 8 | *l->in++;
	l->range = ~0U;
	l->bad = false;
	return true;
}

static __init bool stored_chunk(struct lzma *l, const u8 **in, const u8 *end,
			 u32 size)
{
	if ((u64)(end - *in) < size)
		return false;
	memcpy(l->out, *in, size);
	l->out += size;
	*in += size;
	return true;
}

/* Up to the end marker: *in is set behind it, l->out behind the output. */
static __init bool lzma2(struct lzma *l, const u8 **in, const u8 *end, u8 *out_end)
{
	bool have_dict = false, have_props = false;
	struct chunk c;

	for (;;) {
		const u8 *p = *in;

		if (end - p < 1)
			return false;
		c.control = p[0];
		if (!c.control) {
			*in = p + 1;
			return true;
		}
		if (end - p < 6 && (c.control >= 0x80 || end - p < 3))
			return false;
		if (c.control >= 0xe0 || c.control == 1) {
			have_dict = true;
			l->dict_start = l->out;
		}
		if (!have_dict || (c.control > 2 && c.control < 0x80))
			return false;
		c.size = (p[1] << 8 | p[2]) + 1U;
		if (c.control >= 0x80)
			c.size += (c.control & 0x1f) << 16;
		if (c.size > (u64)(out_end - l->out))
			return false;
		l->out_limit = l->out + c.size;
		if (c.control < 0x80) {
			*in = p + 3;
			if (!stored_chunk(l, in, end, c.size))
				return false;
			continue;
		}
		c.packed = (p[3] << 8 | p[4]) + 1U;
		have_props |= c.control >= 0xc0;
		*in = p + 5;
		if (!have_props || !lzma_start(l, &c, in, end) ||
		    !lzma_chunk(l))
			return false;
	}
}

/* ---- XZ ------------------------------------------------------------------------------ */

#define FILTER_X86	4
#define FILTER_LZMA2	0x21

struct block {
	const u8 *in, *end;
	bool x86;
	u64 size;		/* ~0: not told */
};

static __init bool varint(const u8 **p, const u8 *end, u64 *v)
{
	*v = 0;
	for (unsigned int shift = 0; *p < end && shift < 63; shift += 7) {
		u8 b = *(*p)++;

		*v |= (u64)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return true;
	}
	return false;
}

static __init bool block_filters(struct block *b, const u8 *p, const u8 *end,
			  unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		bool last = i == count - 1;
		u64 id, size;

		if (!varint(&p, end, &id) || !varint(&p, end, &size) ||
		    size > (u64)(end - p))
			return false;
		if (last ? id != FILTER_LZMA2 || size != 1
			 : id != FILTER_X86 || size || b->x86)
			return false;
		b->x86 |= !last;
		p += size;
	}
	return true;
}

/* The header before b->in, which is moved behind it. */
static __init bool block_header(struct block *b)
{
	const u8 *p = b->in, *end;
	u64 unused;
	u32 size = (p[0] + 1U) * 4;
	u8 flags;

	if ((u64)(b->end - p) < size)
		return false;
	end = p + size - 4;		/* a checksum follows */
	b->in = p + size;
	flags = p[1];
	p += 2;
	b->x86 = false;
	b->size = ~0UL;
	if (flags & 0x3c || (flags & 3) > 1)
		return false;
	if (flags & 0x40 && !varint(&p, end, &unused))
		return false;
	if (flags & 0x80 && !varint(&p, end, &b->size))
		return false;
	return block_filters(b, p, end, (flags & 3) + 1);
}

/* Blocks until the index; all output must be there then. */
__init bool xz_decode(const u8 *in, u64 in_size, u8 *out, u64 out_size)
{
	static const u8 check_sizes[16] = {
		0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64
	};
	struct block b = { .in = in + 12, .end = in + in_size };
	u8 *out_end = out + out_size;
	struct lzma state = { .bad = false }, *l = &state;

	if (in_size < 32 || memcmp(in, "\xfd" "7zXZ", 6) || in[6] ||
	    in[7] & 0xf0)
		return false;
	while (b.in < b.end && *b.in) {
		const u8 *start;

		if (!block_header(&b))
			return false;
		start = b.in;
		l->out = out;
		if (!lzma2(l, &b.in, b.end, out_end))
			return false;
		if (b.size != ~0UL && b.size != (u64)(l->out - out))
			return false;
		if (b.x86)
			xz_x86_filter(out, l->out - out);
		b.in += ROUND_UP((u64)(b.in - start), 4) - (b.in - start) +
			check_sizes[in[7] & 15];
		out = l->out;
	}
	return b.in < b.end && out == out_end;
}
