/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a command by its name or a prefix of it that is unique. */
#include <stdio.h>
#include <string.h>

#include "hospes/hospes.h"

static bool is_prefix(const char *prefix, const char *name)
{
	return !strncmp(prefix, name, strlen(prefix));
}

enum resolve command_resolve(const struct command *table, const char *name,
			     const struct command **found)
{
	unsigned int matches = 0;

	*found = NULL;
	for (const struct command *c = table; c->name; c++) {
		if (!is_prefix(name, c->name))
			continue;
		*found = c;
		if (!strcmp(name, c->name))
			return RESOLVED;
		matches++;
	}
	if (matches == 1 && *name)
		return RESOLVED;
	*found = NULL;
	return matches && *name ? RESOLVE_AMBIGUOUS : RESOLVE_UNKNOWN;
}

void command_matches(const struct command *table, const char *prefix,
		     char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (const struct command *c = table; c->name; c++) {
		int n;

		if (!is_prefix(prefix, c->name))
			continue;
		n = snprintf(buf + used, size - used, "%s%s",
			     used ? ", " : "", c->name);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}
