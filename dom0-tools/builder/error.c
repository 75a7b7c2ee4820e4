/* SPDX-License-Identifier: BSD-2-Clause */
#include "builder/error.h"

#include <stdarg.h>
#include <stdio.h>

int build_fail(struct build_error *error, const char *fmt, ...)
{
	va_list args;

	if (error->text[0])
		return -1;
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	return -1;
}
