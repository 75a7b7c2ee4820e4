/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watches, found by the path they stand on: a change looks up as many paths as
 * it has components, however many watches there are.
 */
#ifndef XENSTORED_WATCH_H
#define XENSTORED_WATCH_H

#include "list.h"
#include "store.h"
#include "strmap.h"

struct conn;
struct msg;
struct path;

struct watch_path {
	struct strmap_item item;
	struct list watches;
};

struct watch {
	struct list link;	/* in the connection's */
	struct list on_path;	/* in the path's */
	struct conn *conn;
	struct watch_path *path;
	/* So much of a path is cut off before telling it. */
	size_t relative;
	/* The latest event that waits to be sent. */
	struct msg *last;
	/* Events were dropped; one in place of them all is owed. */
	bool overflow;
	char token[];
};

/* EEXIST, E2BIG over quota. No event is fired. */
int watch_add(struct conn *c, const struct path *path, const char *token,
	      struct watch **out);
/* ENOENT. */
int watch_remove(struct conn *c, const char *path, const char *token);
void watch_remove_all(struct conn *c);
/* The event that every new watch gets. */
void watch_fire_first(struct watch *w);
/* The path as the client named it. */
const char *watch_name(const struct watch *w, const char *path);

void watch_fire_change(const struct change *c);
/* @introduceDomain, @releaseDomain. */
void watch_fire_special(const char *name);
/* Sends what is owed, if there is room by now. */
void watch_settle(struct conn *c);

#endif
