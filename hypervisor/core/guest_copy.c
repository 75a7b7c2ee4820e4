/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault-tolerant copies to and from the running guest's memory. */
#include "core/guest_copy.h"
#include "lib/string.h"
#include "x86/cpuid.h"
#include "x86/traps.h"

/*
 * Bytes that were not copied when a fault stopped us.  Words first: the
 * remainder is then at most what both counts say.
 */
size_t copy_user_raw(void *dst, const void *src, size_t n)
{
	size_t words = n / 8;
	size_t tail = n % 8;

	user_access_begin();
	__asm__ volatile("1: rep movsq\n"
			 "	mov %[tail], %[n]\n"
			 "	xor %k[tail], %k[tail]\n"
			 "2: rep movsb\n"
			 "	jmp 4f\n"
			 "3:	lea (%[tail], %[n], 8), %[n]\n"
			 "4:\n"
			 EX_TABLE(1b, 3b) EX_TABLE(2b, 4b)
			 : [n] "+c"(words), "+D"(dst), "+S"(src),
			   [tail] "+r"(tail)
			 :: "memory");
	user_access_end();
	return words;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
	if (!gva_allowed(src.v, n))
		return -EFAULT;
	return copy_user_raw(dst, (const void *)src.v, n) ? -EFAULT : 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
	if (!gva_allowed(dst.v, n))
		return -EFAULT;
	return copy_user_raw((void *)dst.v, src, n) ? -EFAULT : 0;
}

int clear_guest(gva_t dst, size_t n)
{
	static const u8 zeroes[256];

	while (n) {
		size_t k = min(n, sizeof(zeroes));

		if (copy_to_guest(dst, zeroes, k))
			return -EFAULT;
		dst.v += k;
		n -= k;
	}
	return 0;
}
