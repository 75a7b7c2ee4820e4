/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of nodes: what is valid, and relative to absolute. */
#include "path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char path_chars[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/_@";

static bool path_valid(const char *path)
{
	size_t len = strlen(path);

	if (path[strspn(path, path_chars)])
		return false;
	if (strstr(path, "//"))
		return false;
	return len == 1 || path[len - 1] != '/';
}

bool path_is_special(const char *path)
{
	return path[0] == '@';
}

static int path_resolve_relative(struct path *out, const char *name,
				 uint16_t domid)
{
	if (strlen(name) > XENSTORE_REL_PATH_MAX)
		return EINVAL;
	out->relative = snprintf(out->s, sizeof(out->s), "/local/domain/%u/",
				 domid);
	strcpy(out->s + out->relative, name);
	return path_valid(out->s) ? 0 : EINVAL;
}

int path_resolve(struct path *out, const char *name, uint16_t domid,
		 bool special)
{
	if (name[0] != '/' && !path_is_special(name))
		return path_resolve_relative(out, name, domid);
	if (path_is_special(name) && !special)
		return EINVAL;
	if (strlen(name) > XENSTORE_ABS_PATH_MAX || !path_valid(name))
		return EINVAL;
	strcpy(out->s, name);
	out->relative = 0;
	return 0;
}

size_t path_depth(const char *path)
{
	size_t n = 0;

	if (!strcmp(path, "/"))
		return 0;
	for (; *path; path++)
		n += *path == '/';
	return n;
}

size_t path_parent_len(const char *path)
{
	size_t len = strrchr(path, '/') - path;

	return len ? len : 1;
}

void path_cut(struct path *out, const char *path, size_t len)
{
	memmove(out->s, path, len);
	out->s[len] = '\0';
	out->relative = 0;
}

void path_parent(struct path *out, const char *path)
{
	path_cut(out, path, path_parent_len(path));
}

size_t path_next(const char *path, size_t at)
{
	return at + 1 + strcspn(path + at + 1, "/");
}
