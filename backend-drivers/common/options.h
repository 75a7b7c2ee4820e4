/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line that all backends share. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdint.h>

struct options {
	uint32_t domid;
	uint32_t devid;
	uint32_t user;		/* to become, shared with nobody */
	/* Inherited: the image or TAP, the store, and where others come from. */
	int device_fd;
	int store_fd;
	int store_wire;
	const char *name;	/* of the image or TAP, for messages */
};

/* Exits with 2 and a usage line if something is wrong. */
void options_parse(struct options *o, const char *program, int argc,
		   char **argv);

#endif
