/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions: each works on its own snapshot and remembers which nodes its
 * result depends on. At the end, if none of those has changed meanwhile, what
 * it did is done again on the tree of the day; else the client gets EAGAIN.
 */
#ifndef XENSTORED_TRANSACTION_H
#define XENSTORED_TRANSACTION_H

#include "list.h"
#include "store.h"
#include "strmap.h"

/* How a result depends on a node. */
#define TOUCH_NODE	1	/* on its value, permissions or absence */
#define TOUCH_CHILDREN	2	/* on the names of its children */
#define TOUCH_TREE	4	/* on everything below */

struct transaction {
	struct list link;
	uint32_t id;
	uint16_t owner;
	/*
	 * Will get EAGAIN whatever it does: it was open when the daemon died,
	 * or lasted too long. Reads see the committed tree, writes vanish.
	 */
	bool doomed;
	uint64_t started;	/* seconds, of a clock that nobody sets */
	/* All open ones, in the order in which they began. */
	struct list all;
	/* What was current when this number was given is in the snapshot. */
	uint64_t gen;
	/* Bytes that only snapshots keep, this one among them. */
	uint64_t pinned;
	struct node *base;
	struct node *root;
	struct strmap touched;
	uint64_t charged;
	struct view view;
};

struct transaction *transaction_new(uint32_t id, uint16_t owner);
void transaction_free(struct transaction *tx);
void transaction_doom(struct transaction *tx);
uint64_t transaction_clock(void);
/*
 * A piece of the committed tree, there since @gen, has gone: those whose
 * snapshots have it pay for it.
 */
void transaction_pin(uint64_t gen, uint64_t bytes);
/* Gives up those whose domains can no longer pay. */
void transaction_settle(void);
/* EAGAIN on conflict, ENOSPC if a quota would be passed. tx stays to be freed. */
int transaction_commit(struct transaction *tx);

/* The view to run a request on, and afterwards. */
struct view *transaction_enter(struct transaction *tx);
void transaction_leave(struct transaction *tx);

/* Both may be called without a transaction and return ENOSPC over quota. */
int transaction_touch(struct transaction *tx, const char *path, int how);
int transaction_charge(struct transaction *tx, uint64_t bytes);

#endif
