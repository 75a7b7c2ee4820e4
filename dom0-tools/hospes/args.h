/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of a command, by a table. */
#ifndef HOSPES_ARGS_H
#define HOSPES_ARGS_H

#include "hospes/hospes.h"

struct arg_option {
	const char *name;	/* without the dashes; NULL ends the table */
	char letter;		/* 0: none */
	bool *flag;		/* either a flag ... */
	const char **value;	/* ... or a value */
};

/*
 * Takes the options out of argv, wherever they are before "--".  Returns the
 * number of other arguments, left in argv[1..]; or -1 when *status is the exit
 * status: usage was complained about, or help was printed.
 */
int args_parse(const struct command *cmd, const struct arg_option *options,
	       int argc, char **argv, int *status);

#endif
