/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file or block device of a raw image: how large it is, how it is best
 * read, and that nobody else writes to it. It was opened by who started us.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "image_file.h"
#include "lib/lock_holder.h"

enum {
	SECTOR = 512,
	ALIGN = 4096,
	LOCK_TRIES = 100,
	LOCK_PAUSE_US = 50000,
};

/* Does a read of one sector, not aligned to more, go past the cache? */
static bool image_direct_works(int fd, uint32_t sector_size)
{
	void *buffer;
	ssize_t r;

	if (posix_memalign(&buffer, ALIGN, ALIGN))
		return false;
	r = pread(fd, (char *)buffer + (sector_size < ALIGN ? sector_size : 0),
		  sector_size, sector_size);
	free(buffer);
	return r >= 0;
}

/*
 * Two writers would destroy a file system. The last owner of a disk that is
 * handed over may still be on its way out.
 */
static int image_lock(int fd, bool readonly)
{
	int how = (readonly ? LOCK_SH : LOCK_EX) | LOCK_NB;

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, how))
			return 0;
		if (errno != EWOULDBLOCK)
			return 0;	/* cannot be locked at all */
		usleep(LOCK_PAUSE_US);
	}
	errno = EBUSY;
	return -1;
}

static uint32_t image_sysfs(dev_t device, const char *attribute)
{
	static const char *const where[] = { "queue", "../queue" };
	unsigned long value = 0;

	for (int i = 0; i < 2; i++) {
		char path[96];
		FILE *f;

		snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s/%s",
			 major(device), minor(device), where[i], attribute);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fscanf(f, "%lu", &value) != 1)
			value = 0;
		fclose(f);
		break;
	}
	return value > UINT32_MAX ? UINT32_MAX : value;
}

static int image_measure_device(struct image_file *f, const struct stat *st)
{
	struct image_info *info = &f->info;
	uint64_t bytes;
	int logical;
	unsigned int physical;

	if (ioctl(f->fd, BLKGETSIZE64, &bytes) ||
	    ioctl(f->fd, BLKSSZGET, &logical) ||
	    ioctl(f->fd, BLKPBSZGET, &physical))
		return -1;
	info->sectors = bytes / SECTOR;
	info->sector_size = logical;
	info->physical_size = physical;
	if (image_sysfs(st->st_rdev, "discard_max_bytes"))
		info->discard_granularity =
			image_sysfs(st->st_rdev, "discard_granularity");
	return 0;
}

static int image_measure_file(struct image_file *f, const struct stat *st)
{
	struct image_info *info = &f->info;
	uint32_t block = st->st_blksize;

	info->sectors = st->st_size / SECTOR;
	info->sector_size = SECTOR;
	info->physical_size = block == ALIGN ? ALIGN : SECTOR;
	/* Punching beyond the end changes nothing, but tells. */
	if (!info->readonly &&
	    !fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (st->st_size + ALIGN - 1) / ALIGN * ALIGN, ALIGN))
		info->discard_granularity = info->physical_size;
	return 0;
}

static int image_measure(struct image_file *f, const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return image_measure_device(f, st);
	if (S_ISREG(st->st_mode))
		return image_measure_file(f, st);
	errno = ENODEV;
	return -1;
}

/* Past the cache, if that works with the file's sectors. */
static void image_go_direct(struct image_file *f)
{
	int flags = fcntl(f->fd, F_GETFL);

	if (flags < 0 || fcntl(f->fd, F_SETFL, flags | O_DIRECT))
		return;
	f->info.direct = image_direct_works(f->fd, f->info.sector_size);
	if (!f->info.direct)
		(void)fcntl(f->fd, F_SETFL, flags & ~O_DIRECT);
}

static int image_why(char *why, size_t size, const char *what,
		     const char *name)
{
	snprintf(why, size, "%s %s: %s", what, name, strerror(errno));
	return -1;
}

int image_file_adopt(struct image_file *f, const struct image_config *config,
		     char *why, size_t size)
{
	struct stat st;
	char holder[64];

	*f = (struct image_file){
		.name = config->name, .fd = config->fd,
		.info = { .readonly = config->readonly },
	};
	if (fstat(f->fd, &st) || image_measure(f, &st))
		return image_why(why, size, "cannot use disk", f->name);
	if (!f->info.sectors) {
		snprintf(why, size, "disk %s is empty", f->name);
		return -1;
	}
	f->bytes = S_ISREG(st.st_mode) ? st.st_size : 0;
	image_go_direct(f);
	if (image_lock(f->fd, config->readonly)) {
		snprintf(why, size, "disk %s is locked by %s; end that, or use another image",
			 f->name, lock_holder(f->fd, holder, sizeof(holder)));
		return -1;
	}
	if (!config->discard || config->readonly)
		f->info.discard_granularity = 0;
	return 0;
}

bool image_file_lost(const struct image_file *f, char *why, size_t size)
{
	struct stat st;

	/* Not by libc: its call could ask for any file by name. */
	if (!f->bytes || syscall(SYS_fstat, f->fd, &st))
		return false;
	if (!st.st_nlink) {
		snprintf(why, size, "disk %s was removed in dom0 while its guest uses it: its data is lost when the guest ends; copy it from inside",
			 f->name);
		return true;
	}
	if ((uint64_t)st.st_size >= f->bytes)
		return false;
	snprintf(why, size, "disk %s was cut from %llu to %llu bytes in dom0 while its guest uses it",
		 f->name, (unsigned long long)f->bytes,
		 (unsigned long long)st.st_size);
	return true;
}
