/* SPDX-License-Identifier: BSD-2-Clause */
/* Batches: many changes of the store in one transaction. */
#include "lib/store.h"
#include "lib/store_pipe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

#define STORE_PATH_MAX 3072
#define STORE_VALUE_MAX 4096
/* A commit that conflicts this often has something else wrong with it. */
#define STORE_RETRIES 1000

enum batch_kind {
	BATCH_DIR,
	BATCH_WRITE,
	BATCH_REMOVE,
};

struct batch_op {
	enum batch_kind kind;
	char *path;
	char *value;
	uint32_t owner, reader;
};

struct store_batch {
	struct batch_op *ops;
	size_t count, room;
	const char *base;	/* path of the last directory */
	int error;		/* errno of the first failure of collecting */
};

struct store_batch *store_batch_new(void)
{
	return calloc(1, sizeof(struct store_batch));
}

void store_batch_free(struct store_batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++) {
		free(b->ops[i].path);
		free(b->ops[i].value);
	}
	free(b->ops);
	free(b);
}

static void batch_fail(struct store_batch *b, int error)
{
	if (!b->error)
		b->error = error;
}

/* Takes over op's strings. */
static void batch_add(struct store_batch *b, struct batch_op op)
{
	if (b->count == b->room) {
		size_t room = b->room ? b->room * 2 : 32;
		void *ops = realloc(b->ops, room * sizeof(*b->ops));

		if (!ops) {
			free(op.path);
			free(op.value);
			batch_fail(b, ENOMEM);
			return;
		}
		b->ops = ops;
		b->room = room;
	}
	b->ops[b->count++] = op;
}

static char *batch_format(struct store_batch *b, size_t limit, const char *fmt,
			  va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0) {
		batch_fail(b, ENOMEM);
		return NULL;
	}
	if (strlen(text) >= limit) {
		free(text);
		batch_fail(b, ENAMETOOLONG);
		return NULL;
	}
	return text;
}

void store_batch_dir(struct store_batch *b, uint32_t owner, uint32_t reader,
		     const char *fmt, ...)
{
	struct batch_op op = {
		.kind = BATCH_DIR, .owner = owner, .reader = reader,
	};
	va_list args;

	if (b->error)
		return;
	va_start(args, fmt);
	op.path = batch_format(b, STORE_PATH_MAX, fmt, args);
	va_end(args);
	if (!op.path)
		return;
	b->base = op.path;
	batch_add(b, op);
}

void store_batch_set(struct store_batch *b, const char *name, const char *fmt,
		     ...)
{
	struct batch_op op = { .kind = BATCH_WRITE };
	va_list args;

	if (b->error)
		return;
	if (!b->base) {
		batch_fail(b, EINVAL);
		return;
	}
	va_start(args, fmt);
	op.value = batch_format(b, STORE_VALUE_MAX, fmt, args);
	va_end(args);
	if (!op.value)
		return;
	if (asprintf(&op.path, "%s/%s", b->base, name) < 0) {
		free(op.value);
		batch_fail(b, ENOMEM);
		return;
	}
	batch_add(b, op);
}

void store_batch_write(struct store_batch *b, const char *value,
		       const char *fmt, ...)
{
	struct batch_op op = { .kind = BATCH_WRITE };
	va_list args;

	if (b->error)
		return;
	va_start(args, fmt);
	op.path = batch_format(b, STORE_PATH_MAX, fmt, args);
	va_end(args);
	if (!op.path)
		return;
	op.value = strdup(value);
	if (!op.value) {
		free(op.path);
		batch_fail(b, ENOMEM);
		return;
	}
	batch_add(b, op);
}

void store_batch_remove(struct store_batch *b, const char *fmt, ...)
{
	struct batch_op op = { .kind = BATCH_REMOVE };
	va_list args;

	if (b->error)
		return;
	va_start(args, fmt);
	op.path = batch_format(b, STORE_PATH_MAX, fmt, args);
	va_end(args);
	if (op.path)
		batch_add(b, op);
}

static bool batch_dir(struct xs_handle *xs, xs_transaction_t tx,
		      const struct batch_op *op)
{
	struct xs_permissions perms[2] = {
		{ .id = op->owner, .perms = XS_PERM_NONE },
		{ .id = op->reader, .perms = XS_PERM_READ },
	};

	/* MKDIR of what exists succeeds and changes nothing. */
	return xs_mkdir(xs, tx, op->path) &&
		xs_set_permissions(xs, tx, op->path, perms,
				   op->owner == op->reader ? 1 : 2);
}

static bool batch_step(struct xs_handle *xs, xs_transaction_t tx,
		       const struct batch_op *op)
{
	switch (op->kind) {
	case BATCH_DIR:
		return batch_dir(xs, tx, op);
	case BATCH_WRITE:
		return xs_write(xs, tx, op->path, op->value,
				(unsigned int)strlen(op->value));
	case BATCH_REMOVE:
		return xs_rm(xs, tx, op->path) || errno == ENOENT;
	}
	return false;
}

/* One attempt; errno tells why it failed. */
static bool batch_try(struct xs_handle *xs, const struct store_batch *b)
{
	xs_transaction_t tx = xs_transaction_start(xs);
	int error;

	if (tx == XBT_NULL)
		return false;
	for (size_t i = 0; i < b->count; i++) {
		if (batch_step(xs, tx, &b->ops[i]))
			continue;
		error = errno;
		xs_transaction_end(xs, tx, true);
		errno = error;
		return false;
	}
	return xs_transaction_end(xs, tx, false);
}

static void pipe_dir(uint32_t tx, const struct batch_op *op)
{
	char perms[32];
	int len = snprintf(perms, sizeof(perms), "n%u", op->owner) + 1;

	if (op->owner != op->reader)
		len += snprintf(perms + len, sizeof(perms) - (size_t)len,
				"r%u", op->reader) + 1;
	store_pipe_send(tx, XS_MKDIR, op->path, NULL, 0, false);
	store_pipe_send(tx, XS_SET_PERMS, op->path, perms, (uint32_t)len,
			false);
}

static void pipe_step(uint32_t tx, const struct batch_op *op)
{
	switch (op->kind) {
	case BATCH_DIR:
		pipe_dir(tx, op);
		break;
	case BATCH_WRITE:
		store_pipe_send(tx, XS_WRITE, op->path, op->value,
				(uint32_t)strlen(op->value), false);
		break;
	case BATCH_REMOVE:
		store_pipe_send(tx, XS_RM, op->path, NULL, 0, true);
		break;
	}
}

/* As batch_try, all at once; 0 or -errno, -ENODEV: not possible here. */
static int batch_try_piped(const struct store_batch *b)
{
	uint32_t tx;
	int rc, ended;

	rc = store_pipe_start(&tx);
	if (rc)
		return rc;
	for (size_t i = 0; i < b->count; i++)
		pipe_step(tx, &b->ops[i]);
	rc = store_pipe_wait();
	ended = store_pipe_end(tx, !rc);
	return rc ? rc : ended;
}

int store_batch_commit(struct store *s, const struct store_batch *b)
{
	struct xs_handle *xs = store_handle(s);

	if (b->error)
		return -b->error;
	for (int i = 0; i < STORE_RETRIES; i++) {
		int rc = batch_try_piped(b);

		/* An old connection may be dead while a new one serves. */
		if (rc == -ENODEV)
			rc = batch_try_piped(b);
		if (!rc || (rc != -EAGAIN && rc != -ENODEV))
			return rc;
		if (rc == -EAGAIN)
			continue;
		errno = 0;
		if (batch_try(xs, b))
			return 0;
		if (errno != EAGAIN)
			return errno ? -errno : -EIO;
	}
	return -EAGAIN;
}
