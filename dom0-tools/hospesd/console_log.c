/* SPDX-License-Identifier: BSD-2-Clause */
/* A log file that is rotated by size.  See console_log.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hospesd/console_log.h"

static int open_file(struct console_log *log)
{
	struct stat st;

	log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
		       O_NOFOLLOW, 0600);
	if (log->fd < 0)
		return -errno;
	if (fstat(log->fd, &st)) {
		int err = errno;

		console_log_close(log);
		return -err;
	}
	log->size = (size_t)st.st_size;
	return 0;
}

void console_log_init(struct console_log *log, const char *path, size_t max,
		      unsigned int keep)
{
	memset(log, 0, sizeof(*log));
	log->fd = -1;
	log->max = max;
	log->keep = keep;
	snprintf(log->path, sizeof(log->path), "%s", path);
}

static void rotate(struct console_log *log)
{
	char from[PATH_MAX + 16], to[PATH_MAX + 16];

	console_log_close(log);
	for (unsigned int i = log->keep; i > 0; i--) {
		snprintf(to, sizeof(to), "%s.%u", log->path, i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%u", log->path, i - 1);
		else
			snprintf(from, sizeof(from), "%s", log->path);
		/* A gap in the row is no fault. */
		(void)rename(from, to);
	}
	if (log->keep == 0)
		(void)unlink(log->path);
}

/* Ready for some more bytes; false with the error set. */
static bool make_ready(struct console_log *log)
{
	if (log->fd >= 0 && log->size >= log->max)
		rotate(log);
	if (log->fd < 0)
		log->error = -open_file(log);
	/* The old one is still there: it must not grow for ever. */
	if (log->fd >= 0 && log->size >= log->max) {
		console_log_close(log);
		log->error = EFBIG;
	}
	return log->fd >= 0;
}

void console_log_write(struct console_log *log, const void *buf, size_t len)
{
	const char *p = buf;

	/* Of nothing: so that there is a file. */
	if (log->fd < 0)
		log->error = -open_file(log);
	while (len && make_ready(log)) {
		size_t room = log->max - log->size;
		ssize_t n = write(log->fd, p, len < room ? len : room);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			/* Disk full: this output is lost, later may fit. */
			log->error = n ? errno : ENOSPC;
			return;
		}
		log->size += (size_t)n;
		log->error = 0;
		p += n;
		len -= (size_t)n;
	}
}

void console_log_close(struct console_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}
