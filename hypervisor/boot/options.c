/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's command line: one table of all options. */
#include "boot/loader.h"
#include "lib/printf.h"
#include "lib/string.h"

struct options options = {
	.loglevel = LOG_INFO + 1,
	.guest_loglevel = LOG_WARNING + 1,
	.console_com1 = true,
	.com1_baud = 115200,
	.reboot = "acpi",
	.smap = true,
	.smep = true,
	.spec_ctrl = "auto",
	.max_cpus = 256,
	.sched_ratelimit_us = 500,
};

enum option_type {
	OPT_BOOL,	/* NAME, no-NAME, NAME=0, NAME=off … */
	OPT_UINT, OPT_SIZE, OPT_STRING, OPT_LEVEL, OPT_CONSOLE
};

struct option {
	char name[20];
	u8 type;
	u8 size;		/* of the string */
	void *dest;
};

static const struct option table[] = {
	{ "com1", OPT_UINT, 0, &options.com1_baud },
	{ "console", OPT_CONSOLE, 0, NULL },
	{ "dom0_max_vcpus", OPT_UINT, 0, &options.dom0_max_vcpus },
	{ "dom0_mem", OPT_SIZE, 0, &options.dom0_mem },
	{ "guest_loglvl", OPT_LEVEL, 0, &options.guest_loglevel },
	{ "loglvl", OPT_LEVEL, 0, &options.loglevel },
	{ "maxcpus", OPT_UINT, 0, &options.max_cpus },
	{ "noreboot", OPT_BOOL, 0, &options.no_reboot },
	{ "reboot", OPT_STRING, sizeof(options.reboot), options.reboot },
	{ "sched_ratelimit_us", OPT_UINT, 0, &options.sched_ratelimit_us },
	{ "smap", OPT_BOOL, 0, &options.smap },
	{ "smep", OPT_BOOL, 0, &options.smep },
	{ "spec-ctrl", OPT_STRING, sizeof(options.spec_ctrl),
	  options.spec_ctrl },
};

/* 512M, 1G, 0x1000; a bare number counts KiB as elsewhere in this ABI. */
static __init bool parse_size(const char *s, u64 *out)
{
	const char *end;
	u64 n = strtou64(s, &end, 0);

	if (end == s)
		return false;
	switch (*end) {
	case 'G': case 'g':
		n *= GIB;
		end++;
		break;
	case 'M': case 'm':
		n *= MIB;
		end++;
		break;
	case 'B': case 'b':
		end++;
		break;
	case 'K': case 'k':
		end++;
		/* fall through */
	default:
		n *= KIB;
	}
	*out = n;
	return *end == '\0';
}

static __init bool parse_bool(const char *s, bool *out)
{
	static const char no[][6] __initconst = {
		"0", "no", "off", "false"
	};

	*out = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(no); i++)
		if (!strcmp(s, no[i]))
			*out = false;
	return true;
}

/* "all", "info", or "error/warning": the part before the slash counts. */
static __init bool parse_level(const char *s, unsigned int *out)
{
	static const char names[][8] __initconst = {
		"none", "error", "warning", "info", "debug"
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(s, names[i], n) || (s[n] && s[n] != '/'))
			continue;
		*out = i;
		return true;
	}
	*out = LOG_DEBUG + 1;
	return !strcmp(s, "all");
}

static __init bool parse_console(const char *s)
{
	bool none = !strcmp(s, "none");

	if (!none && strcmp(s, "com1"))
		return false;
	options.console_com1 = !none;
	return true;
}

static __init bool parse_value(const struct option *o, const char *value)
{
	const char *end;
	u64 n;

	switch (o->type) {
	case OPT_BOOL:
		return parse_bool(value, o->dest);
	case OPT_UINT:
		n = strtou64(value, &end, 0);
		*(u32 *)o->dest = n;
		return end != value && n == (u32)n;
	case OPT_SIZE:
		return parse_size(value, o->dest);
	case OPT_STRING:
		return strlcpy(o->dest, value, o->size) < o->size;
	case OPT_LEVEL:
		return parse_level(value, o->dest);
	case OPT_CONSOLE:
		return parse_console(value);
	}
	return false;
}

static __init const struct option *find_option(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(name, table[i].name))
			return &table[i];
	return NULL;
}

static __init void parse_word(char *word)
{
	char *value = strchr(word, '=');
	const struct option *o;

	if (value)
		*value++ = '\0';
	o = find_option(word);
	if (!o && !value && !strncmp(word, "no-", 3)) {
		o = find_option(word + 3);
		value = (char *)"off";
	}
	if (!o) {
		pr_warn("option %s is unknown\n", word);
		return;
	}
	if (!value && o->type != OPT_BOOL) {
		pr_warn("option %s needs a value\n", word);
		return;
	}
	if (!parse_value(o, value ? value : "on"))
		pr_warn("option %s: %s is no valid value\n", word, value);
}

__init void options_parse(const char *line)
{
	char word[64];

	while (*line) {
		size_t n = 0;

		while (*line == ' ')
			line++;
		for (; *line && *line != ' '; line++)
			if (n + 1 < sizeof(word))
				word[n++] = *line;
		word[n] = '\0';
		if (n)
			parse_word(word);
	}
}
