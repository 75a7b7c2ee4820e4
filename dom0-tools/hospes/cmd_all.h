/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands with --all. */
#ifndef HOSPES_CMD_ALL_H
#define HOSPES_CMD_ALL_H

#include "hospes/hospes.h"

struct all_request {
	const char *cmd;	/* of the API */
	bool wait;
	int64_t timeout_ms;	/* 0: none; the same for each */
};

/* Returns an exit status; done only if each of the guests answered so. */
int command_for_all(const struct all_request *r);

#endif
