/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the C string library that the hypervisor uses. */
#ifndef HOSPES_LIB_STRING_H
#define HOSPES_LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
static inline void memset64(u64 *dst, u64 v, size_t n)
{
	__asm__ volatile("rep stosq" : "+D"(dst), "+c"(n) : "a"(v) : "memory");
}
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *what);
/* Always terminates; returns strlen(src). */
size_t strlcpy(char *dst, const char *src, size_t size);
/* Decimal, 0x… or 0…; *end is the first character not used. */
u64 strtou64(const char *s, const char **end, unsigned int base);

#endif
