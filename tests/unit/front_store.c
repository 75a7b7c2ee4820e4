/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake kernel's store: paths, values, watches; transactions only count,
 * as one client has nobody to be isolated from.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "front_fake.h"

#define fake_path(path, format) do { \
	va_list args; \
	va_start(args, format); \
	vsnprintf(path, sizeof(path), format, args); \
	va_end(args); \
} while (0)

static bool fake_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) &&
	       (!path[len] || path[len] == '/');
}

static struct fake_node *fake_find(struct fake_store *s, const char *path)
{
	for (unsigned int i = 0; i < s->nr_nodes; i++)
		if (!strcmp(s->nodes[i].path, path))
			return &s->nodes[i];
	return NULL;
}

/* ---- Answers ------------------------------------------------------------ */

static void fake_say(struct fake_store *s, uint32_t type, uint32_t id,
		     const void *data, size_t len)
{
	struct xsd_sockmsg header = { type, id, 0, (uint32_t)len };

	s->out = realloc(s->out, s->out_len + sizeof(header) + len);
	memcpy(s->out + s->out_len, &header, sizeof(header));
	if (len)
		memcpy(s->out + s->out_len + sizeof(header), data, len);
	s->out_len += sizeof(header) + len;
}

static void fake_fire(struct fake_store *s, const struct fake_watch *w,
		      const char *path)
{
	char event[XENBUS_PATH * 2 + 64];
	int len = snprintf(event, sizeof(event), "%s%c%s", path, 0, w->token);

	fake_say(s, XS_WATCH_EVENT, 0, event, (size_t)len + 1);
}

static void fake_changed(struct fake_store *s, const char *path)
{
	for (unsigned int i = 0; i < s->nr_watches; i++)
		if (fake_below(path, s->watches[i].path))
			fake_fire(s, &s->watches[i], path);
}

/* ---- Contents ----------------------------------------------------------- */

static void fake_remove(struct fake_store *s, const char *path)
{
	for (unsigned int i = 0; i < s->nr_nodes;) {
		char gone[XENBUS_PATH * 2];

		if (!fake_below(s->nodes[i].path, path)) {
			i++;
			continue;
		}
		strcpy(gone, s->nodes[i].path);
		s->nodes[i] = s->nodes[--s->nr_nodes];
		fake_changed(s, gone);
	}
}

static void fake_put(struct fake_store *s, const char *path,
		     const char *value)
{
	struct fake_node *node = fake_find(s, path);

	if (!node) {
		fake_check(s->nr_nodes < FAKE_NODES);
		node = &s->nodes[s->nr_nodes++];
		snprintf(node->path, sizeof(node->path), "%s", path);
	}
	snprintf(node->value, sizeof(node->value), "%s", value);
	fake_changed(s, path);
}

void fake_set(struct front_fake *f, const char *value, const char *format, ...)
{
	char path[XENBUS_PATH * 2];

	fake_path(path, format);
	if (value)
		fake_put(&f->store, path, value);
	else
		fake_remove(&f->store, path);
}

const char *fake_get(struct front_fake *f, const char *format, ...)
{
	char path[XENBUS_PATH * 2];
	struct fake_node *node;

	fake_path(path, format);
	node = fake_find(&f->store, path);
	return node ? node->value : NULL;
}

long fake_number(struct front_fake *f, const char *format, ...)
{
	char path[XENBUS_PATH * 2];
	struct fake_node *node;
	uint64_t value;

	fake_path(path, format);
	node = fake_find(&f->store, path);
	return node && xenbus_parse(node->value, INT64_MAX, &value) ?
	       (long)value : -1;
}

/* ---- Requests ----------------------------------------------------------- */

static void fake_error(struct fake_store *s, uint32_t id, const char *name)
{
	fake_say(s, XS_ERROR, id, name, strlen(name) + 1);
}

static void fake_directory(struct fake_store *s, uint32_t id,
			   const char *path)
{
	char names[XENSTORE_PAYLOAD_MAX];
	size_t len = 0;

	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		const char *rest = s->nodes[i].path + strlen(path);

		if (!fake_below(s->nodes[i].path, path) || !*rest ||
		    strchr(rest + 1, '/'))
			continue;
		strcpy(names + len, rest + 1);
		len += strlen(rest + 1) + 1;
	}
	fake_say(s, XS_DIRECTORY, id, names, len);
}

static void fake_watch(struct fake_store *s, const struct xsd_sockmsg *h,
		       const char *path, const char *token)
{
	struct fake_watch *w = &s->watches[s->nr_watches];

	if (h->type == XS_UNWATCH) {
		for (w = s->watches; w < s->watches + s->nr_watches; w++)
			if (!strcmp(w->path, path) &&
			    !strcmp(w->token, token))
				break;
		if (w == s->watches + s->nr_watches) {
			fake_error(s, h->req_id, "ENOENT");
			return;
		}
		*w = s->watches[--s->nr_watches];
	} else {
		fake_check(s->nr_watches < FAKE_WATCHES);
		s->nr_watches++;
		snprintf(w->path, sizeof(w->path), "%s", path);
		snprintf(w->token, sizeof(w->token), "%s", token);
	}
	fake_say(s, h->type, h->req_id, "OK", 3);
	if (h->type == XS_WATCH)
		fake_fire(s, w, path);
}

static void fake_transaction(struct fake_store *s,
			     const struct xsd_sockmsg *h, const char *data)
{
	char number[16];

	if (h->type == XS_TRANSACTION_START) {
		snprintf(number, sizeof(number), "%u", ++s->last_tx);
		fake_say(s, h->type, h->req_id, number, strlen(number) + 1);
		return;
	}
	fake_check(h->tx_id == s->last_tx);
	if (*data == 'T' && s->conflicts) {
		s->conflicts--;
		fake_error(s, h->req_id, "EAGAIN");
		return;
	}
	fake_say(s, h->type, h->req_id, "OK", 3);
}

static void fake_request(struct fake_store *s)
{
	struct xsd_sockmsg h;
	char *data = s->in + sizeof(h);
	struct fake_node *node;
	const char *second;

	memcpy(&h, s->in, sizeof(h));
	data[h.len] = '\0';
	second = data + strlen(data) + 1;
	node = fake_find(s, data);
	s->requests++;
	switch (h.type) {
	case XS_READ:
		if (node)
			fake_say(s, h.type, h.req_id, node->value,
				 strlen(node->value));
		else
			fake_error(s, h.req_id, "ENOENT");
		return;
	case XS_DIRECTORY:
		fake_directory(s, h.req_id, data);
		return;
	case XS_RM:
		if (!node) {
			fake_error(s, h.req_id, "ENOENT");
			return;
		}
		fake_remove(s, data);
		break;
	case XS_WRITE:
		fake_put(s, data, second);
		break;
	case XS_MKDIR:
		if (!node)
			fake_put(s, data, "");
		break;
	case XS_SET_PERMS:
		break;
	case XS_WATCH:
	case XS_UNWATCH:
		fake_watch(s, &h, data, second);
		return;
	case XS_TRANSACTION_START:
	case XS_TRANSACTION_END:
		fake_transaction(s, &h, data);
		return;
	default:
		fake_error(s, h.req_id, "ENOSYS");
		return;
	}
	fake_say(s, h.type, h.req_id, "OK", 3);
}

/* ---- Ring --------------------------------------------------------------- */

static void fake_store_read(struct fake_store *s)
{
	struct xenstore_domain_interface *ring = s->ring;
	uint32_t left = s->step ? s->step : UINT32_MAX;
	struct xsd_sockmsg h;

	while (ring->req_cons != ring->req_prod && left--) {
		fake_check(ring->req_prod - ring->req_cons <=
			   XENSTORE_RING_SIZE);
		s->in[s->have++] = ring->req[MASK_XENSTORE_IDX(
							ring->req_cons++)];
		if (s->have < sizeof(h))
			continue;
		memcpy(&h, s->in, sizeof(h));
		fake_check(h.len <= XENSTORE_PAYLOAD_MAX);
		if (s->have < sizeof(h) + h.len)
			continue;
		s->have = 0;
		fake_request(s);
	}
}

static void fake_store_write(struct fake_store *s)
{
	struct xenstore_domain_interface *ring = s->ring;
	uint32_t left = s->step ? s->step : UINT32_MAX;
	size_t done = 0;

	while (done < s->out_len && left-- &&
	       ring->rsp_prod - ring->rsp_cons < XENSTORE_RING_SIZE)
		ring->rsp[MASK_XENSTORE_IDX(ring->rsp_prod++)] =
			s->out[done++];
	if (done)
		memmove(s->out, s->out + done, s->out_len - done);
	s->out_len -= done;
}

void fake_store_run(struct front_fake *f)
{
	if (f->store.dead)
		return;
	fake_store_read(&f->store);
	fake_store_write(&f->store);
	fake_event(f, FAKE_STORE_PORT);
}
