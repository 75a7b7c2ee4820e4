/* SPDX-License-Identifier: BSD-2-Clause */
/* What a disk really is.  See device_identity.h. */
#include "hospesd/device_identity.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Devices upon devices upon devices. */
enum { DEPTH = 8 };

const char *identity_sys = "/sys";

static bool same(const struct identity_of *a, const struct identity_of *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/* Reads "MAJOR:MINOR" of a device's folder; 0: there is none. */
static dev_t read_number(const char *folder, const char *name)
{
	char path[PATH_MAX];
	unsigned int major_number, minor_number;
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fscanf(f, "%u:%u", &major_number, &minor_number);
	fclose(f);
	return n == 2 ? makedev(major_number, minor_number) : 0;
}

/* The kernel's own word for the file: its path may be another's by now. */
static bool loop_asked(const char *folder, struct identity_of *file)
{
	char real[PATH_MAX], node[PATH_MAX];
	struct loop_info64 info;
	int fd, rc;

	if (!realpath(folder, real))
		return false;
	snprintf(node, sizeof(node), "/dev/%s", basename(real));
	fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	rc = ioctl(fd, LOOP_GET_STATUS64, &info);
	close(fd);
	if (rc)
		return false;
	file->dev = info.lo_rdevice ? info.lo_rdevice : info.lo_device;
	file->ino = info.lo_rdevice ? 0 : info.lo_inode;
	return true;
}

static bool loop_read(const char *folder, struct identity_of *file)
{
	char path[PATH_MAX], name[PATH_MAX];
	struct stat st;
	FILE *f;
	bool got;

	snprintf(path, sizeof(path), "%s/loop/backing_file", folder);
	f = fopen(path, "re");
	if (!f)
		return false;
	got = fgets(name, sizeof(name), f);
	fclose(f);
	name[got ? strcspn(name, "\n") : 0] = '\0';
	if (!got || stat(name, &st))
		return false;
	file->dev = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
	file->ino = S_ISBLK(st.st_mode) ? 0 : st.st_ino;
	return true;
}

/* What a loop device shows; false: `folder` is of no loop device in use. */
static bool loop_file(const char *folder, struct identity_of *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/loop", folder);
	if (access(path, F_OK))
		return false;
	return loop_asked(folder, file) || loop_read(folder, file);
}

static void device_folder(dev_t dev, char *folder, size_t size)
{
	snprintf(folder, size, "%s/dev/block/%u:%u", identity_sys, major(dev),
		 minor(dev));
}

static void add_part(struct identity *id, struct identity_of of, int depth);

static void add_slaves(struct identity *id, const char *folder, int depth)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%.4000s/slaves", folder);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char slave[PATH_MAX + 300];
		dev_t dev;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(slave, sizeof(slave), "%s/%s", path, entry->d_name);
		dev = read_number(slave, "dev");
		if (dev)
			add_part(id, (struct identity_of){ dev, 0 }, depth);
	}
	closedir(dir);
}

/* What the block device `dev` is part of. */
static void add_parts(struct identity *id, dev_t dev, int depth)
{
	struct identity_of file;
	char folder[256], partition[300];

	if (depth == DEPTH)
		return;
	device_folder(dev, folder, sizeof(folder));
	snprintf(partition, sizeof(partition), "%s/partition", folder);
	if (!access(partition, F_OK))
		add_part(id, (struct identity_of){
			 read_number(folder, "../dev"), 0 }, depth + 1);
	if (loop_file(folder, &file))
		add_part(id, file, depth + 1);
	add_slaves(id, folder, depth + 1);
}

static void add_part(struct identity *id, struct identity_of of, int depth)
{
	for (unsigned int i = 0; i < id->parts; i++)
		if (same(&id->part_of[i], &of))
			return;
	if (id->parts == IDENTITY_PARTS)
		return;
	id->part_of[id->parts++] = of;
	if (!of.ino)
		add_parts(id, of.dev, depth);
}

bool identity_of_stat(const struct stat *st, struct identity *id)
{
	struct identity_of file;
	char folder[256];

	memset(id, 0, sizeof(*id));
	if (S_ISREG(st->st_mode)) {
		id->self = (struct identity_of){ st->st_dev, st->st_ino };
		return true;
	}
	if (!S_ISBLK(st->st_mode))
		return false;
	id->self.dev = st->st_rdev;
	/* A loop device is another name of its file. */
	for (int i = 0; i < DEPTH && !id->self.ino; i++) {
		device_folder(id->self.dev, folder, sizeof(folder));
		if (!loop_file(folder, &file))
			break;
		id->self = file;
	}
	if (!id->self.ino)
		add_parts(id, id->self.dev, 0);
	return true;
}

bool identity_of_path(const char *path, struct identity *id)
{
	struct stat st;

	return !stat(path, &st) && identity_of_stat(&st, id);
}

static bool is_part(const struct identity *whole, const struct identity *part)
{
	for (unsigned int i = 0; i < part->parts; i++)
		if (same(&whole->self, &part->part_of[i]))
			return true;
	return false;
}

bool identity_clash(const struct identity *a, const struct identity *b)
{
	return same(&a->self, &b->self) || is_part(a, b) || is_part(b, a);
}
