/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads, writes and watches of a backend.  See store.h. */
#include "store.h"

#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xen/io/xs_wire.h>
#include "store_internal.h"

static int store_failed(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {
		{ "ENOENT", ENOENT }, { "EACCES", EACCES },
		{ "EINVAL", EINVAL }, { "EEXIST", EEXIST },
		{ "ENOSPC", ENOSPC }, { "EQUOTA", EDQUOT },
		{ "ENOMEM", ENOMEM }, { "EPERM", EPERM },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name))
			return -known[i].number;
	return -EIO;
}

static int store_ask(struct store *s, uint32_t type, const char *payload, size_t len)
{
	int rc;

	if (len > XENSTORE_PAYLOAD_MAX)
		return -ENAMETOOLONG;
	/* A connection that breaks takes the answer along: ask again. */
	while ((rc = store_ask_once(s, type, payload, len)) == -ECONNRESET)
		store_wait_connection(s);
	if (rc)
		return rc;
	return s->head.type == XS_ERROR ? store_failed(s->payload) : 0;
}

/* The path and its NUL; the value goes behind them. */
static int store_path(char *to, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(to, size, fmt, args);

	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : len + 1;
}

static int store_get(struct store *s, const char *fmt, va_list args)
{
	char path[STORE_REQUEST];
	int len = store_path(path, sizeof(path), fmt, args);

	return len < 0 ? len : store_ask(s, XS_READ, path, len);
}

char *store_read(struct store *s, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = store_get(s, fmt, args);
	va_end(args);
	if (!rc)
		return strdup(s->payload);
	errno = -rc;
	return NULL;
}

int store_read_int(struct store *s, int64_t *value, const char *fmt, ...)
{
	va_list args;
	char *end;
	int rc;

	va_start(args, fmt);
	rc = store_get(s, fmt, args);
	va_end(args);
	if (rc)
		return rc;
	errno = 0;
	*value = strtoll(s->payload, &end, 10);
	return errno || end == s->payload || *end ? -EINVAL : 0;
}

bool store_exists(struct store *s, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = store_get(s, fmt, args);
	va_end(args);
	return !rc;
}

static int store_put(struct store *s, const char *value, const char *fmt,
		     va_list args)
{
	char text[STORE_REQUEST];
	size_t bytes = strlen(value);
	int len = store_path(text, sizeof(text), fmt, args);

	if (len < 0 || bytes > sizeof(text) - len)
		return -ENAMETOOLONG;
	memcpy(text + len, value, bytes);
	return store_ask(s, XS_WRITE, text, len + bytes);
}

int store_write(struct store *s, const char *value, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = store_put(s, value, fmt, args);
	va_end(args);
	return rc;
}

int store_write_int(struct store *s, int64_t value, const char *fmt, ...)
{
	char text[24];
	va_list args;
	int rc;

	snprintf(text, sizeof(text), "%lld", (long long)value);
	va_start(args, fmt);
	rc = store_put(s, text, fmt, args);
	va_end(args);
	return rc;
}

int store_watch(struct store *s, const char *fmt, ...)
{
	struct store_watch *w = &s->watches[s->nr_watches];
	va_list args;
	int len;

	if (s->nr_watches == STORE_WATCHES)
		return -ENOSPC;
	va_start(args, fmt);
	len = store_path(w->text, sizeof(w->text) - 2, fmt, args);
	va_end(args);
	if (len < 0)
		return len;
	/* The token says nothing: one event is as good as another. */
	memcpy(w->text + len, "w", 2);
	w->len = len + 2;
	s->nr_watches++;
	return store_ask(s, XS_WATCH, w->text, w->len);
}
