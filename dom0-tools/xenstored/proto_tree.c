/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages about nodes, watches and transactions. */
#include "proto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "journal.h"
#include "path.h"
#include "state.h"
#include "watch.h"

static int proto_path(struct request *r, struct path *p, bool special)
{
	const struct scope *scope = r->c->who.scope;
	int err = path_resolve(p, r->arg[0], r->c->who.domid, special);

	if (!err && scope && !scope_allows(scope, p->s, r->access))
		return EACCES;
	return err;
}

int proto_directory(struct request *r)
{
	struct path p;
	struct node *n;
	int err = proto_path(r, &p, false);

	if (!err)
		err = store_get_children(r->view, &r->c->who, p.s, &n);
	if (err)
		return err;
	for (uint32_t i = 0; i < n->count; i++) {
		buf_put(&r->out, n->child[i]->name,
			strlen(n->child[i]->name) + 1);
		if (r->out.len > XENSTORE_PAYLOAD_MAX)
			return E2BIG;
	}
	return 0;
}

/*
 * A generation, by which the client sees whether the parts belong together,
 * then as many names from a byte offset as fit; an empty name ends the list.
 */
int proto_directory_part(struct request *r)
{
	unsigned long from = strtoul(r->arg[1], NULL, 10), at = 0;
	struct path p;
	struct node *n;
	char gen[24];
	int err = proto_path(r, &p, false);

	if (!err)
		err = store_get_children(r->view, &r->c->who, p.s, &n);
	if (err)
		return err;
	snprintf(gen, sizeof(gen), "%" PRIu64, n->child_gen);
	buf_put(&r->out, gen, strlen(gen) + 1);
	for (uint32_t i = 0; i < n->count; i++) {
		size_t len = strlen(n->child[i]->name) + 1;

		if (at >= from) {
			if (r->out.len + len > XENSTORE_PAYLOAD_MAX - 1)
				return 0;
			buf_put(&r->out, n->child[i]->name, len);
		}
		at += len;
	}
	buf_put(&r->out, "", 1);
	return 0;
}

int proto_read(struct request *r)
{
	struct path p;
	struct node *n;
	int err = proto_path(r, &p, false);

	if (!err)
		err = store_get(r->view, &r->c->who, p.s, PERM_READ, &n);
	if (!err)
		buf_put(&r->out, n->value->data, n->value->len);
	return err;
}

int proto_write(struct request *r)
{
	size_t skip = strlen(r->arg[0]) + 1;
	struct path p;
	int err = proto_path(r, &p, false);

	if (err)
		return err;
	return store_write(r->view, &r->c->who, p.s, r->data + skip,
			   r->len - skip);
}

int proto_mkdir(struct request *r)
{
	struct path p;
	int err = proto_path(r, &p, false);

	return err ? err : store_mkdir(r->view, &r->c->who, p.s);
}

int proto_rm(struct request *r)
{
	struct path p;
	int err = proto_path(r, &p, false);

	return err ? err : store_remove(r->view, &r->c->who, p.s);
}

int proto_get_perms(struct request *r)
{
	struct perms *perms;
	struct path p;
	int err = proto_path(r, &p, true);

	if (!err)
		err = store_get_perms(r->view, &r->c->who, p.s, &perms);
	if (!err)
		perms_format(perms, &r->out);
	return err;
}

int proto_set_perms(struct request *r)
{
	size_t skip = strlen(r->arg[0]) + 1;
	struct perms *perms;
	struct path p;
	int err = proto_path(r, &p, true);

	if (err)
		return err;
	perms = perms_parse(r->data + skip, r->len - skip);
	if (!perms)
		return EINVAL;
	err = store_set_perms(r->view, &r->c->who, p.s, perms);
	perms_unref(perms);
	return err;
}

int proto_watch(struct request *r)
{
	struct path p;
	int err = proto_path(r, &p, true);

	if (!err && path_is_special(p.s) && !store_special(p.s))
		err = ENOENT;
	if (!err)
		err = watch_add(r->c, &p, r->arg[1], &r->watch);
	if (!err)
		state_log_watch(r->c, &p, r->arg[1]);
	return err;
}

int proto_unwatch(struct request *r)
{
	struct path p;
	int err = proto_path(r, &p, true);

	if (!err)
		err = watch_remove(r->c, p.s, r->arg[1]);
	if (!err)
		state_log_unwatch(r->c, p.s, r->arg[1]);
	return err;
}

int proto_reset_watches(struct request *r)
{
	watch_remove_all(r->c);
	state_log_reset_watches(r->c);
	return 0;
}

static bool proto_transactions_full(const struct conn *c)
{
	return c->who.domid && usage_of(c->who.domid)->transactions >=
		quota_get(QUOTA_TRANSACTIONS);
}

static uint32_t proto_transaction_id(struct conn *c)
{
	do {
		if (!c->next_tx)
			c->next_tx = 1;
	} while (conn_transaction(c, c->next_tx++));
	return c->next_tx - 1;
}

int proto_transaction_start(struct request *r)
{
	struct transaction *tx;
	char id[16];

	if (r->head->tx_id)
		return EBUSY;
	if (proto_transactions_full(r->c))
		return ENOSPC;
	tx = transaction_new(proto_transaction_id(r->c), r->c->who.domid);
	list_add_tail(&r->c->transactions, &tx->link);
	state_log_next_tx(r->c);
	snprintf(id, sizeof(id), "%u", tx->id);
	buf_put(&r->out, id, strlen(id) + 1);
	return 0;
}

int proto_transaction_end(struct request *r)
{
	int err = 0;

	if (strcmp(r->arg[0], "T") && strcmp(r->arg[0], "F"))
		return EINVAL;
	if (!r->tx)
		return ENOENT;
	if (r->arg[0][0] == 'T')
		err = journal_room(4 * r->tx->charged, r->c->who.domid) ?
			transaction_commit(r->tx) : ENOSPC;
	transaction_free(r->tx);
	return err;
}
