/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each domain's nodes, watches and transactions cost, and the limits.
 * Every byte of the store is charged to one domain.
 */
#ifndef XENSTORED_USAGE_H
#define XENSTORED_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "perms.h"

struct usage {
	uint32_t nodes;
	uint32_t watches;
	uint32_t transactions;
	/* When a refusal was said last, and how many were not. */
	uint64_t told;
	uint32_t untold;
	/*
	 * Nodes, watches, the logs of open transactions, and what has changed
	 * since they began, which they keep.
	 */
	uint64_t bytes;
};

struct usage *usage_of(uint16_t domid);
void usage_reset(void);

/* A change of node counts that is not yet, and perhaps never, real. */
struct account {
	struct account_line {
		uint16_t domid;
		int64_t nodes;
		int64_t bytes;
	} *lines;
	size_t count;
	/* Of the committed tree: what goes from it may be in a snapshot. */
	bool committed;
};

void account_add(struct account *a, uint16_t domid, int nodes, int64_t bytes);
const struct account_line *account_line(const struct account *a,
					uint16_t domid);
void account_apply(const struct account *a);
void account_free(struct account *a);

/* Limits of unprivileged domains, one row each in usage.c. */
enum quota {
	QUOTA_NODES,
	QUOTA_NODE_SIZE,
	QUOTA_PERMS,
	QUOTA_WATCHES,
	QUOTA_TRANSACTIONS,
	QUOTA_TRANSACTION_NODES,
	QUOTA_TRANSACTION_SECONDS,
	QUOTA_OUTSTANDING,
	QUOTA_MEMORY,
	QUOTA_DEPTH,
	QUOTA_COUNT,
};

const char *quota_name(enum quota q);
const char *quota_help(enum quota q);
uint64_t quota_get(enum quota q);
void quota_set(enum quota q, uint64_t value);
/* QUOTA_COUNT if there is none of that name. */
enum quota quota_find(const char *name);
void quota_defaults(void);
/* By the command line: what a state says of it does not count. */
void quota_fix(enum quota q, uint64_t value);
void quota_load(enum quota q, uint64_t value);
/* A request of @domid was refused: said in the log, for each now and then. */
void quota_hit(uint16_t domid, const char *request);

/* May @domid have @nodes and @bytes more than it has, @a counted in? */
bool quota_allows(uint16_t domid, const struct account *a, int64_t nodes,
		  int64_t bytes);

#endif
