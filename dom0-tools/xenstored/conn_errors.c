/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of errors on the wire. */
#include "conn_errors.h"

#include <errno.h>
#include <stddef.h>

#define NAME(e) { e, #e }

static const struct {
	int err;
	const char *name;
} conn_errors[] = {
	NAME(EINVAL), NAME(EACCES), NAME(EEXIST), NAME(EISDIR), NAME(ENOENT),
	NAME(ENOMEM), NAME(ENOSPC), NAME(EIO), NAME(ENOTEMPTY), NAME(ENOSYS),
	NAME(EROFS), NAME(EBUSY), NAME(EAGAIN), NAME(EISCONN), NAME(E2BIG),
	NAME(EPERM),
};

const char *conn_error_name(int err)
{
	for (size_t i = 0; i < sizeof(conn_errors) / sizeof(*conn_errors); i++)
		if (conn_errors[i].err == err)
			return conn_errors[i].name;
	return "EINVAL";
}
