/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collects every error and warning of one operation, in order, so that all
 * can be shown at once.
 */
#ifndef LIB_DIAG_H
#define LIB_DIAG_H

#include <stdbool.h>
#include <stddef.h>

struct diag_message {
	bool is_error;
	char *text;		/* a complete line, no newline */
};

struct diag {
	struct diag_message *messages;
	size_t count;
	size_t errors;
};

/* A zeroed struct is a valid empty one. */
void diag_init(struct diag *d);
void diag_free(struct diag *d);

void diag_error(struct diag *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void diag_warn(struct diag *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The text of the first error, or NULL. */
const char *diag_first_error(const struct diag *d);

#endif
