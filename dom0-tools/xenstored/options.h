/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef XENSTORED_OPTIONS_H
#define XENSTORED_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *socket;
	const char *state;
	const char *pid_file;
	int ready_fd;		/* -1: none */
	bool domains;
	uint64_t journal_limit;	/* 0: the usual */
};

/* Exits on --help and on mistakes (status 2). */
void options_parse(struct options *o, int argc, char **argv);

#endif
