/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image is kept in; see image_file.c. For image_raw.c. */
#ifndef BLKBACK_IMAGE_FILE_H
#define BLKBACK_IMAGE_FILE_H

#include "image.h"

struct image_file {
	const char *name;
	struct image_info info;
	int fd;
	uint64_t bytes;		/* of a regular file when it was adopted, else 0 */
};

/* 0, or -1 with a sentence in `why`. Leaves the descriptor open. */
int image_file_adopt(struct image_file *f, const struct image_config *config,
		     char *why, size_t size);
bool image_file_lost(const struct image_file *f, char *why, size_t size);

#endif
