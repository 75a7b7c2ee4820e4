/* SPDX-License-Identifier: BSD-2-Clause */
/* The one message that a failed build leaves: object, cause, next step. */
#ifndef BUILDER_ERROR_H
#define BUILDER_ERROR_H

struct build_error {
	char text[640];
};

/* Keeps the first message only. Always returns -1, to be returned on. */
int build_fail(struct build_error *error, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
