/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a disk really is, whatever it is called: a file by device and inode, a
 * block device by its number. A loop device is its file; a partition is part of
 * its disk; a device that is made of others is part of each of them.
 */
#ifndef HOSPESD_DEVICE_IDENTITY_H
#define HOSPESD_DEVICE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum { IDENTITY_PARTS = 16 };

struct identity_of {
	uint64_t dev;
	uint64_t ino;		/* 0: the block device `dev` */
};

struct identity {
	struct identity_of self;
	struct identity_of part_of[IDENTITY_PARTS];
	unsigned int parts;
};

/* False: neither a regular file nor a block device. */
bool identity_of_stat(const struct stat *st, struct identity *id);
/* Also false, with errno, if there is none of that name. */
bool identity_of_path(const char *path, struct identity *id);
/* Would what is written to the one change the other? */
bool identity_clash(const struct identity *a, const struct identity *b);

/*
 * Does dom0 itself use it: by a mount, as swap, by a loop device? `path` is the
 * disk's, which is no other use of it. What only reads is no harm to one that
 * only reads; *read_by_dom0 says then that there is such.
 */
bool identity_in_dom0(const struct identity *id, const struct stat *st,
		      bool readonly, bool *read_by_dom0, char *why,
		      size_t size);

/* Where the kernel tells of devices, mounts and swap; others for tests. */
extern const char *identity_sys, *identity_proc;

#endif
