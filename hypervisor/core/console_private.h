/* SPDX-License-Identifier: BSD-2-Clause */
/* Between console.c (ring, log) and console_io.c (domains' consoles). */
#ifndef HOSPES_CORE_CONSOLE_PRIVATE_H
#define HOSPES_CORE_CONSOLE_PRIVATE_H

#include "lib/types.h"

#define OUT_QUEUE	65536

/*
 * The serial line's queue, with the console's lock: is there room for a message
 * of @n bytes? False: it is counted as dropped.  Then its parts.
 */
bool out_begin(size_t n);
void out_put(const char *s, size_t n);
/* dom0 may go on: what it has written before is on its way. */
bool console_room(void);

/* One whole line with @prefix, on a line of its own. */
void console_emit_line(const char *prefix, const char *s, size_t n);
/* May a line that a guest caused be printed now? */
bool console_guest_allowed(void);

#endif
