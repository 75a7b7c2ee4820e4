/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault-tolerant copies to and from the running guest's memory. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "lib/string.h"
#include "x86/cpuid.h"
#include "x86/traps.h"

/*
 * In ascending order (see gva_ours()).  Bytes that were not copied when a fault stopped us.  Words first: the
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

/*
 * Not an address of the guest's: then only the translated arguments of the call
 * that a 32-bit guest is making (hypercall/compat32.h).
 */
static bool translated(u64 va, size_t n)
{
	const struct vcpu *v = current;
	u64 start = (u64)v->xlat.area;

	return v->xlat.used && va >= start && n <= v->xlat.used &&
	       va - start <= v->xlat.used - n;
}

int guest_copy_translated(void *to, const void *from, u64 va, size_t n)
{
	if (!translated(va, n))
		return -EFAULT;
	memcpy(to, from, n);
	return 0;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
	const void *from = (const void *)src.v;

	if (unlikely(gva_ours(src.v)))
		return guest_copy_translated(dst, from, src.v, n);
	if (n == sizeof(u64))
		return guest_read_words(dst, src.v, sizeof(u64));
	return copy_user_raw(dst, from, n) ? -EFAULT : 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
	void *to = (void *)dst.v;

	if (unlikely(gva_ours(dst.v)))
		return guest_copy_translated(to, src, dst.v, n);
	if (n == sizeof(u64))
		return guest_write_words(dst.v, src, sizeof(u64));
	return copy_user_raw(to, src, n) ? -EFAULT : 0;
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
