/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands on the store's requests: numbers, transactions, states. */
#include <xen/errno.h>
#include "xenbus.h"

/* Divides by ten in steps that 32-bit processors have. */
static uint32_t xenbus_digit(uint64_t *value)
{
	uint32_t high = (uint32_t)(*value >> 32), low = (uint32_t)*value;
	uint32_t middle, rest = high % 10;

	high /= 10;
	middle = rest << 16 | low >> 16;
	rest = middle % 10;
	low = rest << 16 | (low & 0xffff);
	*value = (uint64_t)high << 32 | (uint64_t)(middle / 10) << 16 |
		 low / 10;
	return low % 10;
}

void xenbus_format(char text[XENBUS_DIGITS], uint64_t value)
{
	char digits[XENBUS_DIGITS];
	unsigned int n = 0;

	do
		digits[n++] = (char)('0' + xenbus_digit(&value));
	while (value);
	while (n)
		*text++ = digits[--n];
	*text = '\0';
}

bool xenbus_parse(const char *text, uint64_t max, uint64_t *value)
{
	const char *start = text;
	uint64_t number = 0;
	unsigned int digit;

	for (; *text >= '0' && *text <= '9'; text++) {
		digit = (unsigned int)(*text - '0');
		if (number > UINT64_MAX / 10 ||
		    number * 10 > UINT64_MAX - digit)
			return false;
		number = number * 10 + digit;
	}
	if (*text || text == start || number > max)
		return false;
	*value = number;
	return true;
}

int xenbus_read_number(struct xenbus *x, uint32_t tx, const char *folder,
		       const char *node, uint64_t max, uint64_t *value)
{
	char text[XENBUS_DIGITS];
	int len = xenbus_read(x, tx, folder, node, text, sizeof(text));

	if (len == -XEN_E2BIG)
		return -XEN_EINVAL;
	if (len < 0)
		return len;
	return xenbus_parse(text, max, value) ? 0 : -XEN_EINVAL;
}

uint64_t xenbus_read_feature(struct xenbus *x, const char *folder,
			     const char *node, uint64_t max,
			     uint64_t otherwise)
{
	uint64_t value;

	return xenbus_read_number(x, XENBUS_NO_TX, folder, node, max, &value) ?
	       otherwise : value;
}

int xenbus_write_number(struct xenbus *x, uint32_t tx, const char *folder,
			const char *node, uint64_t value)
{
	char text[XENBUS_DIGITS];

	xenbus_format(text, value);
	return xenbus_write(x, tx, folder, node, text);
}

int xenbus_transaction(struct xenbus *x,
		       int (*body)(struct xenbus *x, uint32_t tx, void *arg),
		       void *arg)
{
	int rc, tries;
	uint32_t tx;

	for (tries = 0; tries < XENBUS_TRIES; tries++) {
		rc = xenbus_transaction_start(x, &tx);
		if (rc)
			return rc;
		rc = body(x, tx, arg);
		if (rc >= 0)
			rc = xenbus_transaction_end(x, tx, true);
		else
			xenbus_transaction_end(x, tx, false);
		if (rc != -XEN_EAGAIN)
			return rc;
	}
	return -XEN_EAGAIN;
}

static int xenbus_copy_path(char *to, const char *from)
{
	unsigned int i;

	for (i = 0; i < XENBUS_PATH; i++) {
		to[i] = from[i];
		if (!from[i])
			return i ? 0 : -XEN_EINVAL;
	}
	return -XEN_EINVAL;
}

int xenbus_device_find(struct xenbus *x, struct xenbus_device *d,
		       const char *path)
{
	uint64_t id;
	int rc = xenbus_copy_path(d->path, path);

	if (rc)
		return rc;
	rc = xenbus_read(x, XENBUS_NO_TX, path, "backend", d->backend,
			 sizeof(d->backend));
	if (!rc || rc == -XEN_E2BIG)
		return -XEN_EINVAL;
	if (rc < 0)
		return rc;
	rc = xenbus_read_number(x, XENBUS_NO_TX, path, "backend-id",
				DOMID_FIRST_RESERVED - 1, &id);
	if (rc)
		return rc;
	d->backend_id = (domid_t)id;
	return 0;
}

enum xenbus_state xenbus_state(struct xenbus *x, const char *folder)
{
	return (enum xenbus_state)
		xenbus_read_feature(x, folder, "state",
				    XenbusStateReconfigured,
				    XenbusStateUnknown);
}

int xenbus_set_state(struct xenbus *x, const struct xenbus_device *d,
		     enum xenbus_state state)
{
	return xenbus_write_number(x, XENBUS_NO_TX, d->path, "state", state);
}

/* ---- Waiting for the other end ------------------------------------------ */

struct xenbus_waiter {
	struct xenbus *x;
	struct xenbus_watch watch;
};

static void xenbus_waiter_changed(void *arg)
{
	(void)arg;
}

static bool xenbus_waiter_ready(void *arg)
{
	struct xenbus_waiter *waiter = arg;

	xenbus_pending(waiter->x);
	return waiter->watch.fired || waiter->x->error;
}

static int xenbus_await(struct xenbus_waiter *waiter, const char *backend,
			unsigned int states, uint64_t deadline)
{
	struct xenbus *x = waiter->x;
	enum xenbus_state state;

	for (;;) {
		waiter->watch.fired = false;
		state = xenbus_state(x, backend);
		if (x->error)
			return x->error;
		if (states & 1U << state)
			return (int)state;
		if (!x->os->wait(x->os->context, xenbus_waiter_ready, waiter,
				 deadline))
			return -XEN_ETIMEDOUT;
	}
}

int xenbus_wait_backend(struct xenbus *x, const struct xenbus_device *d,
			unsigned int states, uint64_t deadline)
{
	struct xenbus_waiter waiter = { .x = x };
	int rc = xenbus_copy_path(waiter.watch.path, d->backend);
	int state;

	if (rc)
		return rc;
	waiter.watch.changed = xenbus_waiter_changed;
	/* All of it, as it may be removed. */
	rc = xenbus_watch(x, &waiter.watch);
	if (rc)
		return rc;
	state = xenbus_await(&waiter, d->backend, states, deadline);
	rc = xenbus_unwatch(x, &waiter.watch);
	return rc && rc != -XEN_ENOENT ? rc : state;
}
