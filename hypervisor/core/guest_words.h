/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of structures between the hypervisor and the running guest, whose size
 * is known to the compiler: word by word, in ascending order, each access with
 * an entry in the table of those that may fault.  0, or -EFAULT after a partial
 * copy, as the functions of guest_copy.h, which take what is larger.
 */
#ifndef HOSPES_CORE_GUEST_WORDS_H
#define HOSPES_CORE_GUEST_WORDS_H

#include "lib/errno.h"
#include "mm/addr.h"
#include "x86/cpuid.h"
#include "x86/traps.h"

#define GUEST_WORDS_MAX	96	/* bytes */

/* What is ours; the translated arguments of a 32-bit guest are, too. */
int guest_copy_translated(void *to, const void *from, u64 va, size_t n);

/*
 * The access stands once, and the compiler knows where a fault leads.  By a
 * variable of its own: GCC 12 falls over results that are parts of structures.
 */
#define GUEST_LOAD(x, at, fault) do { \
	__typeof__(x) x_; \
	__asm__ goto("1:	mov %1, %0\n" EX_TABLE(1b, %l2) \
		     : "=r"(x_) : "m"(*(at)) : : fault); \
	(x) = x_; \
} while (0)
#define GUEST_STORE(at, x, fault) \
	__asm__ goto("1:	mov %1, %0\n" EX_TABLE(1b, %l2) \
		     : : "m"(*(at)), "r"(x) : "memory" : fault)

static inline __attribute__((always_inline)) int
guest_read_words(void *dst, u64 va, size_t n)
{
	const u64 *from = (const u64 *)va;
	u64 *to = dst;
	size_t i;

	user_access_begin();
#pragma GCC unroll 12
	for (i = 0; i < n / 8; i++)
		GUEST_LOAD(to[i], &from[i], fault);
	if (n % 8)
		GUEST_LOAD(*(u32 *)&to[i], (const u32 *)&from[i], fault);
	user_access_end();
	return 0;
fault:
	user_access_end();
	return -EFAULT;
}

static inline __attribute__((always_inline)) int
guest_write_words(u64 va, const void *src, size_t n)
{
	u64 *to = (u64 *)va;
	const u64 *from = src;
	size_t i;

	user_access_begin();
#pragma GCC unroll 12
	for (i = 0; i < n / 8; i++)
		GUEST_STORE(&to[i], from[i], fault);
	if (n % 8)
		GUEST_STORE((u32 *)&to[i], *(const u32 *)&from[i], fault);
	user_access_end();
	return 0;
fault:
	user_access_end();
	return -EFAULT;
}

static inline __attribute__((always_inline)) __must_check int
guest_read_sized(void *dst, gva_t src, size_t n)
{
	if (unlikely(gva_ours(src.v)))
		return guest_copy_translated(dst, (const void *)src.v, src.v, n);
	return guest_read_words(dst, src.v, n);
}

static inline __attribute__((always_inline)) __must_check int
guest_write_sized(gva_t dst, const void *src, size_t n)
{
	if (unlikely(gva_ours(dst.v)))
		return guest_copy_translated((void *)dst.v, src, dst.v, n);
	return guest_write_words(dst.v, src, n);
}

#define GUEST_WORDS_FIT(n)	((n) % 4 == 0 && (n) <= GUEST_WORDS_MAX)

/* *dst from the guest, *src to the guest. */
#define guest_read(dst, src) \
	(GUEST_WORDS_FIT(sizeof(*(dst))) \
	 ? guest_read_sized((dst), (src), sizeof(*(dst))) \
	 : copy_from_guest((dst), (src), sizeof(*(dst))))
#define guest_write(dst, src) \
	(GUEST_WORDS_FIT(sizeof(*(src))) \
	 ? guest_write_sized((dst), (src), sizeof(*(src))) \
	 : copy_to_guest((dst), (src), sizeof(*(src))))

#endif
