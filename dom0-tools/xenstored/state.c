/* SPDX-License-Identifier: BSD-2-Clause */
/* How each kind of change is written down, and the state as a snapshot. */
#include "state.h"

#include <stdio.h>
#include <string.h>
#include "domain.h"
#include "journal.h"
#include "path.h"
#include "state_records.h"
#include "watch.h"

static unsigned int state_depth;
char state_boot_id[40];

void state_begin(void)
{
	if (!state_depth++)
		journal_begin();
}

void state_end(void)
{
	if (!--state_depth)
		journal_end();
}

static void state_put_perms(struct buf *b, const struct perms *p)
{
	buf_bytes(b, p->p, p->count * sizeof(p->p[0]));
}

static void state_put_node(const char *path, const struct blob *value,
			   const struct perms *perms)
{
	struct buf *b = journal_record(RECORD_NODE);

	buf_str(b, path);
	state_put_perms(b, perms);
	buf_bytes(b, value->data, value->len);
}

void state_log_change(const struct change *c)
{
	if (c->removed)
		buf_str(journal_record(RECORD_REMOVE), c->path);
	else
		state_put_node(c->path, c->value, c->perms);
}

void state_log_special(const char *path, const struct perms *perms)
{
	struct buf *b = journal_record(RECORD_SPECIAL);

	buf_str(b, path);
	state_put_perms(b, perms);
}

void state_log_quota(unsigned int quota)
{
	struct buf *b = journal_record(RECORD_QUOTA);
	uint64_t value = quota_get(quota);

	buf_str(b, quota_name(quota));
	buf_bytes(b, &value, sizeof(value));
}

static struct buf *state_record(uint8_t type, uint16_t domid)
{
	struct buf *b = journal_record(type);

	buf_u32(b, domid);
	return b;
}

void state_log_introduce(const struct domain *d)
{
	struct buf *b = state_record(RECORD_INTRODUCE, d->domid);

	buf_bytes(b, &d->gfn, sizeof(d->gfn));
	buf_u32(b, d->port);
	buf_u32(b, d->ring.in_pos);
}

void state_log_release(uint16_t domid)
{
	state_record(RECORD_RELEASE, domid);
}

void state_log_target(const struct domain *d)
{
	buf_u32(state_record(RECORD_TARGET, d->domid), d->conn.who.target);
}

void state_log_shutdown(const struct domain *d)
{
	buf_u32(state_record(RECORD_SHUTDOWN, d->domid), d->shutdown);
}

void state_log_broken(const struct domain *d)
{
	state_record(RECORD_BROKEN, d->domid);
}

void state_log_reconnect(const struct domain *d)
{
	state_record(RECORD_RECONNECT, d->domid);
}

static const struct domain *state_domain(const struct conn *c)
{
	return c->lasting ? c->owner : NULL;
}

void state_log_consumed(const struct conn *c)
{
	const struct domain *d = state_domain(c);

	if (d)
		buf_u32(state_record(RECORD_CONSUMED, d->domid),
			d->ring.in_pos);
}

static void state_put_partial(const struct domain *d)
{
	const struct conn *c = &d->conn;
	struct buf *b = state_record(RECORD_PARTIAL, d->domid);
	size_t head = c->in_len;

	buf_u32(b, d->ring.in_pos);
	buf_u32(b, c->in_len);
	if (head > sizeof(c->head))
		head = sizeof(c->head);
	buf_bytes(b, &c->head, head);
	buf_bytes(b, c->in, c->in_len - head);
}

void state_log_partial(const struct conn *c)
{
	if (!state_domain(c))
		return;
	state_begin();
	state_put_partial(state_domain(c));
	state_end();
}

void state_log_out(const struct conn *c, const struct msg *m)
{
	const struct domain *d = state_domain(c);
	struct buf *b;

	if (!d)
		return;
	b = state_record(RECORD_OUT, d->domid);
	buf_u32(b, m->pos);
	buf_bytes(b, m->data, m->len);
}

void state_log_watch(const struct conn *c, const struct path *path,
		     const char *token)
{
	const struct domain *d = state_domain(c);
	struct buf *b;

	if (!d)
		return;
	b = state_record(RECORD_WATCH, d->domid);
	buf_str(b, path->s);
	buf_u32(b, path->relative);
	buf_str(b, token);
}

void state_log_unwatch(const struct conn *c, const char *path,
		       const char *token)
{
	const struct domain *d = state_domain(c);
	struct buf *b;

	if (!d)
		return;
	b = state_record(RECORD_UNWATCH, d->domid);
	buf_str(b, path);
	buf_str(b, token);
}

void state_log_reset_watches(const struct conn *c)
{
	if (state_domain(c))
		state_record(RECORD_RESET_WATCHES, c->who.domid);
}

void state_log_next_tx(const struct conn *c)
{
	if (state_domain(c))
		buf_u32(state_record(RECORD_NEXT_TX, c->who.domid),
			c->next_tx);
}

/* Whole paths would be most of the file. */
static void state_snapshot_node(const char *path, struct node *n,
				struct node *parent, void *arg)
{
	struct buf *b;

	(void)arg;
	journal_begin();
	if (!parent) {
		state_put_node(path, n->value, n->perms);
	} else {
		b = journal_record(RECORD_TREE);
		buf_u32(b, path_depth(path));
		buf_str(b, n->name);
		state_put_perms(b, n->perms);
		buf_bytes(b, n->value->data, n->value->len);
	}
	journal_end();
}

static void state_snapshot_watches(const struct domain *d)
{
	struct list *i;

	for (i = d->conn.watches.next; i != &d->conn.watches; i = i->next) {
		struct watch *w = list_item(i, struct watch, link);
		struct path p = { .relative = w->relative };

		strcpy(p.s, w->path->item.key);
		state_log_watch(&d->conn, &p, w->token);
	}
}

static void state_snapshot_domain(struct domain *d, void *arg)
{
	(void)arg;
	journal_begin();
	state_log_introduce(d);
	state_log_target(d);
	state_log_shutdown(d);
	state_log_next_tx(&d->conn);
	state_put_partial(d);
	state_snapshot_watches(d);
	for (struct msg *m = d->conn.out; m; m = m->next)
		if (m->journaled)
			state_log_out(&d->conn, m);
	if (d->broken)
		state_log_broken(d);
	journal_end();
}

static void state_snapshot_special(const char *path)
{
	state_log_special(path, *store_special(path));
}

static void state_snapshot(void)
{
	journal_begin();
	buf_str(journal_record(RECORD_BOOT), state_boot());
	buf_u32(journal_record(RECORD_INCARNATION), state_incarnation());
	for (int q = 0; q < QUOTA_COUNT; q++)
		state_log_quota(q);
	state_snapshot_special("@introduceDomain");
	state_snapshot_special("@releaseDomain");
	journal_end();
	tree_walk("/", store_root, state_snapshot_node, NULL);
	domain_each(state_snapshot_domain, NULL);
}

const char *state_boot(void)
{
	FILE *f;

	if (state_boot_id[0])
		return state_boot_id;
	f = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (!f || !fgets(state_boot_id, sizeof(state_boot_id), f))
		strcpy(state_boot_id, "unknown");
	if (f)
		fclose(f);
	return state_boot_id;
}

int state_start(const char *path)
{
	return journal_start(path, state_snapshot);
}
