/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways to reset a machine, to sleep, and to switch it off. */
#include "boot/boot.h"
#include "core/console.h"
#include "core/domain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/acpi.h"
#include "x86/cpu.h"
#include "x86/panic.h"
#include "x86/pci.h"
#include "x86/smp.h"
#include "x86/time.h"

#define SLP_EN		BIT(13)
#define SPACE_IO	1
#define SPACE_PCI	2

/* The reset register in memory is not mapped: such machines use another way. */
static void reset_acpi(void)
{
	u64 addr = acpi_info.reset_addr;

	if (!acpi_info.reset_supported)
		return;
	if (acpi_info.reset_space == SPACE_IO)
		outb(addr, acpi_info.reset_value);
	else if (acpi_info.reset_space == SPACE_PCI)
		pci_write8(0, 0, (addr >> 32 & 31) << 3 | (addr >> 16 & 7),
			   addr & 0xff, acpi_info.reset_value);
	time_delay_us(50000);
}

static void reset_keyboard(void)
{
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int w = 0; w < 0x10000; w++)
			if (!(inb(0x64) & 2))
				break;
		outb(0x64, 0xfe);
		time_delay_us(10000);
	}
}

/* Port 0xcf9 of PC chipsets. */
static void reset_chipset(void)
{
	outb(0xcf9, 0x02);
	time_delay_us(50);
	outb(0xcf9, 0x06);
	time_delay_us(50000);
}

static void reset_triple_fault(void)
{
	static const struct { u16 limit; u64 base; } __packed none = { 0, 0 };

	__asm__ volatile("lidt %0; int3" :: "m"(none));
}

void machine_reset(void)
{
	const char *how = options.reboot;

	console_flush();
	if (!strcmp(how, "no"))
		for (;;)
			__asm__ volatile("cli; hlt");
	if (!strcmp(how, "triple"))
		reset_triple_fault();
	if (!strcmp(how, "kbd"))
		reset_keyboard();
	reset_acpi();
	reset_chipset();
	reset_keyboard();
	reset_triple_fault();
	for (;;)
		__asm__ volatile("cli; hlt");
}

void machine_reboot(void)
{
	pr_info("rebooting\n");
	smp_stop_others();
	machine_reset();
}

/* Sleep type first, the enable bit in a second write (ACPI 16.1.7). */
void machine_sleep(u16 val_a, u16 val_b)
{
	console_flush();
	if (acpi_info.pm1a_cnt) {
		outw(acpi_info.pm1a_cnt, val_a & ~SLP_EN);
		if (acpi_info.pm1b_cnt)
			outw(acpi_info.pm1b_cnt, val_b & ~SLP_EN);
		outw(acpi_info.pm1a_cnt, val_a | SLP_EN);
		if (acpi_info.pm1b_cnt)
			outw(acpi_info.pm1b_cnt, val_b | SLP_EN);
	}
	time_delay_us(100000);
}

void machine_poweroff(void)
{
	pr_info("switching off\n");
	smp_stop_others();
	if (acpi_info.s5_found)
		machine_sleep(acpi_info.s5_a, acpi_info.s5_b);
	pr_err("the machine cannot be switched off, resetting\n");
	machine_reset();
}
