/* SPDX-License-Identifier: BSD-2-Clause */
/* The 16550 UART at COM1: polled output with its FIFO, input by interrupt. */
#include "boot/boot.h"
#include "core/console.h"
#include "lib/printf.h"
#include "x86/cpu.h"
#include "x86/irq.h"
#include "x86/serial.h"

enum {
	UART_DATA = 0, UART_IER = 1, UART_FCR = 2, UART_LCR = 3,
	UART_MCR = 4, UART_LSR = 5, UART_SCRATCH = 7
};

#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define FCR_ENABLE	0x07		/* on, both sides cleared */
#define MCR_DTR_RTS	0x03
#define MCR_OUT2	0x08		/* interrupt line to the PIC */
#define LSR_DATA	0x01
#define LSR_EMPTY	0x20
#define IER_DATA	0x01
#define FIFO_SIZE	16

/* A line that never gets ready must not stop the machine. */
#define SPIN_LIMIT	1000000

static bool present;
static unsigned int room;	/* c: free places in the output FIFO */

static u8 uart_read(unsigned int reg)
{
	return inb(COM1_PORT + reg);
}

static void uart_write(unsigned int reg, u8 v)
{
	outb(COM1_PORT + reg, v);
}

void serial_init(u32 baud)
{
	u16 divisor = baud ? 115200 / baud : 1;

	uart_write(UART_SCRATCH, 0x5a);
	present = uart_read(UART_SCRATCH) == 0x5a;
	if (!present)
		return;
	uart_write(UART_IER, 0);
	uart_write(UART_LCR, LCR_DLAB | LCR_8N1);
	uart_write(UART_DATA, divisor ? divisor : 1);
	uart_write(UART_IER, divisor >> 8);
	uart_write(UART_LCR, LCR_8N1);
	uart_write(UART_FCR, FCR_ENABLE);
	uart_write(UART_MCR, MCR_DTR_RTS | MCR_OUT2);
}

static void send(u8 c)
{
	if (!room) {
		for (unsigned int i = 0; i < SPIN_LIMIT; i++) {
			if (uart_read(UART_LSR) & LSR_EMPTY)
				break;
			cpu_relax();
		}
		room = FIFO_SIZE;
	}
	room--;
	uart_write(UART_DATA, c);
}

void serial_putc(char c)
{
	if (!present || !options.console_com1)
		return;
	if (c == '\n')
		send('\r');
	send(c);
}

static void serial_interrupt(void *data __unused)
{
	for (unsigned int i = 0; i < 64; i++) {
		if (!(uart_read(UART_LSR) & LSR_DATA))
			return;
		console_input(uart_read(UART_DATA));
	}
}

void serial_enable_irq(void)
{
	bool level, low;
	unsigned int gsi = ioapic_isa_to_gsi(COM1_IRQ, &level, &low);

	if (!present || !options.console_com1)
		return;
	if (irq_bind_internal(gsi, serial_interrupt, NULL)) {
		pr_warn("serial: no interrupt, no input\n");
		return;
	}
	while (uart_read(UART_LSR) & LSR_DATA)
		uart_read(UART_DATA);
	uart_write(UART_IER, IER_DATA);
}

bool serial_owns_port(u16 port)
{
	return present && options.console_com1 && port >= COM1_PORT &&
	       port < COM1_PORT + 8;
}
