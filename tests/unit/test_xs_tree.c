/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's tree: snapshots that never change, accounts that stay true. */
#include <stdio.h>
#include <string.h>
#include "xenstored/path.h"
#include "xenstored/tree.h"
#include "xs_check.h"
#include "xs_fake.h"

static struct account none;

static void set(struct node **root, const char *path, const char *value,
		struct account *a)
{
	struct perm p = { 0, PERM_READ };
	struct perms *perms = perms_new(&p, 1);
	struct blob *b = blob_new(value, strlen(value));

	ck_assert(tree_set(root, path, b, perms, a));
	blob_unref(b);
	perms_unref(perms);
}

static struct node *fresh(void)
{
	struct perm p = { 0, 0 };
	struct perms *perms = perms_new(&p, 1);
	struct node *root = tree_new(perms);

	perms_unref(perms);
	return root;
}

static bool has(struct node *root, const char *path, const char *value)
{
	struct node *n = tree_find(root, path);

	return n && n->value->len == strlen(value) &&
		!memcmp(n->value->data, value, n->value->len);
}

START_TEST(snapshot_keeps)
{
	struct node *root = fresh(), *snap;

	set(&root, "/a", "1", &none);
	set(&root, "/a/b", "2", &none);
	snap = node_ref(root);
	set(&root, "/a/b", "3", &none);
	set(&root, "/a/c", "4", &none);
	node_unref(tree_remove(&root, "/a/b", &none));
	ck_assert(has(snap, "/a/b", "2"));
	ck_assert_ptr_null(tree_find(snap, "/a/c"));
	ck_assert(has(root, "/a/c", "4"));
	ck_assert_ptr_null(tree_find(root, "/a/b"));
	node_unref(snap);
	node_unref(root);
	account_free(&none);
}
END_TEST

START_TEST(unshared_in_place)
{
	struct node *root = fresh(), *a, *snap;

	set(&root, "/a", "1", &none);
	a = tree_find(root, "/a");
	set(&root, "/a", "2", &none);
	ck_assert_ptr_eq(a, tree_find(root, "/a"));
	snap = node_ref(root);
	set(&root, "/b", "3", &none);
	ck_assert_ptr_eq(a, tree_find(root, "/a"));
	set(&root, "/a", "4", &none);
	ck_assert_ptr_ne(a, tree_find(root, "/a"));
	node_unref(snap);
	node_unref(root);
	account_free(&none);
}
END_TEST

START_TEST(prefix_names)
{
	struct node *root = fresh();

	set(&root, "/ab", "1", &none);
	set(&root, "/a", "2", &none);
	set(&root, "/abc", "3", &none);
	ck_assert(has(root, "/a", "2"));
	ck_assert(has(root, "/ab", "1"));
	ck_assert(has(root, "/abc", "3"));
	ck_assert_ptr_null(tree_find(root, "/abcd"));
	ck_assert_ptr_null(tree_find(root, "/a/b"));
	node_unref(root);
	account_free(&none);
}
END_TEST

/* Random sets and removes, with snapshots held, against a recount. */
START_TEST(random_account)
{
	struct node *root = fresh(), *snap[8] = { NULL };
	struct account a = { 0 };
	int64_t count = 0;

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		char path[64];
		int s = random() % 8;

		snprintf(path, sizeof(path), "/d%ld", random() % 5);
		if (random() % 4) {
			set(&root, path, "", &a);
			snprintf(path + strlen(path), 32, "/%ld",
				 random() % 50);
			set(&root, path, path, &a);
		} else {
			node_unref(tree_remove(&root, path, &a));
		}
		if (random() % 16)
			continue;
		node_unref(snap[s]);
		snap[s] = node_ref(root);
	}
	for (uint32_t i = 0; i < root->count; i++)
		count += 1 + root->child[i]->count;
	ck_assert_int_eq(account_line(&a, 0)->nodes, count);
	while (root->count) {
		char path[64];

		snprintf(path, sizeof(path), "/%s", root->child[0]->name);
		node_unref(tree_remove(&root, path, &a));
	}
	ck_assert_int_eq(account_line(&a, 0)->nodes, 0);
	ck_assert_int_eq(account_line(&a, 0)->bytes, 0);
	for (int i = 0; i < 8; i++)
		node_unref(snap[i]);
	node_unref(root);
	account_free(&a);
}
END_TEST

START_TEST(paths)
{
	static char longest[XENSTORE_ABS_PATH_MAX + 2];
	struct path p;

	ck_assert(!path_resolve(&p, "/", 0, false));
	ck_assert(!path_resolve(&p, "device/vbd", 7, false));
	ck_assert_str_eq(p.s, "/local/domain/7/device/vbd");
	ck_assert_str_eq(p.s + p.relative, "device/vbd");
	ck_assert(path_resolve(&p, "", 0, false));
	ck_assert(path_resolve(&p, "/a/", 0, false));
	ck_assert(path_resolve(&p, "a/", 0, false));
	ck_assert(path_resolve(&p, "//a", 0, false));
	ck_assert(path_resolve(&p, "/a b", 0, false));
	ck_assert(path_resolve(&p, "/a.b", 0, false));
	ck_assert(path_resolve(&p, "@releaseDomain", 0, false));
	ck_assert(!path_resolve(&p, "@releaseDomain", 0, true));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	ck_assert(path_resolve(&p, longest, 0, false));
	longest[XENSTORE_ABS_PATH_MAX] = '\0';
	ck_assert(!path_resolve(&p, longest, 0, false));
	longest[0] = 'x';
	ck_assert(path_resolve(&p, longest, 0, false));
	longest[XENSTORE_REL_PATH_MAX] = '\0';
	ck_assert(!path_resolve(&p, longest, 32000, false));
}
END_TEST

XS_SUITE(xs_tree, snapshot_keeps, unshared_in_place, prefix_names,
	random_account, paths)
