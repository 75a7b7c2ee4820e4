/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program asks of its kernel, and that kernel of the hypervisor while the
 * program runs:
 *
 *	kernel-help ldt		segments of a local descriptor table, loaded
 *				before and kept over changes of processes
 *	kernel-help ports V	a port by ioperm() and by iopl(): what it reads is
 *				V (hexadecimal); others, and later, SIGSEGV
 *
 * Exit status 0, and a line that says so, if all of it is right.
 */
#include <asm/ldt.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The clock's status register D: bit 7 alone, on every machine that works. */
enum { CLOCK_INDEX = 0x70, CLOCK_DATA = 0x71, STATUS_D = 0x0d };
enum { ENTRIES = 600 };		/* two pages of the table */

static uint32_t words[4] = { 0x11110000, 0x22220000, 0x33330000, 0x44440000 };

static void die(const char *what)
{
	fprintf(stderr, "kernel-help: %s\n", what);
	exit(1);
}

static void set_entry(unsigned int n, const void *base)
{
	struct user_desc d = {
		.entry_number = n, .base_addr = (uint32_t)(uintptr_t)base,
		.limit = sizeof(words[0]) - 1, .seg_32bit = 1, .useable = 1,
	};

	if ((uintptr_t)base >> 32)
		die("the program lies above 4 GiB");
	if (syscall(SYS_modify_ldt, 1, &d, sizeof(d)))
		die("modify_ldt() fails");
}

static uint32_t read_by(unsigned int n)
{
	uint32_t x;

	__asm__ volatile("mov %w1, %%gs\n\tmov %%gs:0, %0"
			 : "=r"(x) : "r"(n * 8 | 7));
	return x;
}

static uint32_t read_again(void)
{
	uint32_t x;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(x));
	return x;
}

static int check_ldt(void)
{
	set_entry(0, &words[1]);
	set_entry(ENTRIES, &words[2]);
	for (unsigned int i = 0; i < 20; i++) {
		if (read_by(0) != words[1])
			die("the first segment is another");
		usleep(1000);
		if (read_again() != words[1])
			die("the first segment is lost over a sleep");
		if (read_by(ENTRIES) != words[2])
			die("the segment in the second page is another");
	}
	/* A process of its own has a table of its own. */
	if (!fork())
		_exit(read_by(ENTRIES) != words[2]);
	int status;
	wait(&status);
	if (status)
		die("a child has not its parent's segments");
	puts("kernel-help: ldt is right");
	return 0;
}

static int read_clock(void)
{
	outb(STATUS_D, CLOCK_INDEX);
	return inb(CLOCK_DATA);
}

/* What a child that tries ends with: its exit status, or minus the signal. */
static int try(void)
{
	int status;

	if (!fork())
		_exit(read_clock());
	wait(&status);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void expect(int want, const char *when)
{
	int got = try();

	if (got == want)
		return;
	fprintf(stderr, "kernel-help: %s: %d, not %d\n", when, got, want);
	exit(1);
}

static int check_ports(int value)
{
	expect(-11, "without a right");
	if (ioperm(CLOCK_INDEX, 1, 1))
		die("ioperm() fails");
	expect(-11, "with one of two ports");
	if (ioperm(CLOCK_DATA, 1, 1))
		die("ioperm() fails");
	expect(value, "by ioperm()");
	if (ioperm(CLOCK_INDEX, 2, 0))
		die("ioperm() fails");
	expect(-11, "after ioperm()");
	if (iopl(3))
		die("iopl() fails");
	expect(value, "by iopl()");
	if (iopl(0))
		die("iopl() fails");
	expect(-11, "after iopl()");
	puts("kernel-help: ports are right");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "ldt"))
		return check_ldt();
	if (argc == 3 && !strcmp(argv[1], "ports"))
		return check_ports((int)strtol(argv[2], NULL, 16));
	fprintf(stderr, "usage: kernel-help ldt | ports VALUE\n");
	return 2;
}
