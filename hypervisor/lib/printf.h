/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted output.  Conversions: %d %i %u %x %X %o %c %s %p %%, with flags
 * 0 - # + space, width, precision (also *) and lengths hh h l ll z.
 */
#ifndef HOSPES_LIB_PRINTF_H
#define HOSPES_LIB_PRINTF_H

#include <stdarg.h>
#include "lib/types.h"

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* Levels as the loglvl= option knows them; defined in x86/serial + core. */
enum loglevel { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_print(enum loglevel level, const char *fmt, ...) __printf(2, 3);
/* For what a guest can cause: at most a few lines a second. */
void log_guest(enum loglevel level, const char *fmt, ...) __printf(2, 3);

#define pr_err(...)	log_print(LOG_ERR, __VA_ARGS__)
#define pr_warn(...)	log_print(LOG_WARNING, __VA_ARGS__)
#define pr_info(...)	log_print(LOG_INFO, __VA_ARGS__)
#define pr_debug(...)	log_print(LOG_DEBUG, __VA_ARGS__)
#define pr_guest(...)	log_guest(LOG_WARNING, __VA_ARGS__)

/* Our own invariant is broken: registers, stack walk, stop of all CPUs. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
#define BUG()		panic("BUG at %s:%d", __FILE__, __LINE__)
#define BUG_ON(c)	do { if (unlikely(c)) panic("BUG: %s at %s:%d", \
				#c, __FILE__, __LINE__); } while (0)
#define ASSERT(c)	BUG_ON(!(c))

#endif
