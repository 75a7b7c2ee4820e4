/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The x86 branch filter of XZ, decoding direction.  The encoder turned the
 * operand of E8/E9 into an absolute target where its top byte looked like a
 * sign extension, and where the bytes before did not make that doubtful: mask
 * holds a bit for each of the three bytes before that was an E8/E9.
 */
#include "lib/string.h"
#include "lib/xz.h"

static __init bool sign_byte(u8 b)
{
	return b == 0 || b == 0xff;
}

/* Convert the operand at @p whose instruction ends at stream position @pos. */
static __init void convert(u8 *p, u32 pos, u32 mask)
{
	static const u8 bit_number[8] = { 0, 1, 2, 2, 3, 3, 3, 3 };
	u32 src, dest, shift;

	memcpy(&src, p, sizeof(src));
	for (;;) {
		dest = src - pos;
		if (!mask)
			break;
		shift = bit_number[mask] * 8;
		if (!sign_byte(dest >> (24 - shift)))
			break;
		src = dest ^ ((1U << (32 - shift)) - 1);
	}
	dest &= 0x01ffffff;
	dest |= 0U - (dest & 0x01000000);
	memcpy(p, &dest, sizeof(dest));
}

/* No E8 or E9 among the eight bytes at @p? (Says no too often, never yes.) */
static inline bool none_in_8(const u8 *p)
{
	u64 w;

	memcpy(&w, p, sizeof(w));
	w = (w ^ 0xe8e8e8e8e8e8e8e8UL) & 0xfefefefefefefefeUL;
	return !((w - 0x0101010101010101UL) & ~w & 0x8080808080808080UL);
}

__init void xz_x86_filter(u8 *buf, u64 size)
{
	static const bool mask_ok[8] = {
		true, true, true, false, true, false, false, false
	};
	static const u8 bit_number[8] = { 0, 1, 2, 2, 3, 3, 3, 3 };
	u64 prev = ~0UL, i;
	u32 mask = 0;

	if (size < 5)
		return;
	for (i = 0; i < size - 4; i++) {
		while (i + 12 <= size && none_in_8(buf + i))
			i += 8;
		if (i >= size - 4)
			break;
		if ((buf[i] & 0xfe) != 0xe8)
			continue;
		prev = i - prev;
		if (prev > 3) {
			mask = 0;
		} else {
			mask = (mask << (prev - 1)) & 7;
			if (mask && (!mask_ok[mask] ||
			    sign_byte(buf[i + 4 - bit_number[mask]]))) {
				prev = i;
				mask = mask << 1 | 1;
				continue;
			}
		}
		prev = i;
		if (sign_byte(buf[i + 4])) {
			convert(buf + i + 1, i + 5, mask);
			i += 4;
			mask = 0;
		} else {
			mask = mask << 1 | 1;
		}
	}
}
