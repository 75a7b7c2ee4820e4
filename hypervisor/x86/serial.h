/* SPDX-License-Identifier: BSD-2-Clause */
/* The 16550 UART at COM1. */
#ifndef HOSPES_X86_SERIAL_H
#define HOSPES_X86_SERIAL_H

#include "lib/types.h"

#define COM1_PORT	0x3f8
#define COM1_IRQ	4

void serial_init(u32 baud);
/* How many bytes it takes now; without a line, any number. */
unsigned int serial_room(void);
void serial_send(char c);	/* there is room */
void serial_put(char c);	/* waits for room, not for ever */
void serial_finish(void);	/* waits until all is sent, not for ever */
void serial_enable_irq(void);	/* input goes to console_input() */
bool serial_owns_port(u16 port);

#endif
