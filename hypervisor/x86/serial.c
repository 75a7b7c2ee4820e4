/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 16550 UART at COM1: output through its FIFO, when somebody looks whether it
 * is empty; input by interrupt.
 */
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
#define LSR_EMPTY	0x20		/* the FIFO; the last byte is on its way */
#define LSR_SENT	0x40
#define IER_DATA	0x01
#define FIFO_SIZE	16

/* A line that never gets ready must not stop the machine. */
#define SPIN_LIMIT	1000000

static bool present;
static unsigned int room;	/* serial_put(): free places in the FIFO */

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

static bool in_use(void)
{
	return present && options.console_com1;
}

unsigned int serial_room(void)
{
	if (!in_use() || uart_read(UART_LSR) & LSR_EMPTY)
		return FIFO_SIZE;
	return 0;
}

void serial_send(char c)
{
	if (in_use())
		uart_write(UART_DATA, c);
}

/* A line that did not get ready once is not waited for until it does. */
static bool await(u8 bit)
{
	static bool dead;

	for (unsigned int i = 0; i < (dead ? 1 : SPIN_LIMIT); i++) {
		if (uart_read(UART_LSR) & bit) {
			dead = false;
			return true;
		}
		cpu_relax();
	}
	dead = true;
	return false;
}

/* What others sent may still be in the FIFO: when it is empty, 16 fit. */
void serial_put(char c)
{
	if (!in_use())
		return;
	if (!room) {
		await(LSR_EMPTY);
		room = FIFO_SIZE;
	}
	room--;
	uart_write(UART_DATA, c);
}

void serial_finish(void)
{
	if (in_use())
		await(LSR_SENT);
	room = 0;
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

	if (!in_use())
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
	return in_use() && port >= COM1_PORT && port < COM1_PORT + 8;
}
