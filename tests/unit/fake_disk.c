/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <string.h>
#include "fake_disk.h"

void fake_disk_init(struct image *image)
{
	memset(image, 0, sizeof(*image));
	image->info = (struct image_info){
		.sectors = FAKE_DISK_SECTORS,
		.sector_size = 512,
		.physical_size = 512,
		.discard_granularity = 512,
	};
	image->random = 88172645463325252ULL;
}

uint32_t fake_disk_random(struct image *image, uint32_t below)
{
	image->random ^= image->random << 13;
	image->random ^= image->random >> 7;
	image->random ^= image->random << 17;
	return (uint32_t)(image->random >> 16) % below;
}

const struct image_info *image_info(const struct image *image)
{
	return &image->info;
}

static struct fake_disk_op *fake_queue(struct image *image, void *token)
{
	struct fake_disk_op *op = &image->ops[image->queued];

	ck_assert_uint_lt(image->queued, FAKE_DISK_OPS);
	image->queued++;
	memset(op, 0, sizeof(*op));
	op->token = token;
	return op;
}

static struct fake_disk_op *fake_data(struct image *image, bool write,
				      uint64_t length, uint64_t offset,
				      void *token)
{
	struct fake_disk_op *op = fake_queue(image, token);

	op->write = write;
	op->offset = offset;
	op->length = length;
	ck_assert_uint_gt(length, 0);
	ck_assert_uint_le(offset, sizeof(image->data));
	ck_assert_uint_le(length, sizeof(image->data) - offset);
	ck_assert(!write || !image->info.readonly);
	image->transfers++;
	return op;
}

void image_transfer(struct image *image, bool write, const struct iovec *iov,
		    unsigned int count, uint64_t offset, void *token)
{
	struct fake_disk_op *op;
	uint64_t length = 0;

	for (unsigned int i = 0; i < count; i++)
		length += iov[i].iov_len;
	op = fake_data(image, write, length, offset, token);
	op->iov = iov;
	op->count = count;
}

void *image_fixed(const struct image *image, size_t *bytes)
{
	*bytes = image->fixed_bytes;
	return image->fixed_bytes ? (void *)image->fixed : NULL;
}

void image_transfer_fixed(struct image *image, bool write, void *data,
			  size_t length, uint64_t offset, void *token)
{
	struct fake_disk_op *op = fake_data(image, write, length, offset,
					    token);
	uint8_t *at = data;

	ck_assert(at >= image->fixed);
	ck_assert(at + length <= image->fixed + image->fixed_bytes);
	op->fixed = (struct iovec){ data, length };
	op->count = 1;
	image->fixed_transfers++;
}

void image_sync(struct image *image, void *token)
{
	fake_queue(image, token)->kind = FAKE_SYNC;
}

void image_discard(struct image *image, uint64_t offset, uint64_t length,
		   void *token)
{
	struct fake_disk_op *op = fake_queue(image, token);

	op->kind = FAKE_DISCARD;
	op->offset = offset;
	op->length = length;
	ck_assert_uint_le(offset, sizeof(image->data));
	ck_assert_uint_le(length, sizeof(image->data) - offset);
}

int image_submit(struct image *image)
{
	if (image->fail_submit)
		return image->fail_submit;
	image->submitted = image->queued;
	return 0;
}

int image_fd(const struct image *image)
{
	(void)image;
	return -1;
}

static int fake_transfer(struct image *image, const struct fake_disk_op *op)
{
	const struct iovec *iov = op->iov ? op->iov : &op->fixed;
	uint64_t left = op->length, at = op->offset;

	if (image->cut_short && left > 512)
		left = 512 * (1 + fake_disk_random(image, left / 512));
	for (unsigned int i = 0; i < op->count && at < op->offset + left;
	     i++) {
		uint64_t n = iov[i].iov_len;

		if (n > op->offset + left - at)
			n = op->offset + left - at;
		if (op->write)
			memcpy(image->data + at, iov[i].iov_base, n);
		else
			memcpy(iov[i].iov_base, image->data + at, n);
		at += n;
	}
	return left;
}

static int fake_failure(int *failure)
{
	int result = *failure;

	*failure = 0;
	return result;
}

static int fake_perform(struct image *image, const struct fake_disk_op *op)
{
	int failed;

	switch (op->kind) {
	case FAKE_SYNC:
		image->syncs++;
		failed = fake_failure(&image->fail_sync);
		if (!failed)
			memcpy(image->durable, image->data,
			       sizeof(image->data));
		return failed;
	case FAKE_DISCARD:
		failed = fake_failure(&image->fail_discard);
		if (!failed)
			memset(image->data + op->offset, 0, op->length);
		return failed;
	case FAKE_TRANSFER:
		failed = fake_failure(&image->fail_transfer);
		return failed ? failed : fake_transfer(image, op);
	}
	return 0;
}

bool image_next(struct image *image, void **token, int *result)
{
	struct fake_disk_op op;
	uint32_t n;

	if (image->hold || !image->submitted)
		return false;
	n = image->in_order ? 0 : fake_disk_random(image, image->submitted);
	op = image->ops[n];
	memmove(&image->ops[n], &image->ops[n + 1],
		(image->queued - n - 1) * sizeof(op));
	image->queued--;
	image->submitted--;
	*token = op.token;
	*result = fake_perform(image, &op);
	return true;
}
