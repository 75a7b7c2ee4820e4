/* SPDX-License-Identifier: BSD-2-Clause */
/* Watches, found by the path they stand on. */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "conn.h"
#include "path.h"
#include "scope.h"

/* Unread events that a connection may have before they are merged. */
#define WATCH_EVENT_BYTES	(64 * 1024)
#define WATCH_EVENT_BYTES_DOM0	(512 * 1024)
/* dom0's kernel takes in all that comes, for its drivers and /dev/xen/xenbus. */
#define WATCH_EVENT_BYTES_KERNEL	(8 * 1024 * 1024)

static struct strmap watch_paths;

static uint64_t watch_cost(const struct watch *w)
{
	return sizeof(*w) + sizeof(*w->path) + strlen(w->path->item.key) +
		strlen(w->token) + 2;
}

static struct watch_path *watch_path_get(const char *path)
{
	struct strmap_item *item = strmap_find(&watch_paths, path,
					       strlen(path));
	struct watch_path *p;

	if (item)
		return list_item(item, struct watch_path, item);
	p = mem_zalloc(sizeof(*p));
	list_init(&p->watches);
	strmap_add(&watch_paths, &p->item, path);
	return p;
}

static struct watch *watch_find(struct conn *c, const char *path,
				const char *token)
{
	struct strmap_item *item = strmap_find(&watch_paths, path,
					       strlen(path));
	struct list *i, *tmp;
	struct watch_path *p;

	if (!item)
		return NULL;
	p = list_item(item, struct watch_path, item);
	list_each(i, tmp, &p->watches) {
		struct watch *w = list_item(i, struct watch, on_path);

		if (w->conn == c && !strcmp(w->token, token))
			return w;
	}
	return NULL;
}

static size_t watch_count(const struct conn *c)
{
	size_t n = 0;

	for (const struct list *i = c->watches.next; i != &c->watches;
	     i = i->next)
		n++;
	return n;
}

static bool watch_over_quota(const struct conn *c, const char *path,
			     const char *token)
{
	struct account none = { 0 };

	if (who_privileged(&c->who))
		return false;
	if (c->who.scope)
		return watch_count(c) >= SCOPE_WATCHES;
	return usage_of(c->who.domid)->watches >= quota_get(QUOTA_WATCHES) ||
		!quota_allows(c->who.domid, &none, 0, sizeof(struct watch) +
			      strlen(path) + strlen(token));
}

int watch_add(struct conn *c, const struct path *path, const char *token,
	      struct watch **out)
{
	struct watch *w;

	if (watch_find(c, path->s, token))
		return EEXIST;
	if (watch_over_quota(c, path->s, token))
		return E2BIG;
	w = mem_zalloc(sizeof(*w) + strlen(token) + 1);
	w->conn = c;
	w->path = watch_path_get(path->s);
	w->relative = path->relative;
	strcpy(w->token, token);
	list_add_tail(&c->watches, &w->link);
	list_add_tail(&w->path->watches, &w->on_path);
	usage_of(c->who.domid)->watches++;
	usage_of(c->who.domid)->bytes += watch_cost(w);
	*out = w;
	return 0;
}

static void watch_free(struct watch *w)
{
	struct watch_path *p = w->path;

	usage_of(w->conn->who.domid)->watches--;
	usage_of(w->conn->who.domid)->bytes -= watch_cost(w);
	conn_forget_watch(w->conn, w);
	list_remove(&w->link);
	list_remove(&w->on_path);
	free(w);
	if (!list_empty(&p->watches))
		return;
	strmap_remove(&watch_paths, &p->item);
	free(p);
}

int watch_remove(struct conn *c, const char *path, const char *token)
{
	struct watch *w = watch_find(c, path, token);

	if (!w)
		return ENOENT;
	watch_free(w);
	return 0;
}

void watch_remove_all(struct conn *c)
{
	struct list *i, *tmp;

	list_each(i, tmp, &c->watches)
		watch_free(list_item(i, struct watch, link));
}

const char *watch_name(const struct watch *w, const char *path)
{
	return path + w->relative;
}

static bool watch_is_queued(const struct watch *w, const char *name)
{
	return w->last && !w->last->sent &&
		!strcmp(w->last->data + sizeof(struct xsd_sockmsg), name);
}

static size_t watch_limit(const struct conn *c)
{
	if (!who_privileged(&c->who))
		return WATCH_EVENT_BYTES;
	return c->lasting ? WATCH_EVENT_BYTES_KERNEL : WATCH_EVENT_BYTES_DOM0;
}

static void watch_tell(struct watch *w, const char *path)
{
	struct conn *c = w->conn;
	const char *name = watch_name(w, path);

	if (c->dead || watch_is_queued(w, name))
		return;
	if (c->event_bytes >= watch_limit(c)) {
		w->overflow = c->overflowed = true;
		return;
	}
	conn_event(c, w, name);
}

void watch_fire_first(struct watch *w)
{
	watch_tell(w, w->path->item.key);
}

void watch_settle(struct conn *c)
{
	struct list *i, *tmp;

	/* In the middle of a flush that could not send all: later. */
	if (c->out)
		return;
	c->overflowed = false;
	list_each(i, tmp, &c->watches) {
		struct watch *w = list_item(i, struct watch, link);

		if (!w->overflow)
			continue;
		w->overflow = false;
		watch_fire_first(w);
	}
}

/* Whose reading counts for an event. */
struct watch_sight {
	const struct perms *perms;
	const struct perms *old;
	const struct perms *parent;
};

static bool watch_sees(const struct conn *c, const struct watch_sight *s)
{
	const struct perms *const all[] = { s->perms, s->old, s->parent };

	for (int i = 0; i < 3; i++)
		if (all[i] && (perms_rights(all[i], &c->who) & PERM_READ))
			return true;
	return false;
}

static void watch_fire_hashed(const char *at, size_t len, uint32_t hash,
			      const char *path, const struct watch_sight *s)
{
	struct strmap_item *item = strmap_find_hashed(&watch_paths, at, len,
						      hash);
	struct list *i, *tmp;
	struct watch_path *p;

	if (!item)
		return;
	p = list_item(item, struct watch_path, item);
	list_each(i, tmp, &p->watches) {
		struct watch *w = list_item(i, struct watch, on_path);

		if (watch_sees(w->conn, s))
			watch_tell(w, path);
	}
}

static void watch_fire_at(const char *at, size_t len, const char *path,
			  const struct watch_sight *s)
{
	watch_fire_hashed(at, len, strmap_hash_more(strmap_hash_start(), at,
						    len), path, s);
}

/* Watches on the path and on everything above it: one pass over it. */
static void watch_fire_up(const char *path, const struct watch_sight *s)
{
	uint32_t hash = strmap_hash_start();
	size_t from = 0, end;

	watch_fire_at("/", 1, path, s);
	if (!strcmp(path, "/"))
		return;
	do {
		end = path_next(path, from);
		hash = strmap_hash_more(hash, path + from, end - from);
		watch_fire_hashed(path, end, hash, path, s);
		from = end;
	} while (path[end]);
}

/* Watches on nodes that went with one above them. */
struct watch_down {
	char path[XENSTORE_ABS_PATH_MAX + 2];
};

static void watch_fire_below(struct watch_down *d, size_t len, uint32_t hash,
			     struct node *parent)
{
	struct watch_sight s = { .parent = parent->perms };

	for (uint32_t i = 0; i < parent->count; i++) {
		struct node *n = parent->child[i];
		size_t add = strlen(n->name) + 1;
		uint32_t more;

		d->path[len] = '/';
		strcpy(d->path + len + 1, n->name);
		more = strmap_hash_more(hash, d->path + len, add);
		s.perms = n->perms;
		watch_fire_hashed(d->path, len + add, more, d->path, &s);
		watch_fire_below(d, len + add, more, n);
	}
}

static void watch_fire_down(const char *path, struct node *n)
{
	struct watch_down d;
	size_t len = strlen(path);

	strcpy(d.path, path);
	watch_fire_below(&d, len, strmap_hash_more(strmap_hash_start(), path,
						   len), n);
}

void watch_fire_change(const struct change *c)
{
	struct watch_sight s = { .perms = c->perms, .old = c->old_perms };
	struct node *parent;
	struct path above;

	if (!watch_paths.count)
		return;
	path_parent(&above, c->path);
	parent = tree_find(store_root, above.s);
	if (parent)
		s.parent = parent->perms;
	if (!c->removed) {
		watch_fire_up(c->path, &s);
		return;
	}
	s.perms = c->removed->perms;
	watch_fire_up(c->path, &s);
	watch_fire_down(c->path, c->removed);
}

void watch_fire_special(const char *name)
{
	struct watch_sight s = { .perms = *store_special(name) };

	watch_fire_at(name, strlen(name), name, &s);
}
