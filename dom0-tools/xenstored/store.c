/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on the store with permissions and quotas. */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"
#include "scope.h"
#include "state.h"
#include "transaction.h"
#include "watch.h"

struct node *store_root;

static struct perms *store_introduce_perms;
static struct perms *store_release_perms;

void store_init(void)
{
	struct perm owner = { 0, 0 };
	struct account a = { 0 };

	store_introduce_perms = perms_new(&owner, 1);
	store_release_perms = perms_new(&owner, 1);
	store_root = tree_new(store_introduce_perms);
	tree_dropped = transaction_pin;
	account_add(&a, 0, 1, node_cost("/", store_root->value,
					store_root->perms));
	account_apply(&a);
	account_free(&a);
}

void store_free(void)
{
	node_unref(store_root);
	perms_unref(store_introduce_perms);
	perms_unref(store_release_perms);
	store_root = NULL;
}

struct perms **store_special(const char *path)
{
	if (!strcmp(path, "@introduceDomain"))
		return &store_introduce_perms;
	if (!strcmp(path, "@releaseDomain"))
		return &store_release_perms;
	return NULL;
}

/* Takes over the references to the contents. */
static struct change *store_note(struct view *v, const char *path)
{
	struct changes *l = &v->changes;
	struct change *c;

	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 4;
		l->c = mem_realloc(l->c, l->room * sizeof(*l->c));
	}
	c = &l->c[l->count++];
	*c = (struct change){ .path = mem_strdup(path), .fire = true };
	return c;
}

void changes_free(struct changes *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->c[i].path);
		blob_unref(l->c[i].value);
		perms_unref(l->c[i].perms);
		perms_unref(l->c[i].old_perms);
		node_unref(l->c[i].removed);
	}
	free(l->c);
	*l = (struct changes){ 0 };
}

/* The nearest existing node at or above @path, which @above names on return. */
static struct node *store_ancestor(struct view *v, const char *path,
				   struct path *above, size_t *done)
{
	struct node *n = tree_nearest(*v->root, path, done);

	path_cut(above, *done ? path : "/", *done ? *done : 1);
	return n;
}

/*
 * Only who could have the right on the nearest node above may learn that
 * there is nothing.
 */
static int store_missing(struct view *v, const struct who *w,
			 const char *path, unsigned int rights)
{
	struct path above;
	size_t done;
	struct node *n = store_ancestor(v, path, &above, &done);
	int err = transaction_touch(v->tx, above.s, TOUCH_NODE);

	if (err)
		return err;
	if ((perms_rights(n->perms, w) & rights) != rights)
		return EACCES;
	return ENOENT;
}

static int store_access(struct view *v, const struct who *w, const char *path,
			unsigned int rights, int touch, struct node **out)
{
	int err = transaction_touch(v->tx, path, touch);

	if (err)
		return err;
	*out = tree_find(*v->root, path);
	if (!*out)
		return store_missing(v, w, path, rights);
	if ((perms_rights((*out)->perms, w) & rights) != rights)
		return EACCES;
	return 0;
}

int store_get(struct view *v, const struct who *w, const char *path,
	      unsigned int rights, struct node **out)
{
	return store_access(v, w, path, rights, TOUCH_NODE, out);
}

int store_get_children(struct view *v, const struct who *w, const char *path,
		       struct node **out)
{
	return store_access(v, w, path, PERM_READ, TOUCH_NODE | TOUCH_CHILDREN,
			    out);
}

int store_get_perms(struct view *v, const struct who *w, const char *path,
		    struct perms **out)
{
	struct perms **special = store_special(path);
	struct node *n;
	int err;

	if (path_is_special(path)) {
		if (!special)
			return ENOENT;
		*out = *special;
		return perms_rights(*out, w) & PERM_READ ? 0 : EACCES;
	}
	err = store_get(v, w, path, PERM_READ, &n);
	if (!err)
		*out = n->perms;
	return err;
}

/* Everything was checked: this cannot fail. */
static void store_set(struct view *v, const char *path, struct blob *value,
		      struct perms *perms)
{
	struct change *c = store_note(v, path);

	c->value = blob_ref(value);
	c->perms = perms_ref(perms);
	tree_make(v->root, path, value, perms, &v->account);
}

/* May the caller add this to what @owner has? */
static int store_charge(struct view *v, const struct who *w, uint16_t owner,
			int nodes, int64_t bytes)
{
	if (w->scope)
		return scope_charge(w->scope, *v->root, nodes, bytes);
	if (who_privileged(w))
		return 0;
	if (!quota_allows(owner, &v->account, nodes, bytes))
		return ENOSPC;
	return 0;
}

/* What creating @path below its first @done bytes would cost, and may it be? */
static int store_may_create(struct view *v, const struct who *w,
			    const char *path, size_t done,
			    struct blob *value, struct perms *perms)
{
	int64_t bytes = value->len;
	int nodes = 0, err;
	struct path first;

	if (!who_privileged(w) && path_depth(path) > quota_get(QUOTA_DEPTH))
		return ENOSPC;
	/* If this one is still missing, so is all below it. */
	path_cut(&first, path, path_next(path, done));
	err = transaction_touch(v->tx, first.s, TOUCH_NODE);
	if (err)
		return err;
	for (size_t end = done, from; path[end]; nodes++) {
		from = end;
		end = path_next(path, end);
		bytes += node_cost_named(end - from - 1, 0, perms);
	}
	return store_charge(v, w, perms_owner(perms), nodes, bytes);
}

/* Parents that are missing come to be as well, empty. */
static int store_create(struct view *v, const struct who *w, const char *path,
			struct blob *value)
{
	struct path above;
	struct perms *perms;
	struct node *n;
	size_t done;
	int err;

	n = store_ancestor(v, path, &above, &done);
	perms = !w->domid ? perms_ref(n->perms) :
		perms_with_owner(n->perms, w->domid);
	err = store_may_create(v, w, path, done, value, perms);
	if (!err)
		store_set(v, path, value, perms);
	perms_unref(perms);
	return err;
}

static int store_replace(struct view *v, const struct who *w, const char *path,
			 struct node *n, struct blob *value)
{
	int64_t more = (int64_t)value->len - n->value->len;
	int err = store_charge(v, w, perms_owner(n->perms), 0, more);
	struct perms *perms;

	if (err)
		return err;
	perms = perms_ref(n->perms);
	store_set(v, path, value, perms);
	perms_unref(perms);
	return 0;
}

int store_write(struct view *v, const struct who *w, const char *path,
		const void *data, size_t len)
{
	struct blob *value;
	struct node *n;
	int err = store_get(v, w, path, PERM_WRITE, &n);

	if (err && err != ENOENT)
		return err;
	if (!who_privileged(w) && len > quota_get(QUOTA_NODE_SIZE))
		return ENOSPC;
	value = blob_new(data, len);
	if (transaction_charge(v->tx, strlen(path) + len))
		err = ENOSPC;
	else if (err)
		err = store_create(v, w, path, value);
	else
		err = store_replace(v, w, path, n, value);
	blob_unref(value);
	return err;
}

int store_mkdir(struct view *v, const struct who *w, const char *path)
{
	struct blob *empty;
	struct node *n;
	int err = store_get(v, w, path, PERM_WRITE, &n);

	if (err != ENOENT)
		return err;
	if (transaction_charge(v->tx, strlen(path)))
		return ENOSPC;
	empty = blob_new(NULL, 0);
	err = store_create(v, w, path, empty);
	blob_unref(empty);
	return err;
}

/* What is not there counts as removed, if its parent is there. */
static int store_remove_missing(struct view *v, const char *path)
{
	struct path parent;

	path_parent(&parent, path);
	if (transaction_touch(v->tx, parent.s, TOUCH_NODE))
		return ENOSPC;
	return tree_find(*v->root, parent.s) ? 0 : ENOENT;
}

int store_remove(struct view *v, const struct who *w, const char *path)
{
	struct node *n;
	int err = store_get(v, w, path, PERM_WRITE, &n);

	if (err == ENOENT)
		return store_remove_missing(v, path);
	if (err)
		return err;
	if (!strcmp(path, "/"))
		return EINVAL;
	err = transaction_touch(v->tx, path, TOUCH_TREE);
	if (err)
		return err;
	if (transaction_charge(v->tx, strlen(path)))
		return ENOSPC;
	n = tree_remove(v->root, path, &v->account);
	store_note(v, path)->removed = n;
	return 0;
}

static int store_set_special(const struct who *w, const char *path,
			     struct perms *perms)
{
	struct perms **special = store_special(path);

	if (!special)
		return ENOENT;
	if (!who_privileged(w))
		return EACCES;
	perms_unref(*special);
	*special = perms_ref(perms);
	state_log_special(path, perms);
	return 0;
}

int store_set_perms(struct view *v, const struct who *w, const char *path,
		    struct perms *perms)
{
	struct perms *old;
	struct blob *value;
	struct node *n;
	int err;

	if (!who_privileged(w) && perms->count > quota_get(QUOTA_PERMS))
		return ENOSPC;
	if (path_is_special(path))
		return store_set_special(w, path, perms);
	err = store_get(v, w, path, PERM_OWNER, &n);
	if (err)
		return err;
	if (!who_privileged(w) && perms_owner(perms) != perms_owner(n->perms))
		return EPERM;
	if (transaction_charge(v->tx, strlen(path) + n->value->len))
		return ENOSPC;
	old = perms_ref(n->perms);
	value = blob_ref(n->value);
	store_set(v, path, value, perms);
	v->changes.c[v->changes.count - 1].old_perms = old;
	blob_unref(value);
	return 0;
}

void store_view(struct view *v)
{
	*v = (struct view){
		.root = &store_root, .account = { .committed = true },
	};
}

void store_publish(struct changes *l)
{
	for (size_t i = 0; i < l->count; i++)
		state_log_change(&l->c[i]);
	for (size_t i = 0; i < l->count; i++)
		if (l->c[i].fire)
			watch_fire_change(&l->c[i]);
}

void store_commit(struct view *v)
{
	account_apply(&v->account);
	store_publish(&v->changes);
	account_free(&v->account);
	changes_free(&v->changes);
}
