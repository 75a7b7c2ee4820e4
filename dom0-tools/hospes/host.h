/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's facts, as `info` shows them: an ordered list of keys. */
#ifndef HOSPES_HOST_H
#define HOSPES_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;

struct host_fact {
	char key[28];
	bool is_number;
	int64_t number;
	char text[1100];	/* also the text of a number */
};

struct host_facts {
	struct host_fact list[48];
	size_t count;
};

/* A connection to the hypervisor; NULL after a complaint. */
struct control *host_open(void);
/* 0 or -errno. */
int host_collect(struct control *c, struct host_facts *facts);

#endif
