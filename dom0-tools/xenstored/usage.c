/* SPDX-License-Identifier: BSD-2-Clause */
/* What each domain's nodes, watches and transactions cost, and the limits. */
#include "usage.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lib/log.h"

static struct usage usage_table[DOMID_LIMIT];

struct usage *usage_of(uint16_t domid)
{
	return &usage_table[domid];
}

void usage_reset(void)
{
	memset(usage_table, 0, sizeof(usage_table));
}

void account_add(struct account *a, uint16_t domid, int nodes, int64_t bytes)
{
	struct account_line *line;

	for (size_t i = 0; i < a->count; i++) {
		if (a->lines[i].domid != domid)
			continue;
		a->lines[i].nodes += nodes;
		a->lines[i].bytes += bytes;
		return;
	}
	a->lines = mem_realloc(a->lines, (a->count + 1) * sizeof(*a->lines));
	line = &a->lines[a->count++];
	line->domid = domid;
	line->nodes = nodes;
	line->bytes = bytes;
}

const struct account_line *account_line(const struct account *a,
					uint16_t domid)
{
	static const struct account_line none;

	for (size_t i = 0; i < a->count; i++)
		if (a->lines[i].domid == domid)
			return &a->lines[i];
	return &none;
}

void account_apply(const struct account *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct usage *u = usage_of(a->lines[i].domid);

		u->nodes += a->lines[i].nodes;
		u->bytes += a->lines[i].bytes;
	}
}

void account_free(struct account *a)
{
	free(a->lines);
	*a = (struct account){ 0 };
}

static const struct {
	const char *name;
	uint64_t value;
	const char *help;
} quota_row[QUOTA_COUNT] = {
	[QUOTA_NODES] = { "nodes", 1000, "nodes owned" },
	[QUOTA_NODE_SIZE] = { "node-size", 2048, "bytes of a node's value" },
	[QUOTA_PERMS] = { "node-permissions", 5, "entries of a node" },
	[QUOTA_WATCHES] = { "watches", 128, "watches" },
	[QUOTA_TRANSACTIONS] = { "transactions", 10, "open transactions" },
	[QUOTA_TRANSACTION_NODES] = { "transaction-nodes", 1024,
				      "nodes touched in a transaction" },
	[QUOTA_TRANSACTION_SECONDS] = { "transaction-seconds", 30,
			"seconds until an open transaction is given up" },
	[QUOTA_OUTSTANDING] = { "outstanding", 20,
				"requests whose replies were not read" },
	[QUOTA_MEMORY] = { "memory", 2 << 20,
			   "bytes of nodes, watches, transactions" },
	[QUOTA_DEPTH] = { "depth", 64, "parts of a node's path" },
};

static uint64_t quota_value[QUOTA_COUNT];
static bool quota_fixed[QUOTA_COUNT];

/* Seconds between two messages about one domain. */
#define QUOTA_QUIET	60

void quota_defaults(void)
{
	for (int q = 0; q < QUOTA_COUNT; q++)
		quota_value[q] = quota_row[q].value;
}

const char *quota_name(enum quota q)
{
	return quota_row[q].name;
}

const char *quota_help(enum quota q)
{
	return quota_row[q].help;
}

uint64_t quota_get(enum quota q)
{
	return quota_value[q];
}

void quota_set(enum quota q, uint64_t value)
{
	quota_value[q] = value;
}

void quota_fix(enum quota q, uint64_t value)
{
	quota_value[q] = value;
	quota_fixed[q] = true;
}

void quota_load(enum quota q, uint64_t value)
{
	if (!quota_fixed[q])
		quota_value[q] = value;
}

void quota_hit(uint16_t domid, const char *request)
{
	struct usage *u = usage_of(domid);
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (u->told && (uint64_t)now.tv_sec - u->told < QUOTA_QUIET) {
		u->untold++;
		return;
	}
	log_warn("domain %u: %s refused, it is at a limit: %u nodes, %u "
		 "watches, %u transactions, %llu bytes (%u such before); see "
		 "xenstored --help", domid, request, u->nodes, u->watches,
		 u->transactions, (unsigned long long)u->bytes, u->untold);
	u->told = now.tv_sec ? now.tv_sec : 1;
	u->untold = 0;
}

enum quota quota_find(const char *name)
{
	int q = 0;

	while (q < QUOTA_COUNT && strcmp(quota_row[q].name, name))
		q++;
	return q;
}

bool quota_allows(uint16_t domid, const struct account *a, int64_t nodes,
		  int64_t bytes)
{
	const struct account_line *line = account_line(a, domid);
	const struct usage *u = usage_of(domid);

	if (!domid)
		return true;
	if (nodes > 0 && (int64_t)u->nodes + line->nodes + nodes >
	    (int64_t)quota_get(QUOTA_NODES))
		return false;
	return bytes <= 0 || (int64_t)u->bytes + line->bytes + bytes <=
		(int64_t)quota_get(QUOTA_MEMORY);
}
