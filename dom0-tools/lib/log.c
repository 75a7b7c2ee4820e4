/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of daemons on stderr, one write a line. */
#include "lib/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *log_name = "hospes";
static int log_verbose;

void log_open(const char *name)
{
	log_name = name;
}

void log_set_verbose(int verbose)
{
	log_verbose = verbose;
}

/*
 * One write() a line, so that lines of several processes in one file never
 * mix. Control characters may come from a guest's strings: they are replaced.
 */
static void log_line(const char *fmt, va_list args, const char *tail)
{
	char line[1024];
	int len = snprintf(line, sizeof(line), "%s: ", log_name);
	size_t used = (size_t)len;

	vsnprintf(line + used, sizeof(line) - used, fmt, args);
	used = strlen(line);
	if (tail)
		snprintf(line + used, sizeof(line) - used, ": %s", tail);
	used = strlen(line);

	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' ';
	if (used == sizeof(line) - 1)
		used--;
	line[used++] = '\n';
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	if (!log_verbose)
		return;
	va_start(args, fmt);
	log_line(fmt, args, NULL);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(fmt, args, NULL);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(fmt, args, NULL);
	va_end(args);
}

void log_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list args;

	va_start(args, fmt);
	log_line(fmt, args, why);
	va_end(args);
}

void log_fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(fmt, args, NULL);
	va_end(args);
	exit(1);
}
