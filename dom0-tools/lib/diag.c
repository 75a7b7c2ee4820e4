/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects errors and warnings. */
#include "lib/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hostile file shall not make us collect without end. */
#define DIAG_MAX 200

void diag_init(struct diag *d)
{
	memset(d, 0, sizeof(*d));
}

void diag_free(struct diag *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->messages[i].text);
	free(d->messages);
	diag_init(d);
}

/* Counts errors even when there is no room or memory for their text. */
static void diag_add(struct diag *d, bool is_error, const char *fmt,
		     va_list args)
{
	struct diag_message *grown;
	char *text;

	if (is_error)
		d->errors++;
	if (d->count >= DIAG_MAX)
		return;
	grown = realloc(d->messages, (d->count + 1) * sizeof(*grown));
	if (!grown)
		return;
	d->messages = grown;
	if (vasprintf(&text, fmt, args) < 0)
		return;
	d->messages[d->count].is_error = is_error;
	d->messages[d->count].text = text;
	d->count++;
}

void diag_error(struct diag *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diag_add(d, true, fmt, args);
	va_end(args);
}

void diag_warn(struct diag *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diag_add(d, false, fmt, args);
	va_end(args);
}

const char *diag_first_error(const struct diag *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->messages[i].is_error)
			return d->messages[i].text;
	return d->errors ? "out of memory" : NULL;
}
