/* SPDX-License-Identifier: BSD-2-Clause */
/* What a connection that serves one device may do. */
#include "scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tree.h"

/* Far more than any backend writes. */
#define SCOPE_NODES	128
#define SCOPE_BYTES	(128 * 1024)

struct scope *scope_new(const char *other, const char *own)
{
	struct scope *s = mem_zalloc(sizeof(*s));

	s->other = mem_strdup(other);
	s->own = mem_strdup(own);
	return s;
}

void scope_free(struct scope *s)
{
	if (!s)
		return;
	free(s->other);
	free(s->own);
	free(s);
}

/* 0: elsewhere, 1: the folder itself, 2: below it. */
static int scope_place(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	if (strncmp(folder, path, len))
		return 0;
	if (!path[len])
		return 1;
	return path[len] == '/' ? 2 : 0;
}

bool scope_allows(const struct scope *s, const char *path,
		  enum scope_access access)
{
	switch (access) {
	case SCOPE_SEES:
		return scope_place(s->own, path) || scope_place(s->other, path);
	case SCOPE_ALTERS:
		return scope_place(s->own, path) == 2;
	default:
		return false;
	}
}

static void scope_count(const char *path, struct node *n, struct node *parent,
			void *arg)
{
	int64_t *had = arg;

	(void)parent;
	had[0]++;
	had[1] += node_cost(path, n->value, n->perms);
}

int scope_charge(const struct scope *s, struct node *root, int nodes,
		 int64_t bytes)
{
	struct node *own = tree_find(root, s->own);
	int64_t had[2] = { 0, 0 };

	if (!own)
		return ENOENT;
	tree_walk(s->own, own, scope_count, had);
	if (nodes > 0 && had[0] + nodes > SCOPE_NODES)
		return ENOSPC;
	return bytes > 0 && had[1] + bytes > SCOPE_BYTES ? ENOSPC : 0;
}
