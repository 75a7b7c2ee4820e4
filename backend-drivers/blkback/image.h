/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a disk's data is kept in. Operations are queued, handed to the kernel
 * by image_submit, and come back in any order from image_next.
 */
#ifndef BLKBACK_IMAGE_H
#define BLKBACK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct image;

/* The most operations that may be queued or under way. */
enum { IMAGE_DEPTH = 1024 };

struct image_config {
	const char *name;	/* for messages: nothing is opened by it */
	int fd;			/* a file or block device; the image's from here on */
	bool readonly;
	bool discard;		/* wanted */
};

struct image_info {
	uint64_t sectors;	/* of 512 bytes */
	uint32_t sector_size;
	uint32_t physical_size;
	uint32_t discard_granularity;	/* 0: no discard */
	bool readonly;
	bool direct;		/* goes past dom0's cache */
};

/* NULL with a sentence in `why`; the descriptor is closed then, too. */
struct image *image_open(const struct image_config *config, char *why,
			 size_t why_size);
void image_close(struct image *image);
const struct image_info *image_info(const struct image *image);
/*
 * Has somebody in dom0 taken the file away or cut it short under its guest?
 * True with a sentence in `why`.
 */
bool image_lost(const struct image *image, char *why, size_t size);

/* `iov` must stay until the operation is back. Offsets are in bytes. */
void image_transfer(struct image *image, bool write, const struct iovec *iov,
		    unsigned int count, uint64_t offset, void *token);
/*
 * Memory that the kernel has at hand, so that a transfer to or from it costs
 * no look at our page tables; NULL, and 0 bytes, if there is none. For images
 * that go past dom0's cache.
 */
void *image_fixed(const struct image *image, size_t *bytes);
/* As image_transfer, within that memory. */
void image_transfer_fixed(struct image *image, bool write, void *data,
			  size_t length, uint64_t offset, void *token);
/* All writes that came back before are on the disk when it comes back. */
void image_sync(struct image *image, void *token);
void image_discard(struct image *image, uint64_t offset, uint64_t length,
		   void *token);

/*
 * 0: all is on its way; -EAGAIN: the kernel was short of something, call it
 * again; else what is wrong with the ring, which will not pass.
 */
int image_submit(struct image *image);
/* Readable when image_next has something. */
int image_fd(const struct image *image);
/* Has image_next something? */
bool image_ready(const struct image *image);
/* The result is a byte count or -errno. */
bool image_next(struct image *image, void **token, int *result);

#endif
