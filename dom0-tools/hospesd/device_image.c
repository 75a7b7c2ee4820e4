/* SPDX-License-Identifier: BSD-2-Clause */
/* The images of disks.  See device_image.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hospesd/device_image.h"
#include "hospesd/domain.h"
#include "lib/diag.h"
#include "lib/json.h"

__attribute__((format(printf, 4, 5)))
static int refuse(int rc, char *error, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(error, size, fmt, args);
	va_end(args);
	return rc;
}

/* --- used by another ----------------------------------------------------- */

/* What domain d's disk i is: as it was opened, else by its name. */
static bool disk_identity(const struct domain *d, size_t i,
			  struct identity *id)
{
	if (d->devices.past[i].known) {
		*id = d->devices.past[i].id;
		return true;
	}
	return identity_of_path(d->config->disks[i].path, id);
}

static bool disk_alive(const struct domain *d, size_t i)
{
	/* Disks come first in the list. */
	return i < d->devices.count && proc_alive(&d->devices.list[i].backend);
}

/*
 * A domain that has it; NULL: none. For a disk of `self` that is to be opened,
 * only backends count: it may follow one that was kept for study.
 */
static const struct domain *other_user(struct hospesd *m,
				       const struct domain *self,
				       const struct identity *id,
				       bool readonly)
{
	struct identity other;
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link) {
		for (size_t i = 0; d != self && i < d->config->disk_count;
		     i++) {
			if ((d->config->disks[i].readonly && readonly) ||
			    (self && !disk_alive(d, i)))
				continue;
			if (disk_identity(d, i, &other) &&
			    identity_clash(id, &other))
				return d;
		}
	}
	return NULL;
}

static void check_twice(const struct domain_config *config, size_t n,
			const struct identity *id, struct diag *diag)
{
	const struct domain_disk *disk = &config->disks[n];
	struct identity other;

	for (size_t i = 0; i < n; i++) {
		const struct domain_disk *first = &config->disks[i];

		if ((first->readonly && disk->readonly) ||
		    !identity_of_path(first->path, &other) ||
		    !identity_clash(id, &other))
			continue;
		diag_error(diag, "%s: disks %s and %s are the same: %s and "
			   "%s; give each its own, or make both <readonly/>",
			   config->name, first->target, disk->target,
			   first->path, disk->path);
		return;
	}
}

static void check_one(struct hospesd *m, const struct domain_config *config,
		      size_t n, struct diag *diag)
{
	const struct domain_disk *disk = &config->disks[n];
	const struct domain *d;
	struct identity id;
	struct stat st;
	char why[512];
	bool read_by_dom0;

	/* That it cannot be looked at was said before. */
	if (stat(disk->path, &st) || !identity_of_stat(&st, &id))
		return;
	check_twice(config, n, &id, diag);
	d = other_user(m, NULL, &id, disk->readonly);
	if (d)
		diag_error(diag, "%s: disk %s is in use by domain %s; "
			   "give each its own, or make it <readonly/> "
			   "in both", config->name, disk->path,
			   d->config->name);
	else if (identity_in_dom0(&id, &st, disk->readonly, &read_by_dom0,
				  why, sizeof(why)))
		diag_error(diag, "%s: disk %s is %s; end that first",
			   config->name, disk->path, why);
}

void images_check(struct hospesd *m, const struct domain_config *config,
		  struct diag *diag)
{
	for (size_t i = 0; i < config->disk_count; i++)
		check_one(m, config, i, diag);
}

/* --- opening ------------------------------------------------------------- */

/* As create's checks, on what was really opened. */
static int check_users(const struct device *dev, const struct identity *id,
		       const struct stat *st, bool *read_by_dom0, char *error,
		       size_t size)
{
	const struct domain_disk *disk =
		&dev->domain->config->disks[dev->index];
	const struct domain *other = other_user(dev->domain->m, dev->domain,
						id, disk->readonly);
	char why[512];

	if (other)
		return refuse(-EBUSY, error, size, "disk %s: %s is in use by "
			      "domain %s", disk->target, disk->path,
			      other->config->name);
	if (identity_in_dom0(id, st, disk->readonly, read_by_dom0, why,
			     sizeof(why)))
		return refuse(-EBUSY, error, size, "disk %s: %s is %s; end "
			      "that first", disk->target, disk->path, why);
	return 0;
}

/* A guest does not go on with another disk than it had. */
static int check_past(const struct domain_disk *disk,
		      const struct image_past *was,
		      const struct image_past *is, char *error, size_t size)
{
	if (!was->known)
		return 0;
	if (was->id.self.dev != is->id.self.dev ||
	    was->id.self.ino != is->id.self.ino)
		return refuse(-ESTALE, error, size, "disk %s: %s is another "
			      "file than the guest had when it started; put "
			      "that back, or destroy the guest and create it "
			      "with this one", disk->target, disk->path);
	if (is->bytes < was->bytes)
		return refuse(-ESTALE, error, size, "disk %s: %s was cut from "
			      "%llu to %llu bytes since the guest started; "
			      "restore it, or destroy the guest and create it "
			      "with this one", disk->target, disk->path,
			      (unsigned long long)was->bytes,
			      (unsigned long long)is->bytes);
	return 0;
}

static int measure(int fd, const struct stat *st, uint64_t *bytes)
{
	if (S_ISBLK(st->st_mode))
		return ioctl(fd, BLKGETSIZE64, bytes) ? -errno : 0;
	*bytes = (uint64_t)st->st_size;
	return 0;
}

static int open_path(const struct domain_disk *disk, int flags, char *error,
		     size_t size)
{
	int fd = open(disk->path, O_CLOEXEC | O_NOCTTY | flags |
		      (disk->readonly ? O_RDONLY : O_RDWR));
	int err = errno;

	if (fd >= 0)
		return fd;
	return refuse(-err, error, size, err == EBUSY ?
		      "disk %s: %s is in use in dom0 (%s): mounted, swap, or "
		      "part of another device; end that first" :
		      "disk %s: cannot open %s: %s; the guest needs it to "
		      "start", disk->target, disk->path, strerror(err));
}

/* Nobody in dom0 may have it, and none can take it while it is written to. */
static int claim_block(const struct domain_disk *disk, bool read_by_dom0,
		       int fd, char *error, size_t size)
{
	int claimed;

	if (disk->readonly && read_by_dom0)
		return fd;
	claimed = open_path(disk, O_EXCL, error, size);
	/* Domains that only read share it: the claim was a question. */
	if (claimed >= 0 && disk->readonly) {
		close(claimed);
		return fd;
	}
	close(fd);
	return claimed;
}

static int check_opened(struct device *dev, int fd, struct image_past *is,
			struct stat *st, bool *read_by_dom0, char *error,
			size_t size)
{
	struct domain *d = dev->domain;
	const struct domain_disk *disk = &d->config->disks[dev->index];
	bool block = disk->kind == DOMAIN_DISK_BLOCK;
	int rc;

	if (fstat(fd, st) || !identity_of_stat(st, &is->id) ||
	    S_ISBLK(st->st_mode) != block)
		return refuse(-ENODEV, error, size, "disk %s: %s is no %s",
			      disk->target, disk->path, block ?
			      "block device" : "regular file");
	rc = measure(fd, st, &is->bytes);
	if (!rc)
		rc = check_past(disk, &d->devices.past[dev->index], is, error,
				size);
	if (!rc)
		rc = check_users(dev, &is->id, st, read_by_dom0, error, size);
	return rc;
}

int image_open_for(struct device *dev, char *error, size_t size)
{
	struct domain *d = dev->domain;
	const struct domain_disk *disk = &d->config->disks[dev->index];
	struct image_past is = { .known = true };
	bool read_by_dom0;
	struct stat st;
	/* A FIFO that was put in its place shall not hold us up. */
	int rc, fd = open_path(disk, O_NONBLOCK, error, size);

	if (fd < 0)
		return fd;
	rc = check_opened(dev, fd, &is, &st, &read_by_dom0, error, size);
	if (rc) {
		close(fd);
		return rc;
	}
	if (S_ISBLK(st.st_mode))
		fd = claim_block(disk, read_by_dom0, fd, error, size);
	if (fd < 0)
		return fd;
	/* io_uring would not wait for such a file. */
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	d->devices.past[dev->index] = is;
	return fd;
}

/* --- records ------------------------------------------------------------- */

void images_save(const struct domain *d, struct json_writer *w)
{
	json_open_array(w, "images");
	for (size_t i = 0; i < d->config->disk_count; i++) {
		const struct image_past *p = &d->devices.past[i];

		json_open_object(w, NULL);
		json_put_bool(w, "known", p->known);
		json_put_int(w, "bytes", (int64_t)p->bytes);
		json_put_int(w, "dev", (int64_t)p->id.self.dev);
		json_put_int(w, "ino", (int64_t)p->id.self.ino);
		json_close_object(w);
	}
	json_close_array(w);
}

void images_adopt(struct domain *d, const struct json *array)
{
	for (size_t i = 0; array && i < d->config->disk_count; i++) {
		struct image_past *p = &d->devices.past[i];
		const struct json *record = json_at(array, i);
		struct identity id;

		if (!record)
			continue;
		p->known = json_get_bool(record, "known", false);
		p->bytes = (uint64_t)json_get_int(record, "bytes", 0);
		/* What it is part of, if the name still leads there. */
		if (identity_of_path(d->config->disks[i].path, &id))
			p->id = id;
		p->id.self.dev = (uint64_t)json_get_int(record, "dev", 0);
		p->id.self.ino = (uint64_t)json_get_int(record, "ino", 0);
	}
}
