/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the whole store: rights of dead domains, and a recount. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

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
	struct account a = { .committed = true };

	tree_forget(&store_root, domid, &a);
	account_apply(&a);
	account_free(&a);
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
