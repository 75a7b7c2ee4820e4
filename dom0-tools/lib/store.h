/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed helpers over libxenstore. The connection goes through the kernel's
 * ring (/dev/xen/xenbus), which outlives a restart of xenstored; without that
 * device it goes to the socket.
 *
 * Functions return 0 or -errno, unless said otherwise. Paths are printf
 * formats, relative ones are below /local/domain/<own id>/.
 */
#ifndef LIB_STORE_H
#define LIB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct xs_handle;

struct store;

/* NULL with errno set when there is no xenstore. */
struct store *store_open(void);
void store_close(struct store *s);
/* For what the helpers do not cover. */
struct xs_handle *store_handle(struct store *s);

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
/* Removing what is not there is no error. */
int store_remove(struct store *s, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
bool store_exists(struct store *s, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Names below a node: a NULL-terminated array in one allocation, to be
 * free()d; NULL with errno set.
 */
char **store_list(struct store *s, size_t *count, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/* The guest's ring: tells xenstored of the domain, or to forget it. */
int store_introduce(struct store *s, uint32_t domid, uint64_t gfn,
		    uint32_t port);
int store_release(struct store *s, uint32_t domid);
/* It was shut down and goes on. */
int store_resume(struct store *s, uint32_t domid);

/*
 * A batch: operations collected first, then done in one transaction, which is
 * repeated while it conflicts (EAGAIN). Errors of collecting (no memory, path
 * too long) come out of store_batch_commit.
 */
struct store_batch;

struct store_batch *store_batch_new(void);
void store_batch_free(struct store_batch *b);

/*
 * Makes the node if needed, owned by `owner` and readable by `reader` (and by
 * nobody else), and makes it the base of what store_batch_set adds. New nodes
 * below it inherit its permissions.
 */
void store_batch_dir(struct store_batch *b, uint32_t owner, uint32_t reader,
		     const char *path, ...)
	__attribute__((format(printf, 4, 5)));
/* Writes a node below the base of the last store_batch_dir. */
void store_batch_set(struct store_batch *b, const char *name,
		     const char *value, ...)
	__attribute__((format(printf, 3, 4)));
/* Writes one node anywhere, permissions untouched. */
void store_batch_write(struct store_batch *b, const char *value,
		       const char *path, ...)
	__attribute__((format(printf, 3, 4)));
void store_batch_remove(struct store_batch *b, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
/* Does it; on failure nothing was changed. Leaves the batch as it is. */
int store_batch_commit(struct store *s, const struct store_batch *b);

/* Watches. The token comes back with every event. */
int store_watch(struct store *s, const char *token, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
int store_unwatch(struct store *s, const char *token, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

typedef void (*store_watch_fn)(const char *path, const char *token, void *arg);

/*
 * Calls `fn` for every watch event from the event loop. Once a store; the hook
 * is removed by store_close. `fn` may use the store and set watches.
 */
int store_attach(struct store *s, struct event_base *base, store_watch_fn fn,
		 void *arg);
/* Calls `fn` for the events that have arrived, without a loop. */
void store_dispatch(struct store *s, store_watch_fn fn, void *arg);

#endif
