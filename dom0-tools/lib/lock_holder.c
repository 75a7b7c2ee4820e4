/* SPDX-License-Identifier: BSD-2-Clause */
/* Names the holder of a lock, from /proc/locks. See lock_holder.h. */
#include "lib/lock_holder.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* "3: FLOCK  ADVISORY  WRITE 708 08:01:13631 0 EOF"; one that waits: "3: ->". */
static bool holds(const char *line, const struct stat *st, int *pid)
{
	unsigned int major_no, minor_no;
	unsigned long inode;

	return sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", pid, &major_no,
		      &minor_no, &inode) == 4 &&
		major_no == major(st->st_dev) &&
		minor_no == minor(st->st_dev) && inode == st->st_ino;
}

static int find_pid(const struct stat *st)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	int pid = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f) && !holds(line, st, &pid))
		pid = 0;
	fclose(f);
	return pid;
}

static void read_name(int pid, char *name, size_t size)
{
	char path[32];
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(name, (int)size, f))
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
}

const char *lock_holder(int fd, char *buf, size_t size)
{
	struct stat st;
	char name[32];
	int pid = fstat(fd, &st) ? 0 : find_pid(&st);

	if (pid <= 0) {
		snprintf(buf, size, "another process");
		return buf;
	}
	read_name(pid, name, sizeof(name));
	snprintf(buf, size, name[0] ? "process %d (%s)" : "process %d", pid,
		 name);
	return buf;
}
