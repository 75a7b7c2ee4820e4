/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection to xenstored: single operations and watches. */
#include "lib/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <xenstore.h>

#define STORE_DEVICE "/dev/xen/xenbus"
#define STORE_PATH_MAX 3072

struct store {
	struct xs_handle *xs;
	struct event *event;
	store_watch_fn fn;
	void *arg;
};

struct store *store_open(void)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (access(STORE_DEVICE, R_OK | W_OK) == 0)
		setenv("XENSTORED_PATH", STORE_DEVICE, 0);
	s->xs = xs_open(0);
	if (!s->xs) {
		free(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->event)
		event_free(s->event);
	xs_close(s->xs);
	free(s);
}

struct xs_handle *store_handle(struct store *s)
{
	return s->xs;
}

/* Writes the formatted path; false with errno when it is too long. */
static bool path_format(char path[STORE_PATH_MAX], const char *fmt,
			va_list args)
{
	int len = vsnprintf(path, STORE_PATH_MAX, fmt, args);

	if (len < 0 || len >= STORE_PATH_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	return true;
}

static int last_error(void)
{
	return errno ? -errno : -EIO;
}

char *store_read(struct store *s, const char *fmt, ...)
{
	char path[STORE_PATH_MAX];
	unsigned int len;
	va_list args;
	bool ok;

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	/* libxenstore adds a NUL after the value. */
	return ok ? xs_read(s->xs, XBT_NULL, path, &len) : NULL;
}

int store_read_int(struct store *s, int64_t *value, const char *fmt, ...)
{
	char path[STORE_PATH_MAX], *text, *end;
	unsigned int len;
	va_list args;
	bool ok;
	int rc = 0;

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (!ok)
		return last_error();
	text = xs_read(s->xs, XBT_NULL, path, &len);
	if (!text)
		return last_error();
	errno = 0;
	*value = strtoll(text, &end, 10);
	if (errno || end == text || *end != '\0')
		rc = -EINVAL;
	free(text);
	return rc;
}

int store_write(struct store *s, const char *value, const char *fmt, ...)
{
	char path[STORE_PATH_MAX];
	va_list args;
	bool ok;

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (!ok || !xs_write(s->xs, XBT_NULL, path, value,
			     (unsigned int)strlen(value)))
		return last_error();
	return 0;
}

int store_write_int(struct store *s, int64_t value, const char *fmt, ...)
{
	char path[STORE_PATH_MAX], text[24];
	va_list args;
	bool ok;
	int len = snprintf(text, sizeof(text), "%lld", (long long)value);

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (!ok || !xs_write(s->xs, XBT_NULL, path, text, (unsigned int)len))
		return last_error();
	return 0;
}

int store_remove(struct store *s, const char *fmt, ...)
{
	char path[STORE_PATH_MAX];
	va_list args;
	bool ok;

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (ok && (xs_rm(s->xs, XBT_NULL, path) || errno == ENOENT))
		return 0;
	return last_error();
}

bool store_exists(struct store *s, const char *fmt, ...)
{
	char path[STORE_PATH_MAX];
	unsigned int len;
	va_list args;
	char *text;
	bool ok;

	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (!ok)
		return false;
	text = xs_read(s->xs, XBT_NULL, path, &len);
	free(text);
	return text != NULL;
}

char **store_list(struct store *s, size_t *count, const char *fmt, ...)
{
	char path[STORE_PATH_MAX], **names;
	unsigned int num = 0;
	va_list args;
	bool ok;

	*count = 0;
	va_start(args, fmt);
	ok = path_format(path, fmt, args);
	va_end(args);
	if (!ok)
		return NULL;
	names = xs_directory(s->xs, XBT_NULL, path, &num);
	if (names)
		*count = num;
	return names;
}

int store_introduce(struct store *s, uint32_t domid, uint64_t gfn,
		    uint32_t port)
{
	if (!xs_introduce_domain(s->xs, domid, gfn, port))
		return last_error();
	return 0;
}

int store_release(struct store *s, uint32_t domid)
{
	if (!xs_release_domain(s->xs, domid))
		return last_error();
	return 0;
}

int store_resume(struct store *s, uint32_t domid)
{
	if (!xs_resume_domain(s->xs, domid))
		return last_error();
	return 0;
}

/* @call: xs_watch or xs_unwatch. */
static int change_watch(struct store *s, const char *token, const char *fmt,
			va_list args,
			bool (*call)(struct xs_handle *, const char *,
				     const char *))
{
	char path[STORE_PATH_MAX];

	if (!path_format(path, fmt, args) || !call(s->xs, path, token))
		return last_error();
	return 0;
}

int store_watch(struct store *s, const char *token, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = change_watch(s, token, fmt, args, xs_watch);
	va_end(args);
	return rc;
}

int store_unwatch(struct store *s, const char *token, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = change_watch(s, token, fmt, args, xs_unwatch);
	va_end(args);
	return rc;
}

/*
 * Bounded, so that a flood of events cannot starve the other descriptors of
 * an event loop: the descriptor stays readable and we are called again.
 */
#define STORE_EVENTS_PER_TURN 64

void store_dispatch(struct store *s, store_watch_fn fn, void *arg)
{
	char **event;

	for (int i = 0; i < STORE_EVENTS_PER_TURN; i++) {
		event = xs_check_watch(s->xs);
		if (!event)
			return;
		fn(event[XS_WATCH_PATH], event[XS_WATCH_TOKEN], arg);
		free(event);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;

	(void)fd;
	(void)what;
	store_dispatch(s, s->fn, s->arg);
}

int store_attach(struct store *s, struct event_base *base, store_watch_fn fn,
		 void *arg)
{
	if (s->event)
		return -EBUSY;
	s->fn = fn;
	s->arg = arg;
	s->event = event_new(base, xs_fileno(s->xs), EV_READ | EV_PERSIST,
			     on_readable, s);
	if (!s->event || event_add(s->event, NULL) < 0)
		return -ENOMEM;
	return 0;
}
