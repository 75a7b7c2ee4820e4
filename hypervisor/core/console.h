/* SPDX-License-Identifier: BSD-2-Clause */
/* Log ring and console: serial line, dom0's terminal, guests' messages. */
#ifndef HOSPES_CORE_CONSOLE_H
#define HOSPES_CORE_CONSOLE_H

#include "mm/addr.h"

#define CONSOLE_RING	16384

void console_init(void);		/* early: serial line (x86/serial.h) */
/* Raw output, also into the ring; no level, no limit. */
void console_write(const char *s, size_t n);
/* Copy of the ring for sysctl readconsole: see public header. */
int console_read_ring(gva_t buf, u32 size, bool clear, bool incremental,
		      u32 *index, u32 *count);
/* A character came from the serial line (interrupt). */
void console_input(u8 c);

#endif
