/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the whole store: rights of dead domains, and a recount. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

struct store_forget {
	uint16_t domid;
	struct view view;
	char **paths;
	size_t count;
};

static void store_forget_node(const char *path, struct node *n,
			      struct node *parent, void *arg)
{
	struct store_forget *f = arg;
	struct perms *rest = perms_without(n->perms, f->domid);

	(void)parent;
	if (!rest)
		return;
	perms_unref(rest);
	f->paths = mem_realloc(f->paths, (f->count + 1) * sizeof(*f->paths));
	f->paths[f->count++] = mem_strdup(path);
}

static void store_forget_special(struct perms **perms, uint16_t domid)
{
	struct perms *rest = perms_without(*perms, domid);

	if (!rest)
		return;
	perms_unref(*perms);
	*perms = rest;
}

void store_forget_domain(uint16_t domid)
{
	struct store_forget f = { .domid = domid };

	tree_walk("/", store_root, store_forget_node, &f);
	for (size_t i = 0; i < f.count; i++) {
		struct node *n = tree_find(store_root, f.paths[i]);
		struct perms *rest = perms_without(n->perms, domid);
		struct blob *value = blob_ref(n->value);

		tree_set(&store_root, f.paths[i], value, rest,
			 &f.view.account);
		perms_unref(rest);
		blob_unref(value);
		free(f.paths[i]);
	}
	account_apply(&f.view.account);
	account_free(&f.view.account);
	free(f.paths);
	store_forget_special(store_special("@introduceDomain"), domid);
	store_forget_special(store_special("@releaseDomain"), domid);
}

static void store_check_node(const char *path, struct node *n,
			     struct node *parent, void *arg)
{
	struct account *a = arg;

	(void)parent;
	account_add(a, perms_owner(n->perms), 1,
		    node_cost(path, n->value, n->perms));
}

bool store_check(void)
{
	struct account a = { 0 };
	bool good = true;

	tree_walk("/", store_root, store_check_node, &a);
	for (uint32_t d = 0; d < DOMID_LIMIT; d++)
		if (usage_of(d)->nodes != account_line(&a, d)->nodes)
			good = false;
	account_free(&a);
	return good;
}
