/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line that all backends share. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdint.h>

struct options {
	uint32_t domid;
	uint32_t devid;
	int tap_fd;		/* netback: required there, -1 elsewhere */
};

/* Exits with 2 and a usage line if something is wrong. */
void options_parse(struct options *o, const char *name, int wants_tap,
		   int argc, char **argv);

#endif
