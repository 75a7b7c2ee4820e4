/* SPDX-License-Identifier: BSD-2-Clause */
/* The 16550 UART at COM1. */
#ifndef HOSPES_X86_SERIAL_H
#define HOSPES_X86_SERIAL_H

#include "lib/types.h"

#define COM1_PORT	0x3f8
#define COM1_IRQ	4

void serial_init(u32 baud);
void serial_putc(char c);	/* adds CR before LF; waits for room */
void serial_enable_irq(void);	/* input goes to console_input() */
bool serial_owns_port(u16 port);

#endif
