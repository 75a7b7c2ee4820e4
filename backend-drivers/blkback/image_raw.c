/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw images: files and block devices, through one io_uring. O_DIRECT where
 * the file system allows it for 512-byte sectors; the host's page cache
 * elsewhere, which is why image_sync is always a real fdatasync.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "image.h"

enum {
	SECTOR = 512,
	ALIGN = 4096,
	LOCK_TRIES = 100,
	LOCK_PAUSE_US = 50000,
	/* It is never given back while the disk is there: few pages. */
	FIXED = 1 << 20,
};

struct image {
	struct image_info info;
	int fd;
	struct io_uring uring;
	void *fixed;		/* registered with it, or NULL */
};

static void image_why(char *why, size_t size, const char *what,
		      const char *path)
{
	snprintf(why, size, "%s %s: %s", what, path, strerror(errno));
}

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

static int image_open_file(const struct image_config *config, bool direct)
{
	int flags = O_CLOEXEC | (config->readonly ? O_RDONLY : O_RDWR);

	return open(config->path, flags | (direct ? O_DIRECT : 0));
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

static int image_measure_device(struct image *image, const struct stat *st)
{
	struct image_info *info = &image->info;
	uint64_t bytes;
	int logical;
	unsigned int physical;

	if (ioctl(image->fd, BLKGETSIZE64, &bytes) ||
	    ioctl(image->fd, BLKSSZGET, &logical) ||
	    ioctl(image->fd, BLKPBSZGET, &physical))
		return -1;
	info->sectors = bytes / SECTOR;
	info->sector_size = logical;
	info->physical_size = physical;
	if (image_sysfs(st->st_rdev, "discard_max_bytes"))
		info->discard_granularity =
			image_sysfs(st->st_rdev, "discard_granularity");
	return 0;
}

static int image_measure_file(struct image *image, const struct stat *st)
{
	struct image_info *info = &image->info;
	uint32_t block = st->st_blksize;

	info->sectors = st->st_size / SECTOR;
	info->sector_size = SECTOR;
	info->physical_size = block == ALIGN ? ALIGN : SECTOR;
	/* Punching beyond the end changes nothing, but tells. */
	if (!info->readonly &&
	    !fallocate(image->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (st->st_size + ALIGN - 1) / ALIGN * ALIGN, ALIGN))
		info->discard_granularity = info->physical_size;
	return 0;
}

static int image_measure(struct image *image, const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return image_measure_device(image, st);
	if (S_ISREG(st->st_mode))
		return image_measure_file(image, st);
	errno = ENODEV;
	return -1;
}

/* Opens, past the cache if that works with the device's sectors. */
static int image_open_best(struct image *image,
			   const struct image_config *config, struct stat *st)
{
	image->fd = image_open_file(config, true);
	image->info.direct = image->fd >= 0;
	if (image->fd < 0 && errno == EINVAL)
		image->fd = image_open_file(config, false);
	if (image->fd < 0 || fstat(image->fd, st) || image_measure(image, st))
		return -1;
	if (!image->info.direct ||
	    image_direct_works(image->fd, image->info.sector_size))
		return 0;
	close(image->fd);
	image->info.direct = false;
	image->fd = image_open_file(config, false);
	return image->fd < 0 ? -1 : 0;
}

static int image_acquire(struct image *image,
			 const struct image_config *config, char *why,
			 size_t size)
{
	struct stat st;

	if (image_open_best(image, config, &st)) {
		image_why(why, size, "cannot open disk", config->path);
		return -1;
	}
	if (!image->info.sectors) {
		snprintf(why, size, "disk %s is empty", config->path);
		return -1;
	}
	if (image_lock(image->fd, config->readonly)) {
		image_why(why, size, "cannot lock disk", config->path);
		return -1;
	}
	if (!config->discard || config->readonly)
		image->info.discard_granularity = 0;
	return 0;
}

/* Does without if the kernel does not like it. */
static void image_register(struct image *image)
{
	struct iovec iov = { .iov_len = FIXED };

	iov.iov_base = mmap(NULL, FIXED, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (iov.iov_base == MAP_FAILED)
		return;
	if (io_uring_register_buffers(&image->uring, &iov, 1))
		munmap(iov.iov_base, FIXED);
	else
		image->fixed = iov.iov_base;
}

static int image_ring(struct image *image, char *why, size_t size)
{
	int rc = io_uring_queue_init(IMAGE_DEPTH, &image->uring, 0);

	if (!rc) {
		rc = io_uring_register_files(&image->uring, &image->fd, 1);
		if (!rc)
			return 0;
		io_uring_queue_exit(&image->uring);
	}
	snprintf(why, size, "the kernel has no usable io_uring: %s",
		 strerror(-rc));
	return -1;
}

struct image *image_open(const struct image_config *config, char *why,
			 size_t why_size)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image) {
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	image->fd = -1;
	image->info.readonly = config->readonly;
	if (!image_acquire(image, config, why, why_size) &&
	    !image_ring(image, why, why_size)) {
		if (image->info.direct)
			image_register(image);
		return image;
	}
	if (image->fd >= 0)
		close(image->fd);
	free(image);
	return NULL;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	io_uring_queue_exit(&image->uring);
	if (image->fixed)
		munmap(image->fixed, FIXED);
	close(image->fd);
	free(image);
}

const struct image_info *image_info(const struct image *image)
{
	return &image->info;
}

/* The caller keeps to IMAGE_DEPTH, so a submit always makes room. */
static struct io_uring_sqe *image_sqe(struct image *image)
{
	struct io_uring_sqe *sqe;

	while (!(sqe = io_uring_get_sqe(&image->uring)))
		io_uring_submit(&image->uring);
	return sqe;
}

static void image_queue(struct io_uring_sqe *sqe, void *token)
{
	/* Number 0 of the registered files. */
	sqe->flags |= IOSQE_FIXED_FILE;
	io_uring_sqe_set_data(sqe, token);
}

void image_transfer(struct image *image, bool write, const struct iovec *iov,
		    unsigned int count, uint64_t offset, void *token)
{
	struct io_uring_sqe *sqe = image_sqe(image);

	if (write)
		io_uring_prep_writev(sqe, 0, iov, count, offset);
	else
		io_uring_prep_readv(sqe, 0, iov, count, offset);
	image_queue(sqe, token);
}

void *image_fixed(const struct image *image, size_t *bytes)
{
	*bytes = image->fixed ? FIXED : 0;
	return image->fixed;
}

void image_transfer_fixed(struct image *image, bool write, void *data,
			  size_t length, uint64_t offset, void *token)
{
	struct io_uring_sqe *sqe = image_sqe(image);

	/* Number 0 of the registered buffers. */
	if (write)
		io_uring_prep_write_fixed(sqe, 0, data, length, offset, 0);
	else
		io_uring_prep_read_fixed(sqe, 0, data, length, offset, 0);
	image_queue(sqe, token);
}

void image_sync(struct image *image, void *token)
{
	struct io_uring_sqe *sqe = image_sqe(image);

	io_uring_prep_fsync(sqe, 0, IORING_FSYNC_DATASYNC);
	image_queue(sqe, token);
}

void image_discard(struct image *image, uint64_t offset, uint64_t length,
		   void *token)
{
	struct io_uring_sqe *sqe = image_sqe(image);

	io_uring_prep_fallocate(sqe, 0,
				FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				offset, length);
	image_queue(sqe, token);
}

bool image_submit(struct image *image)
{
	if (io_uring_sq_ready(&image->uring))
		io_uring_submit(&image->uring);
	return !io_uring_sq_ready(&image->uring);
}

int image_fd(const struct image *image)
{
	return image->uring.ring_fd;
}

bool image_ready(const struct image *image)
{
	return io_uring_cq_ready(&image->uring) != 0;
}

bool image_next(struct image *image, void **token, int *result)
{
	struct io_uring_cqe *cqe;

	if (io_uring_peek_cqe(&image->uring, &cqe))
		return false;
	*token = io_uring_cqe_get_data(cqe);
	*result = cqe->res;
	io_uring_cqe_seen(&image->uring, cqe);
	return true;
}
