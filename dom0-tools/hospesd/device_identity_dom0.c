/* SPDX-License-Identifier: BSD-2-Clause */
/* What dom0 itself does with a disk.  See device_identity.h. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "hospesd/device_identity.h"

const char *identity_proc = "/proc";

struct question {
	const struct identity *id;
	const struct stat *st;	/* of the disk */
	bool readonly;
	bool *read_by_dom0;
	char *why;
	size_t size;
};

/* Spaces and the like stand as \040 in the kernel's lists. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		char code[4] = "";

		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			memcpy(code, s + 1, 3);
			*to++ = (char)strtol(code, NULL, 8);
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* `what` of dom0 is it, or on it: is that in the way? */
static bool in_the_way(const struct question *q, bool reads_only,
		       const char *what, const char *where)
{

	if (reads_only && q->readonly) {
		*q->read_by_dom0 = true;
		return false;
	}
	snprintf(q->why, q->size, "%s %.300s in dom0", what, where);
	return true;
}

static bool block_of(dev_t dev, struct identity *id)
{
	const struct stat st = { .st_mode = S_IFBLK, .st_rdev = dev };

	return identity_of_stat(&st, id);
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime opt:1 - ext3 /dev/root rw,errors=..." */
static bool mount_clashes(const struct question *q, char *line)
{
	char where[PATH_MAX], source[PATH_MAX], options[64];
	unsigned int major_number, minor_number;
	char *dash = strstr(line, " - ");
	struct identity id;
	bool known;

	if (!dash || sscanf(line, "%*s %*s %u:%u %*s %4095s", &major_number,
			    &minor_number, where) != 3 ||
	    sscanf(dash + 3, "%*s %4095s %63s", source, options) != 2)
		return false;
	/* Some file systems have a number that no device has. */
	unescape(source);
	known = major_number ?
		block_of(makedev(major_number, minor_number), &id) :
		source[0] == '/' && identity_of_path(source, &id);
	if (!known || !identity_clash(&id, q->id))
		return false;
	unescape(where);
	return in_the_way(q, !strncmp(options, "ro", 2) &&
			  (!options[2] || options[2] == ','), "mounted on",
			  where);
}

static bool swap_clashes(const struct question *q, char *line)
{
	char path[PATH_MAX];
	struct identity id;

	if (sscanf(line, "%4095s", path) != 1 || path[0] != '/')
		return false;
	unescape(path);
	return identity_of_path(path, &id) && identity_clash(&id, q->id) &&
	       in_the_way(q, false, "used as swap:", path);
}

static bool any_line(const struct question *q, const char *file,
		     bool (*clashes)(const struct question *q, char *line))
{
	char path[256], *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", identity_proc, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && getline(&line, &size, f) > 0)
		found = clashes(q, line);
	free(line);
	fclose(f);
	return found;
}

static long read_value(const char *folder, const char *name)
{
	char path[PATH_MAX + 8];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

/* A loop device of the same file; not the disk itself, nor one it lies on. */
static bool loop_clashes(const struct question *q, const char *name)
{
	unsigned int major_number, minor_number;
	char folder[PATH_MAX], path[PATH_MAX + 8];
	struct identity id, disk;
	dev_t dev;
	FILE *f;
	int n;

	snprintf(folder, sizeof(folder), "%s/block/%s", identity_sys, name);
	snprintf(path, sizeof(path), "%s/dev", folder);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fscanf(f, "%u:%u", &major_number, &minor_number);
	fclose(f);
	dev = makedev(major_number, minor_number);
	/* Not in use: it is just itself. */
	if (n != 2 || !block_of(dev, &id) ||
	    (!id.self.ino && id.self.dev == dev) || !identity_clash(&id, q->id))
		return false;
	if (S_ISBLK(q->st->st_mode)) {
		if (q->st->st_rdev == dev)
			return false;
		disk = *q->id;
		for (unsigned int i = 0; i < disk.parts; i++)
			if (!disk.part_of[i].ino && disk.part_of[i].dev == dev)
				return false;
	}
	return in_the_way(q, read_value(folder, "ro") == 1,
			  "in use by loop device", name);
}

static bool any_loop(const struct question *q)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/block", identity_sys);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "loop", 4))
			found = loop_clashes(q, entry->d_name);
	closedir(dir);
	return found;
}

bool identity_in_dom0(const struct identity *id, const struct stat *st,
		      bool readonly, bool *read_by_dom0, char *why,
		      size_t size)
{
	const struct question q = { id, st, readonly, read_by_dom0, why, size };

	*read_by_dom0 = false;
	return any_line(&q, "self/mountinfo", mount_clashes) ||
	       any_line(&q, "swaps", swap_clashes) || any_loop(&q);
}
