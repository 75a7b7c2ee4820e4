/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving up every right that serving a device does not need.
 */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

/* What a device needs beyond the common allow-list. */
struct sandbox {
	const int *syscalls;
	size_t nr_syscalls;
	const unsigned long *ioctls;
	size_t nr_ioctls;
	uint64_t file_size;	/* no file is made longer than this */
};

/*
 * To be called first of all, before any thread: privileges that are never
 * needed, and limits.
 */
void sandbox_prepare(void);
/*
 * Becomes `user`, and the group of the same number; no capabilities,
 * no_new_privs, limits, system call filter; for all threads of the process. 0,
 * or -1 with a message on stderr.
 */
int sandbox_enter(const struct sandbox *s, uint32_t user);

#endif
