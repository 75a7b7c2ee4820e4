/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of nodes, immutable wherever it is shared.
 *
 * A reference to a root is a snapshot of the whole tree and costs nothing. A
 * change walks down from the root and copies every node on its way that
 * somebody else refers to as well; what nobody else sees is changed in place.
 * Hence two equal pointers, one of them in a held snapshot, mean that nothing
 * at or below the node has changed since.
 */
#ifndef XENSTORED_TREE_H
#define XENSTORED_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "perms.h"
#include "usage.h"

struct blob {
	uint32_t refs;
	uint32_t len;
	char data[];
};

struct blob *blob_new(const void *data, size_t len);
struct blob *blob_ref(struct blob *b);
void blob_unref(struct blob *b);

struct node {
	uint32_t refs;
	uint32_t count;
	uint32_t room;
	/* Generations: of value and permissions; of the set of children. */
	uint64_t gen;
	uint64_t child_gen;
	/* Of this copy of it. */
	uint64_t birth;
	struct perms *perms;
	struct blob *value;
	/* Sorted by name. */
	struct node **child;
	char name[];
};

struct node *node_ref(struct node *n);
void node_unref(struct node *n);
/* What a node costs its owner. */
int64_t node_cost(const char *path, const struct blob *value,
		  const struct perms *perms);
int64_t node_cost_named(size_t name, size_t value, const struct perms *perms);

/* Every change gets a number that no other change ever had. */
uint64_t tree_next_gen(void);
void tree_start_gen(uint64_t gen);
uint64_t tree_last_gen(void);
/*
 * Told of every piece of the committed tree that goes: snapshots of @gen and
 * later keep it.
 */
extern void (*tree_dropped)(uint64_t gen, uint64_t bytes);

struct node *tree_new(struct perms *perms);
struct node *tree_find(struct node *root, const char *path);
/* The last node on the way to @path that exists; @done bytes lead to it. */
struct node *tree_nearest(struct node *root, const char *path, size_t *done);
/*
 * Gives the node this value and these permissions, making it if its parent
 * exists. False: no parent. Takes own references to @value and @perms.
 */
bool tree_set(struct node **root, const char *path, struct blob *value,
	      struct perms *perms, struct account *a);
/* The same, and makes all parents that are missing, without values. */
void tree_make(struct node **root, const char *path, struct blob *value,
	       struct perms *perms, struct account *a);
/* A domain that is dead loses its nodes and its rights, everywhere. */
void tree_forget(struct node **root, uint16_t domid, struct account *a);
/* Returns the removed subtree with a reference for the caller, or NULL. */
struct node *tree_remove(struct node **root, const char *path,
			 struct account *a);

/* @path is the node's own; the walk is parents first. */
typedef void (*tree_walk_fn)(const char *path, struct node *n,
			     struct node *parent, void *arg);
void tree_walk(const char *path, struct node *n, tree_walk_fn fn, void *arg);

#endif
