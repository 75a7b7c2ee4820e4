/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactions. */
#include "transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct touched {
	struct strmap_item item;
	int how;
	/* The last change of this node, for firing its watches once. */
	size_t last;
};

static struct list transaction_list = { &transaction_list, &transaction_list };
static bool transaction_too_much;

uint64_t transaction_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void touched_release(struct strmap_item *item)
{
	free(list_item(item, struct touched, item));
}

struct transaction *transaction_new(uint32_t id, uint16_t owner)
{
	struct transaction *tx = mem_zalloc(sizeof(*tx));

	list_init(&tx->link);
	tx->id = id;
	tx->owner = owner;
	tx->started = transaction_clock();
	tx->gen = tree_last_gen();
	list_add_tail(&transaction_list, &tx->all);
	tx->base = node_ref(store_root);
	tx->root = node_ref(store_root);
	tx->view.root = &tx->root;
	tx->view.tx = tx;
	usage_of(owner)->transactions++;
	return tx;
}

static void transaction_drop(struct transaction *tx)
{
	node_unref(tx->base);
	node_unref(tx->root);
	tx->base = tx->root = NULL;
	strmap_free(&tx->touched, touched_release);
	account_free(&tx->view.account);
	changes_free(&tx->view.changes);
	usage_of(tx->owner)->bytes -= tx->charged + tx->pinned;
	tx->charged = tx->pinned = 0;
}

void transaction_free(struct transaction *tx)
{
	transaction_drop(tx);
	usage_of(tx->owner)->transactions--;
	list_remove(&tx->link);
	list_remove(&tx->all);
	free(tx);
}

void transaction_doom(struct transaction *tx)
{
	transaction_drop(tx);
	tx->doomed = true;
}

void transaction_pin(uint64_t gen, uint64_t bytes)
{
	struct list *i = transaction_list.prev;

	for (; i != &transaction_list; i = i->prev) {
		struct transaction *tx = list_item(i, struct transaction, all);

		if (tx->gen < gen)
			return;
		if (tx->doomed)
			continue;
		tx->pinned += bytes;
		usage_of(tx->owner)->bytes += bytes;
		if (tx->owner && usage_of(tx->owner)->bytes >
		    quota_get(QUOTA_MEMORY))
			transaction_too_much = true;
	}
}

void transaction_settle(void)
{
	struct list *i, *tmp;

	if (!transaction_too_much)
		return;
	transaction_too_much = false;
	list_each(i, tmp, &transaction_list) {
		struct transaction *tx = list_item(i, struct transaction, all);

		if (tx->owner && tx->pinned && usage_of(tx->owner)->bytes >
		    quota_get(QUOTA_MEMORY))
			transaction_doom(tx);
	}
}

struct view *transaction_enter(struct transaction *tx)
{
	if (tx->doomed)
		tx->root = node_ref(store_root);
	return &tx->view;
}

void transaction_leave(struct transaction *tx)
{
	if (tx->doomed)
		transaction_drop(tx);
}

int transaction_charge(struct transaction *tx, uint64_t bytes)
{
	if (!tx)
		return 0;
	bytes += sizeof(struct touched) + sizeof(struct change);
	if (!quota_allows(tx->owner, &tx->view.account, 0, bytes))
		return ENOSPC;
	tx->charged += bytes;
	usage_of(tx->owner)->bytes += bytes;
	return 0;
}

int transaction_touch(struct transaction *tx, const char *path, int how)
{
	struct strmap_item *item;
	struct touched *t;

	if (!tx || tx->doomed)
		return 0;
	item = strmap_find(&tx->touched, path, strlen(path));
	if (item) {
		list_item(item, struct touched, item)->how |= how;
		return 0;
	}
	if (tx->owner && tx->touched.count >=
	    quota_get(QUOTA_TRANSACTION_NODES))
		return ENOSPC;
	if (transaction_charge(tx, strlen(path)))
		return ENOSPC;
	t = mem_zalloc(sizeof(*t));
	t->how = how;
	strmap_add(&tx->touched, &t->item, path);
	return 0;
}

static bool touched_changed(const struct touched *t, struct node *base)
{
	struct node *then = tree_find(base, t->item.key);
	struct node *now = tree_find(store_root, t->item.key);

	if (then == now)
		return false;
	if (!then || !now || (t->how & TOUCH_TREE))
		return true;
	if (then->gen != now->gen)
		return true;
	return (t->how & TOUCH_CHILDREN) && then->child_gen != now->child_gen;
}

static bool transaction_conflicts(const struct transaction *tx)
{
	struct strmap_item *i;

	for (size_t b = 0; b < tx->touched.size; b++)
		for (i = tx->touched.bucket[b]; i; i = i->next)
			if (touched_changed(list_item(i, struct touched, item),
					    tx->base))
				return true;
	return false;
}

/* Parents that it made are made again; that they are missing was touched. */
static bool transaction_set(struct change *c, struct node **root,
			    struct account *a)
{
	tree_make(root, c->path, c->value, c->perms, a);
	return true;
}

static bool transaction_redo(struct change *c, struct node **root,
			     struct account *a)
{
	struct node *gone;

	if (!c->removed)
		return transaction_set(c, root, a);
	gone = tree_remove(root, c->path, a);
	node_unref(c->removed);
	c->removed = gone;
	return gone;
}

/* Does everything again on a snapshot of today's tree. */
static int transaction_merge(struct transaction *tx)
{
	struct node *root = node_ref(store_root);
	struct changes *l = &tx->view.changes;
	struct account a = { .committed = true };
	bool good = true;

	for (size_t i = 0; good && i < l->count; i++)
		good = transaction_redo(&l->c[i], &root, &a);
	node_unref(tx->root);
	tx->root = root;
	account_free(&tx->view.account);
	tx->view.account = a;
	return good ? 0 : EAGAIN;
}

/* Another transaction of the same domain may have used its quota up. */
static bool transaction_over_quota(const struct transaction *tx)
{
	const struct account_line *line =
		account_line(&tx->view.account, tx->owner);

	return tx->owner && line->nodes > 0 &&
		usage_of(tx->owner)->nodes + line->nodes >
		(int64_t)quota_get(QUOTA_NODES);
}

static bool transaction_repeats(const struct change *a, const struct change *b)
{
	return !a->removed && !b->removed && !a->old_perms;
}

/* Of several changes to a node only the last one fires its watches. */
static void transaction_fire_once(struct transaction *tx)
{
	struct changes *l = &tx->view.changes;

	for (size_t i = 0; i < l->count; i++) {
		struct strmap_item *item = strmap_find(&tx->touched,
				l->c[i].path, strlen(l->c[i].path));
		struct touched *t = list_item(item, struct touched, item);

		if (!l->c[i].fire)
			continue;
		if (t->last && transaction_repeats(&l->c[t->last - 1],
						   &l->c[i]))
			l->c[t->last - 1].fire = false;
		t->last = i + 1;
	}
}

int transaction_commit(struct transaction *tx)
{
	int err = 0;

	if (tx->doomed)
		return EAGAIN;
	/* What it read was true together, when it began. */
	if (!tx->view.changes.count)
		return 0;
	if (store_root != tx->base && transaction_conflicts(tx))
		return EAGAIN;
	/* Also if nothing has changed: what it replaces is accounted for here. */
	err = transaction_merge(tx);
	if (!err && transaction_over_quota(tx))
		err = ENOSPC;
	if (err)
		return err;
	transaction_fire_once(tx);
	node_unref(store_root);
	store_root = node_ref(tx->root);
	account_apply(&tx->view.account);
	store_publish(&tx->view.changes);
	return 0;
}
