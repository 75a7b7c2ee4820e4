/* SPDX-License-Identifier: BSD-2-Clause */
/* Basic types and macros of the hypervisor. */
#ifndef HOSPES_LIB_TYPES_H
#define HOSPES_LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define KIB		1024UL
#define MIB		(1024UL * KIB)
#define GIB		(1024UL * MIB)

#define BIT(n)		(1UL << (n))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(x, a)	(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define ROUND_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define DIV_UP(x, y)	(((x) + (y) - 1) / (y))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

/* The counter keeps names apart where one use stands inside another. */
#define PASTE_(a, b)	a##b
#define PASTE(a, b)	PASTE_(a, b)
#define PICK_(a, op, b, x, y) ({ __typeof__(a) x = (a); \
	__typeof__(b) y = (b); x op y ? x : y; })
#define PICK(a, op, b, n) PICK_(a, op, b, PASTE(a_, n), PASTE(b_, n))
#define min(a, b)	PICK(a, <, b, __COUNTER__)
#define max(a, b)	PICK(a, >, b, __COUNTER__)

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __noreturn	__attribute__((noreturn))
#define __must_check	__attribute__((warn_unused_result))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __section(s)	__attribute__((section(s)))
#define __unused	__attribute__((unused))
/* Hot paths in their callers, rare ones out of them. */
#define __inlined	inline __attribute__((always_inline))
#define __noinline	__attribute__((noinline))
/*
 * Locals start as zeroes (-ftrivial-auto-var-init); not those of hot paths that
 * are filled whole before anything reads them.
 */
#define __uninitialized	__attribute__((uninitialized))

/* Initialisation code and data: freed once dom0 has been built. */
#define __init		__section(".init.text") __attribute__((cold))
#define __initdata	__section(".init.data")
#define __initconst	__section(".init.rodata")
/* Written during initialisation only, read-only afterwards. */
#define __ro_after_init	__section(".data.ro_after_init")

/* Read or write exactly once; for memory that others change meanwhile. */
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#define barrier()	__asm__ volatile("" ::: "memory")
#define smp_mb()	__asm__ volatile("lock; addl $0, -4(%%rsp)" ::: \
				"memory", "cc")
/* x86 keeps loads in order with loads, and stores with stores. */
#define smp_rmb()	barrier()
#define smp_wmb()	barrier()
#define cpu_relax()	__builtin_ia32_pause()

#endif
