/* SPDX-License-Identifier: BSD-2-Clause */
/* Between console.c (ring, log) and console_io.c (domains' consoles). */
#ifndef HOSPES_CORE_CONSOLE_PRIVATE_H
#define HOSPES_CORE_CONSOLE_PRIVATE_H

#include "lib/types.h"

/* One whole line with @prefix, on a line of its own. */
void console_emit_line(const char *prefix, const char *s, size_t n);
/* May a line that a guest caused be printed now? */
bool console_guest_allowed(void);

#endif
