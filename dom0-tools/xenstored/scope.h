/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection that serves one device: it reads the folders of both ends,
 * writes below its own end, watches both, and can do nothing else. Whoever
 * holds it may have been taken over by the guest of that device.
 */
#ifndef XENSTORED_SCOPE_H
#define XENSTORED_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

struct node;

/* What a message wants of the path that it names. */
enum scope_access { SCOPE_NOTHING, SCOPE_SEES, SCOPE_ALTERS };

struct scope {
	char *other;		/* folder of the other end */
	char *own;
};

struct scope *scope_new(const char *other, const char *own);
void scope_free(struct scope *s);
bool scope_allows(const struct scope *s, const char *path,
		  enum scope_access access);
/*
 * May so much be added below the own folder? 0, ENOENT when it has been taken
 * away, or ENOSPC: dom0 has no quota, a device has.
 */
int scope_charge(const struct scope *s, struct node *root, int nodes,
		 int64_t bytes);
/* Watches that such a connection may have. */
#define SCOPE_WATCHES	16

#endif
