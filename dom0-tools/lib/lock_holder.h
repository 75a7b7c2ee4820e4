/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIB_LOCK_HOLDER_H
#define LIB_LOCK_HOLDER_H

#include <stddef.h>

/*
 * Who has a file locked by flock(), for a message: "process 12 (blkback)", or
 * "another process" when the kernel does not tell. Returns buf.
 */
const char *lock_holder(int fd, char *buf, size_t size);

#endif
