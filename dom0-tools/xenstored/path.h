/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of nodes: what is valid, and relative to absolute. */
#ifndef XENSTORED_PATH_H
#define XENSTORED_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

struct path {
	char s[XENSTORE_ABS_PATH_MAX + 1];
	/* Offset of the relative name that was asked for; 0: it was absolute. */
	size_t relative;
};

/*
 * Makes @name absolute, from the home of @domid if it is relative.
 * Returns 0 or EINVAL. @special: names such as @releaseDomain are welcome.
 */
int path_resolve(struct path *out, const char *name, uint16_t domid,
		 bool special);
bool path_is_special(const char *path);
/* Its parts: 0 for the root. */
size_t path_depth(const char *path);
/* Length of the parent's path: 1 for children of the root. */
size_t path_parent_len(const char *path);
void path_parent(struct path *out, const char *path);
/* The first @len bytes of a path. */
void path_cut(struct path *out, const char *path, size_t len);
/* Where the component ends that begins with the slash at @at. */
size_t path_next(const char *path, size_t at);

#endif
