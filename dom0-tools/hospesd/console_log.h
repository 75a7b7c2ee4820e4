/* SPDX-License-Identifier: BSD-2-Clause */
/* A log file that is rotated by size: NAME, NAME.1 ... NAME.keep. */
#ifndef HOSPESD_CONSOLE_LOG_H
#define HOSPESD_CONSOLE_LOG_H

#include <limits.h>
#include <stddef.h>

#define CONSOLE_LOG_MAX  (1024 * 1024)
#define CONSOLE_LOG_KEEP 4

struct console_log {
	char path[PATH_MAX];
	int fd;			/* -1: closed or failed */
	int error;		/* errno of the last failure, told once */
	size_t size, max;
	unsigned int keep;
};

/* Appends to path.  Returns 0 or -errno; a failed log swallows its input. */
int console_log_open(struct console_log *log, const char *path, size_t max,
		     unsigned int keep);
/* Never blocks long, never fails the caller: trouble is kept in error. */
void console_log_write(struct console_log *log, const void *buf, size_t len);
void console_log_close(struct console_log *log);

#endif
