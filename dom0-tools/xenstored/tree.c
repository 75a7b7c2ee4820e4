/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of nodes, immutable wherever it is shared. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <xen/io/xs_wire.h>

static uint64_t tree_gen;
void (*tree_dropped)(uint64_t gen, uint64_t bytes);

struct blob *blob_new(const void *data, size_t len)
{
	struct blob *b = mem_alloc(sizeof(*b) + len);

	b->refs = 1;
	b->len = len;
	if (len)
		memcpy(b->data, data, len);
	return b;
}

struct blob *blob_ref(struct blob *b)
{
	b->refs++;
	return b;
}

void blob_unref(struct blob *b)
{
	if (b && !--b->refs)
		free(b);
}

static struct node *node_new(const char *name, size_t len, struct blob *value,
			     struct perms *perms)
{
	struct node *n = mem_zalloc(sizeof(*n) + len + 1);

	n->refs = 1;
	memcpy(n->name, name, len);
	n->value = blob_ref(value);
	n->perms = perms_ref(perms);
	n->gen = n->child_gen = n->birth = tree_next_gen();
	return n;
}

struct node *node_ref(struct node *n)
{
	n->refs++;
	return n;
}

void node_unref(struct node *n)
{
	if (!n || --n->refs)
		return;
	for (uint32_t i = 0; i < n->count; i++)
		node_unref(n->child[i]);
	free(n->child);
	blob_unref(n->value);
	perms_unref(n->perms);
	free(n);
}

static void node_drop_copy(const struct node *n, const struct account *a)
{
	if (a->committed && tree_dropped)
		tree_dropped(n->birth, sizeof(*n) + strlen(n->name) + 1 +
			     n->room * sizeof(n->child[0]));
}

static void node_drop_content(const struct node *n, const struct account *a)
{
	if (a->committed && tree_dropped)
		tree_dropped(n->gen, sizeof(*n->value) + n->value->len +
			     sizeof(*n->perms) +
			     n->perms->count * sizeof(n->perms->p[0]));
}

/* Makes the node in @slot ours alone, so that it may be changed. */
static struct node *node_own(struct node **slot, struct account *a)
{
	struct node *old = *slot, *n;

	if (old->refs == 1)
		return old;
	node_drop_copy(old, a);
	n = node_new(old->name, strlen(old->name), old->value, old->perms);
	n->gen = old->gen;
	n->child_gen = old->child_gen;
	n->count = n->room = old->count;
	n->child = mem_alloc(n->room * sizeof(n->child[0]));
	for (uint32_t i = 0; i < n->count; i++)
		n->child[i] = node_ref(old->child[i]);
	node_unref(old);
	*slot = n;
	return n;
}

static int node_compare(const struct node *n, const char *name, size_t len)
{
	int diff = strncmp(n->name, name, len);

	if (diff)
		return diff;
	return n->name[len] ? 1 : 0;
}

/* Where the child is, or where it would have to go. */
static uint32_t node_position(const struct node *n, const char *name,
			      size_t len, bool *found)
{
	uint32_t low = 0, high = n->count;

	*found = false;
	while (low < high) {
		uint32_t mid = (low + high) / 2;
		int diff = node_compare(n->child[mid], name, len);

		if (!diff) {
			*found = true;
			return mid;
		}
		if (diff < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void node_insert(struct node *n, uint32_t at, struct node *child)
{
	if (n->count == n->room) {
		n->room = n->room ? n->room * 2 : 4;
		n->child = mem_realloc(n->child,
				       n->room * sizeof(n->child[0]));
	}
	memmove(&n->child[at + 1], &n->child[at],
		(n->count - at) * sizeof(n->child[0]));
	n->child[at] = child;
	n->count++;
	n->child_gen = tree_next_gen();
}

int64_t node_cost(const char *path, const struct blob *value,
		  const struct perms *perms)
{
	const char *slash = strrchr(path, '/');

	return node_cost_named(strlen(slash ? slash + 1 : path), value->len,
			       perms);
}

int64_t node_cost_named(size_t name, size_t value, const struct perms *perms)
{
	return sizeof(struct node) + name + 1 + sizeof(struct node *) +
		sizeof(struct blob) + value + sizeof(*perms) +
		perms->count * sizeof(perms->p[0]);
}

static int64_t node_own_cost(const struct node *n)
{
	return node_cost_named(strlen(n->name), n->value->len, n->perms);
}

uint64_t tree_next_gen(void)
{
	return ++tree_gen;
}

uint64_t tree_last_gen(void)
{
	return tree_gen;
}

void tree_start_gen(uint64_t gen)
{
	tree_gen = gen;
}

struct node *tree_new(struct perms *perms)
{
	struct blob *empty = blob_new(NULL, 0);
	struct node *n = node_new("", 0, empty, perms);

	blob_unref(empty);
	return n;
}

/* The next component of a path: skips slashes, 0 at the end. */
static size_t tree_component(const char **path)
{
	*path += strspn(*path, "/");
	return strcspn(*path, "/");
}

struct node *tree_nearest(struct node *root, const char *path, size_t *done)
{
	const char *from = path;
	struct node *n = root;
	size_t len;
	bool found;

	*done = 0;
	while ((len = tree_component(&path))) {
		uint32_t at = node_position(n, path, len, &found);

		if (!found)
			return n;
		n = n->child[at];
		path += len;
		*done = path - from;
	}
	*done = path - from;
	return n;
}

struct node *tree_find(struct node *root, const char *path)
{
	size_t done;
	struct node *n = tree_nearest(root, path, &done);

	return path[done] ? NULL : n;
}

static void tree_replace(struct node *n, struct blob *value,
			 struct perms *perms, struct account *a)
{
	struct blob *old_value = n->value;
	struct perms *old_perms = n->perms;

	node_drop_content(n, a);
	account_add(a, perms_owner(n->perms), -1, -node_own_cost(n));
	n->value = blob_ref(value);
	n->perms = perms_ref(perms);
	n->gen = tree_next_gen();
	account_add(a, perms_owner(n->perms), 1, node_own_cost(n));
	blob_unref(old_value);
	perms_unref(old_perms);
}

bool tree_set(struct node **root, const char *path, struct blob *value,
	      struct perms *perms, struct account *a)
{
	size_t done;

	tree_nearest(*root, path, &done);
	if (path[done] && strchr(path + done + 1, '/'))
		return false;
	tree_make(root, path, value, perms, a);
	return true;
}

static struct node *tree_add(struct node *n, uint32_t at, const char *name,
			     size_t len, struct blob *value,
			     struct perms *perms, struct account *a)
{
	struct node *new = node_new(name, len, value, perms);

	node_insert(n, at, new);
	account_add(a, perms_owner(perms), 1, node_own_cost(new));
	return new;
}

void tree_make(struct node **root, const char *path, struct blob *value,
	       struct perms *perms, struct account *a)
{
	struct node *n = node_own(root, a);
	struct blob *empty = blob_new(NULL, 0);
	bool found = true;
	size_t len;

	while ((len = tree_component(&path))) {
		uint32_t at = node_position(n, path, len, &found);

		n = found ? node_own(&n->child[at], a) :
			tree_add(n, at, path, len, path[len] ? empty : value,
				 perms, a);
		path += len;
	}
	blob_unref(empty);
	if (found)
		tree_replace(n, value, perms, a);
}

static void tree_uncharge(struct node *n, struct account *a)
{
	account_add(a, perms_owner(n->perms), -1, -node_own_cost(n));
	node_drop_copy(n, a);
	node_drop_content(n, a);
	for (uint32_t i = 0; i < n->count; i++)
		tree_uncharge(n->child[i], a);
}

struct node *tree_remove(struct node **root, const char *path,
			 struct account *a)
{
	struct node *parent = NULL, *removed, **slot = root;
	uint32_t at = 0;
	size_t len;
	bool found;

	if (!tree_find(*root, path))
		return NULL;
	while ((len = tree_component(&path))) {
		parent = node_own(slot, a);
		at = node_position(parent, path, len, &found);
		slot = &parent->child[at];
		path += len;
	}
	if (!parent)
		return NULL;
	removed = *slot;
	memmove(&parent->child[at], &parent->child[at + 1],
		(--parent->count - at) * sizeof(parent->child[0]));
	parent->child_gen = tree_next_gen();
	tree_uncharge(removed, a);
	return removed;
}

/* Copies a child only if there is something to change at or below it. */
static bool tree_names(const struct node *n, uint16_t domid)
{
	if (perms_names(n->perms, domid))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (tree_names(n->child[i], domid))
			return true;
	return false;
}

static void tree_forget_own(struct node *n, uint16_t domid, struct account *a)
{
	struct perms *rest = perms_without(n->perms, domid);

	if (rest)
		tree_replace(n, n->value, rest, a);
	perms_unref(rest);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i]->refs == 1 || tree_names(n->child[i], domid))
			tree_forget_own(node_own(&n->child[i], a), domid, a);
}

void tree_forget(struct node **root, uint16_t domid, struct account *a)
{
	tree_forget_own(node_own(root, a), domid, a);
}

struct tree_walk {
	char path[XENSTORE_ABS_PATH_MAX + 2];
	tree_walk_fn fn;
	void *arg;
};

static void tree_walk_below(struct tree_walk *w, size_t len, struct node *n,
			    struct node *parent)
{
	w->fn(len ? w->path : "/", n, parent, w->arg);
	for (uint32_t i = 0; i < n->count; i++) {
		size_t add = strlen(n->child[i]->name) + 1;

		w->path[len] = '/';
		strcpy(w->path + len + 1, n->child[i]->name);
		tree_walk_below(w, len + add, n->child[i], n);
		w->path[len] = '\0';
	}
}

void tree_walk(const char *path, struct node *n, tree_walk_fn fn, void *arg)
{
	struct tree_walk w = { .fn = fn, .arg = arg };

	strcpy(w.path, path);
	tree_walk_below(&w, strcmp(path, "/") ? strlen(path) : 0, n, NULL);
}
