/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw images: files and block devices, through one io_uring. O_DIRECT where
 * the file system allows it for 512-byte sectors; the host's page cache
 * elsewhere, which is why image_sync is always a real fdatasync.
 *
 * The kernel does what a ring asks for without asking the system call filter,
 * so the ring itself is restricted before it can be used at all: to the six
 * operations below, on the one file that is registered with it.
 */
#include <errno.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "image_internal.h"

enum {
	/* It is never given back while the disk is there: few pages. */
	FIXED = 1 << 20,
};

static const uint8_t image_operations[] = {
	IORING_OP_READV, IORING_OP_WRITEV,
	IORING_OP_READ_FIXED, IORING_OP_WRITE_FIXED,
	IORING_OP_FSYNC, IORING_OP_FALLOCATE,
};

enum { OPERATIONS = sizeof(image_operations) / sizeof(*image_operations) };

/*
 * For ever: the list of what may be registered is empty. Links, drains and
 * unregistered files are refused with the flags.
 */
static int image_restrict(struct image *image)
{
	struct io_uring_restriction list[OPERATIONS + 1];
	int rc, ring = image->uring.ring_fd;

	memset(list, 0, sizeof(list));
	for (unsigned int i = 0; i < OPERATIONS; i++) {
		list[i].opcode = IORING_RESTRICTION_SQE_OP;
		list[i].sqe_op = image_operations[i];
	}
	list[OPERATIONS].opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED;
	list[OPERATIONS].sqe_flags = IOSQE_FIXED_FILE;
	/* By number: Debian's liburing declares functions that it has not. */
	rc = io_uring_register(ring, IORING_REGISTER_RESTRICTIONS, list,
			       OPERATIONS + 1);
	return rc ? rc : io_uring_register(ring, IORING_REGISTER_ENABLE_RINGS,
					   NULL, 0);
}

/* Does without if the kernel does not like it. */
static void image_register_memory(struct image *image)
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
	int rc = io_uring_queue_init(IMAGE_DEPTH, &image->uring,
				     IORING_SETUP_R_DISABLED);

	if (!rc) {
		rc = io_uring_register_files(&image->uring, &image->file.fd, 1);
		if (!rc && image->file.info.direct)
			image_register_memory(image);
		if (!rc)
			rc = image_restrict(image);
		if (!rc)
			return 0;
		io_uring_queue_exit(&image->uring);
	}
	snprintf(why, size, "the kernel has no io_uring that can be restricted: %s",
		 strerror(-rc));
	return -1;
}

struct image *image_open(const struct image_config *config, char *why,
			 size_t why_size)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		snprintf(why, why_size, "out of memory");
	else if (!image_file_adopt(&image->file, config, why, why_size) &&
		 !image_ring(image, why, why_size))
		return image;
	close(config->fd);
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
	close(image->file.fd);
	free(image);
}

const struct image_info *image_info(const struct image *image)
{
	return &image->file.info;
}

bool image_lost(const struct image *image, char *why, size_t size)
{
	return image_file_lost(&image->file, why, size);
}

/*
 * The caller keeps to IMAGE_DEPTH, and the queue is that long: there is room,
 * whatever has become of what was submitted.
 */
static struct io_uring_sqe *image_sqe(struct image *image)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&image->uring);

	if (!sqe)
		abort();
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

/* Want of memory, or of room for completions, passes. */
static bool image_passing(int rc)
{
	return rc == -EAGAIN || rc == -EBUSY || rc == -EINTR ||
	       rc == -ENOMEM || rc == -ENOBUFS;
}

int image_submit(struct image *image)
{
	int rc = 0;

	if (io_uring_sq_ready(&image->uring))
		rc = io_uring_submit(&image->uring);
	if (rc < 0 && !image_passing(rc))
		return rc;
	return io_uring_sq_ready(&image->uring) ? -EAGAIN : 0;
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
