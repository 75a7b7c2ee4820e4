/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of a command, by a table.  See args.h. */
#include <string.h>

#include "hospes/args.h"

static const struct arg_option *find(const struct arg_option *options,
				     const char *name, size_t len)
{
	for (; options->name; options++)
		if (strlen(options->name) == len &&
		    !strncmp(options->name, name, len))
			return options;
	return NULL;
}

static const struct arg_option *find_letter(const struct arg_option *options,
					    const char *arg)
{
	for (; options->name; options++)
		if (options->letter && arg[1] == options->letter && !arg[2])
			return options;
	return NULL;
}

/* Handles argv[*i]; 0, or EXIT_USAGE. */
static int take_option(const struct command *cmd,
		       const struct arg_option *options, int argc, char **argv,
		       int *i)
{
	const struct arg_option *o;
	char *arg = argv[*i], *value = NULL;

	if (arg[1] == '-') {
		value = strchr(arg, '=');
		o = find(options, arg + 2, value ?
			 (size_t)(value - arg - 2) : strlen(arg + 2));
		if (value)
			value++;
	} else {
		o = find_letter(options, arg);
	}
	if (!o)
		return usage_error(cmd, "unknown option '%s'", arg);
	if (o->flag) {
		if (value)
			return usage_error(cmd, "--%s takes no value", o->name);
		*o->flag = true;
		return 0;
	}
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value)
		return usage_error(cmd, "--%s needs a value", o->name);
	*o->value = value;
	return 0;
}

int args_parse(const struct command *cmd, const struct arg_option *options,
	       int argc, char **argv, int *status)
{
	bool literal = false;
	int count = 0;

	for (int i = 1; i < argc; i++) {
		if (literal || argv[i][0] != '-' || !argv[i][1]) {
			argv[++count] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			literal = true;
		} else if (!strcmp(argv[i], "--help") ||
			   !strcmp(argv[i], "-h")) {
			print_command_help(cmd);
			*status = EXIT_DONE;
			return -1;
		} else {
			*status = take_option(cmd, options, argc, argv, &i);
			if (*status)
				return -1;
		}
	}
	return count;
}
