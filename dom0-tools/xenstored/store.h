/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on the store with permissions and quotas, on the committed tree
 * or on a transaction's. All return 0 or a positive errno of the protocol.
 */
#ifndef XENSTORED_STORE_H
#define XENSTORED_STORE_H

#include "tree.h"

struct transaction;

/* One step of what was changed: enough to redo, to journal, to tell watches. */
struct change {
	char *path;
	/* Not if a later change of the same node tells it. */
	bool fire;
	/* Set: the new content. Removed: both NULL. */
	struct blob *value;
	struct perms *perms;
	/* Those who could read it before are told as well. */
	struct perms *old_perms;
	struct node *removed;
};

struct changes {
	struct change *c;
	size_t count;
	size_t room;
};

/* A tree to work on, and where to note what was done to it. */
struct view {
	struct node **root;
	struct account account;
	struct changes changes;
	struct transaction *tx;
};

/* The committed tree. */
extern struct node *store_root;

void store_init(void);
void store_free(void);
/* Perms of @introduceDomain or @releaseDomain; NULL: no such thing. */
struct perms **store_special(const char *path);

int store_get(struct view *v, const struct who *w, const char *path,
	      unsigned int rights, struct node **out);
/* As store_get for reading the names of its children. */
int store_get_children(struct view *v, const struct who *w, const char *path,
		       struct node **out);
int store_get_perms(struct view *v, const struct who *w, const char *path,
		    struct perms **out);
int store_write(struct view *v, const struct who *w, const char *path,
		const void *data, size_t len);
int store_mkdir(struct view *v, const struct who *w, const char *path);
int store_remove(struct view *v, const struct who *w, const char *path);
/* Takes its own reference to @perms. */
int store_set_perms(struct view *v, const struct who *w, const char *path,
		    struct perms *perms);

/* Begins an operation on the committed tree; store_commit ends it. */
void store_view(struct view *v);
void store_commit(struct view *v);
/* Journals the changes and fires the watches; the tree has them already. */
void store_publish(struct changes *c);
/* A dead domain loses its nodes and its rights. */
void store_forget_domain(uint16_t domid);
/* Recounts every node; false if the accounts are wrong. */
bool store_check(void);

void changes_free(struct changes *c);

#endif
