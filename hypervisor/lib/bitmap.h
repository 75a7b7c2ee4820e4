/* SPDX-License-Identifier: BSD-2-Clause */
/* Bit operations on arrays of u64, plain and atomic (name_atomic). */
#ifndef HOSPES_LIB_BITMAP_H
#define HOSPES_LIB_BITMAP_H

#include "lib/types.h"

#define BITMAP_WORDS(bits)	DIV_UP(bits, 64)

static inline bool bit_test(const u64 *map, unsigned int n)
{
	return READ_ONCE(map[n / 64]) >> (n % 64) & 1;
}

static inline void bit_set(u64 *map, unsigned int n)
{
	map[n / 64] |= 1UL << (n % 64);
}

static inline void bit_clear(u64 *map, unsigned int n)
{
	map[n / 64] &= ~(1UL << (n % 64));
}

static inline bool bit_test_and_set_atomic(u64 *map, unsigned int n)
{
	u64 b = 1UL << (n % 64);

	return __atomic_fetch_or(&map[n / 64], b, __ATOMIC_SEQ_CST) & b;
}

static inline bool bit_test_and_clear_atomic(u64 *map, unsigned int n)
{
	u64 b = 1UL << (n % 64);

	return __atomic_fetch_and(&map[n / 64], ~b, __ATOMIC_SEQ_CST) & b;
}

/* First set bit at or after @from, @bits if there is none. */
static inline unsigned int bit_next(const u64 *map, unsigned int bits,
				    unsigned int from)
{
	while (from < bits) {
		u64 w = map[from / 64] >> (from % 64);

		if (w) {
			from += __builtin_ctzl(w);
			return from < bits ? from : bits;
		}
		from = ROUND_DOWN(from, 64U) + 64;
	}
	return bits;
}

#define for_each_bit(n, map, bits) \
	for (n = bit_next(map, bits, 0); n < (bits); \
	     n = bit_next(map, bits, n + 1))

#endif
