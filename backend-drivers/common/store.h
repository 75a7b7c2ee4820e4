/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store as a backend sees it: over one socket that was connected, and
 * restricted to the two folders of the device, by who started us. When
 * xenstored goes away, a new socket comes over the wire from hospesd; until
 * then calls wait, and afterwards they are done again.
 *
 * Nothing is queued here: events are counted as one, and one request is under
 * way at a time. Functions return 0 or -errno, unless said otherwise.
 */
#ifndef COMMON_STORE_H
#define COMMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct store;

/* `fd`: the connection; `wire`: where others come from. NULL: no memory. */
struct store *store_open(int fd, int wire);

/* The value as a malloc'd string; NULL with errno set (ENOENT: no node). */
char *store_read(struct store *s, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
/* Decimal numbers; -EINVAL when the node holds anything else. */
int store_read_int(struct store *s, int64_t *value, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
int store_write(struct store *s, const char *value, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
int store_write_int(struct store *s, int64_t value, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
bool store_exists(struct store *s, const char *path, ...)
	__attribute__((format(printf, 2, 3)));

/* For good: set again on every new connection. */
int store_watch(struct store *s, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
/* `fn` is called once a turn of the loop, however many events have come. */
int store_attach(struct store *s, struct event_base *base,
		 void (*fn)(void *arg), void *arg);

#endif
