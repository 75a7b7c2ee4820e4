/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: words NAME=VALUE, separated by blanks. */
#include "kernel.h"

const char *option(const char *name)
{
	static char copies[8][128];
	static unsigned int used;
	const char *p = (const char *)start_info->cmd_line;
	size_t n = strlen(name), len;

	for (; *p; p += len) {
		while (*p == ' ')
			p++;
		for (len = 0; p[len] && p[len] != ' '; len++)
			;
		if (len <= n || memcmp(p, name, n) || p[n] != '=')
			continue;
		if (len - n > sizeof(copies[0]) || used == ARRAY_SIZE(copies))
			panic("option %s is too long", name);
		memcpy(copies[used], p + n + 1, len - n - 1);
		return copies[used++];
	}
	return NULL;
}

u32 option_number(const char *name, u32 fallback)
{
	const char *p = option(name);
	u32 n = 0;

	if (!p)
		return fallback;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + *p - '0';
	if (*p)
		panic("option %s is no number", name);
	return n;
}
