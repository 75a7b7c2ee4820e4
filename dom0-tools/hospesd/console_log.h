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
	int fd;			/* -1: not open; the next write tries to */
	int error;		/* errno of the last failure; 0: none since */
	size_t size, max;
	unsigned int keep;
};

/* A log at path, to which the first write appends. */
void console_log_init(struct console_log *log, const char *path, size_t max,
		      unsigned int keep);
/*
 * As long as the disk takes.  What cannot be written is lost, and why is kept in
 * error; each write tries anew.
 */
void console_log_write(struct console_log *log, const void *buf, size_t len);
void console_log_close(struct console_log *log);

#endif
