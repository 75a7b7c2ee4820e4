/* SPDX-License-Identifier: BSD-2-Clause */
#include <seccomp.h>
#include "common/sandbox.h"
#include "confine.h"
#include "image.h"
#include "request.h"

/* The log, which is a file as well, may always become so long. */
enum { LOG_SIZE = 4 << 20 };

int confine_disk(const struct image *image, uint32_t user)
{
	static const int syscalls[] = { SCMP_SYS(io_uring_enter) };
	uint64_t bytes = image_info(image)->sectors * REQUEST_SECTOR;
	const struct sandbox sandbox = {
		.syscalls = syscalls,
		.nr_syscalls = 1,
		.file_size = bytes > LOG_SIZE ? bytes : LOG_SIZE,
	};

	return sandbox_enter(&sandbox, user);
}
