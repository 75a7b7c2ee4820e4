/* SPDX-License-Identifier: BSD-2-Clause */
/* A log file that is rotated by size.  See console_log.h. */
#include <errno.h>
#include <fcntl.h>
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

int console_log_open(struct console_log *log, const char *path, size_t max,
		     unsigned int keep)
{
	memset(log, 0, sizeof(*log));
	log->fd = -1;
	log->max = max;
	log->keep = keep;
	/* Room for ".NNN" behind it. */
	if (strlen(path) + 5 > sizeof(log->path))
		return -ENAMETOOLONG;
	strcpy(log->path, path);
	return open_file(log);
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
	log->error = -open_file(log);
}

void console_log_write(struct console_log *log, const void *buf, size_t len)
{
	const char *p = buf;

	while (len && log->fd >= 0) {
		size_t room, part;
		ssize_t n;

		if (log->size >= log->max) {
			rotate(log);
			continue;
		}
		room = log->max - log->size;
		part = len < room ? len : room;
		n = write(log->fd, p, part);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			/* Disk full: this output is lost, later may fit. */
			log->error = errno ? errno : ENOSPC;
			return;
		}
		log->size += (size_t)n;
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
