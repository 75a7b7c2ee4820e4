/* SPDX-License-Identifier: BSD-2-Clause */
/* Log ring and console: serial line, dom0's terminal, guests' messages. */
#ifndef HOSPES_CORE_CONSOLE_H
#define HOSPES_CORE_CONSOLE_H

#include "mm/addr.h"

#define CONSOLE_RING	16384

void console_init(void);		/* early: serial line (x86/serial.h) */
/* At the end of the start: output is queued, and drained while guests run. */
void console_start_queue(void);
/* WORK_CONSOLE: hand on what the serial line takes now. No locks held. */
void console_drain(void);
/* Nobody else runs any more: write all there is, and wait until it is sent. */
void console_flush(void);
/* May the registers of a guest that crashed be printed? */
bool console_report_allowed(void);
/* Raw output, also into the ring; no level. */
void console_write(const char *s, size_t n);
/* Copy of the ring for sysctl readconsole: see public header. */
int console_read_ring(gva_t buf, u32 size, bool clear, bool incremental,
		      u32 *index, u32 *count);
/* A character came from the serial line (interrupt). */
void console_input(u8 c);

#endif
