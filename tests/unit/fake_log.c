/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's messages on the host: printed; a panic aborts. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/printf.h"

void log_print(enum loglevel level, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	(vprintf)(fmt, ap);
	va_end(ap);
}

void log_guest(enum loglevel level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(vprintf)(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	abort();
}
