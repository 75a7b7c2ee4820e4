/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the store: its queues. */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "busy.h"
#include "conn_errors.h"
#include "lib/log.h"
#include "proto.h"
#include "scope.h"
#include "state.h"
#include "watch.h"

/* Requests of one client in a row, while others wait. */
#define CONN_TURN	8
/* A turn ends early when it has taken so long. */
#define CONN_TURN_NS	500000
/* Nobody keeps more unread replies than this. */
#define CONN_REPLY_BYTES	(64 * 1024)
/* dom0's kernel speaks for many processes. */
#define CONN_OUTSTANDING_DOM0	1000

static struct list conn_list = { &conn_list, &conn_list };
static struct list conn_ready = { &conn_ready, &conn_ready };
static struct list conn_dirty = { &conn_dirty, &conn_dirty };

void conn_init(struct conn *c, const struct transport *t, void *owner,
	       uint16_t domid)
{
	memset(c, 0, sizeof(*c));
	c->transport = t;
	c->owner = owner;
	c->who = (struct who){ .domid = domid, .target = DOMID_NONE };
	c->next_tx = 1;
	c->out_tail = &c->out;
	list_init(&c->ready);
	list_init(&c->dirty);
	list_init(&c->watches);
	list_init(&c->transactions);
	list_add_tail(&conn_list, &c->link);
}

static void conn_drop_transactions(struct conn *c)
{
	struct list *i, *tmp;

	list_each(i, tmp, &c->transactions)
		transaction_free(list_item(i, struct transaction, link));
}

void conn_reset(struct conn *c)
{
	conn_drop_transactions(c);
	watch_remove_all(c);
	while (c->out)
		conn_sent(c);
	c->in_len = 0;
	c->overflowed = false;
	c->lost_tx = 0;
}

void conn_free(struct conn *c)
{
	conn_reset(c);
	list_remove(&c->link);
	list_remove(&c->ready);
	list_remove(&c->dirty);
	scope_free(c->who.scope);
	c->who.scope = NULL;
}

void conn_mark_ready(struct conn *c)
{
	if (list_empty(&c->ready) && !c->dead)
		list_add_tail(&conn_ready, &c->ready);
}

void conn_mark_dirty(struct conn *c)
{
	if (list_empty(&c->dirty) && !c->dead)
		list_add_tail(&conn_dirty, &c->dirty);
}

void conn_kill(struct conn *c)
{
	if (c->dead)
		return;
	list_remove(&c->ready);
	conn_mark_dirty(c);
	c->dead = true;
}

struct msg *conn_queue(struct conn *c, const void *data, size_t len)
{
	struct msg *m = mem_zalloc(sizeof(*m) + len);

	memcpy(m->data, data, len);
	m->len = len;
	m->pos = c->out_end;
	c->out_end += len;
	*c->out_tail = m;
	c->out_tail = &m->next;
	c->replies++;
	c->reply_bytes += len;
	conn_mark_dirty(c);
	return m;
}

void conn_reply(struct conn *c, const struct xsd_sockmsg *to, uint32_t type,
		const void *data, size_t len)
{
	struct xsd_sockmsg head = *to;
	struct buf b = { 0 };
	struct msg *m;

	head.type = type;
	head.len = len;
	buf_put(&b, &head, sizeof(head));
	buf_put(&b, data, len);
	m = conn_queue(c, b.data, b.len);
	buf_free(&b);
	if (c->lasting) {
		state_log_out(c, m);
		m->journaled = true;
	}
}

void conn_error(struct conn *c, const struct xsd_sockmsg *to, int err)
{
	const char *name = conn_error_name(err);

	conn_reply(c, to, XS_ERROR, name, strlen(name) + 1);
}

void conn_event(struct conn *c, struct watch *w, const char *path)
{
	struct xsd_sockmsg head = { .type = XS_WATCH_EVENT };
	struct buf b = { 0 };
	struct msg *m;

	head.len = strlen(path) + 1 + strlen(w->token) + 1;
	buf_put(&b, &head, sizeof(head));
	buf_put(&b, path, strlen(path) + 1);
	buf_put(&b, w->token, strlen(w->token) + 1);
	m = conn_queue(c, b.data, b.len);
	buf_free(&b);
	c->replies--;
	c->reply_bytes -= m->len;
	c->event_bytes += m->len;
	m->event = true;
	m->watch = w;
	w->last = m;
}

void conn_sent(struct conn *c)
{
	struct msg *m = c->out;

	c->out = m->next;
	if (!c->out)
		c->out_tail = &c->out;
	if (m->event) {
		c->event_bytes -= m->len;
		if (m->watch && m->watch->last == m)
			m->watch->last = NULL;
	} else {
		c->replies--;
		c->reply_bytes -= m->len;
	}
	free(m);
}

void conn_forget_watch(struct conn *c, struct watch *w)
{
	for (struct msg *m = c->out; m; m = m->next)
		if (m->watch == w)
			m->watch = NULL;
}

/*
 * A transaction that was lost with the daemon before this one goes on, but
 * can only end with EAGAIN: its client does it again and notices nothing.
 */
static struct transaction *conn_lost_transaction(struct conn *c, uint32_t id)
{
	struct transaction *tx;

	if (id >= c->lost_tx)
		return NULL;
	if (c->who.domid && usage_of(c->who.domid)->transactions >=
	    quota_get(QUOTA_TRANSACTIONS))
		return NULL;
	tx = transaction_new(id, c->who.domid);
	transaction_doom(tx);
	list_add_tail(&c->transactions, &tx->link);
	return tx;
}

struct transaction *conn_transaction(struct conn *c, uint32_t id)
{
	struct list *i, *tmp;

	list_each(i, tmp, &c->transactions) {
		struct transaction *tx = list_item(i, struct transaction, link);

		if (tx->id == id)
			return tx;
	}
	return conn_lost_transaction(c, id);
}

static bool conn_may_read(const struct conn *c)
{
	uint64_t limit = c->who.domid ? quota_get(QUOTA_OUTSTANDING) :
		CONN_OUTSTANDING_DOM0;

	return !c->dead && c->replies < limit &&
		c->reply_bytes < CONN_REPLY_BYTES;
}

/* Reads towards one whole message. 1: it is there, 0: not yet, -1: lost. */
static int conn_read_message(struct conn *c)
{
	char *to = (char *)&c->head + c->in_len;
	size_t want = sizeof(c->head) - c->in_len;
	int n;

	if (c->in_len >= sizeof(c->head)) {
		if (c->head.len > XENSTORE_PAYLOAD_MAX) {
			c->transport->broken(c, XENSTORE_ERROR_PROTO);
			return -1;
		}
		to = c->in + c->in_len - sizeof(c->head);
		want = sizeof(c->head) + c->head.len - c->in_len;
		if (!want)
			return 1;
	}
	n = c->transport->read(c, to, want);
	if (n <= 0)
		return n;
	c->in_len += n;
	return conn_read_message(c);
}

static void conn_serve(struct conn *c)
{
	struct xsd_sockmsg head = c->head;

	state_begin();
	c->in_len = 0;
	state_log_consumed(c);
	proto_dispatch(c, &head, c->in);
	state_end();
	transaction_settle();
	conn_mark_dirty(c);
}

/* dom0's kernel needs its ring: it loses one request, a guest all it has. */
static void conn_refuse_deadly(struct conn *c)
{
	struct xsd_sockmsg head = c->head;

	log_warn("domain %u: its %s has ended xenstored again and again, not "
		 "served any more", c->who.domid, proto_name(head.type));
	busy_forget();
	if (c->who.domid) {
		c->transport->broken(c, XENSTORE_ERROR_PROTO);
		return;
	}
	state_begin();
	c->in_len = 0;
	state_log_consumed(c);
	conn_error(c, &head, EIO);
	state_end();
}

/* A socket's request dies with the daemon. */
static void conn_handle(struct conn *c)
{
	uint32_t pos;

	if (!c->lasting) {
		conn_serve(c);
		return;
	}
	pos = c->transport->position(c);
	if (busy_deadly(c->who.domid, pos)) {
		conn_refuse_deadly(c);
		return;
	}
	busy_enter(c->who.domid, pos);
	conn_serve(c);
	busy_leave();
}

static uint64_t conn_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* True: used its turn up. */
static bool conn_run(struct conn *c)
{
	uint64_t end = conn_clock() + CONN_TURN_NS;
	uint32_t had = c->in_len;

	for (int turn = 0; turn < CONN_TURN && conn_clock() < end; turn++) {
		int n;

		c->throttled = !conn_may_read(c);
		if (c->throttled)
			return false;
		n = conn_read_message(c);
		if (n < 0) {
			conn_kill(c);
			return false;
		}
		if (!n) {
			if (c->in_len != had) {
				state_log_partial(c);
				conn_mark_dirty(c);
			}
			return false;
		}
		conn_handle(c);
		had = 0;
	}
	return true;
}

bool conn_run_all(void)
{
	struct list now, *i, *tmp;

	list_init(&now);
	list_each(i, tmp, &conn_ready) {
		list_remove(i);
		list_add_tail(&now, i);
	}
	while (!list_empty(&now)) {
		struct conn *c = list_item(now.next, struct conn, ready);

		list_remove(&c->ready);
		if (!c->dead && conn_run(c))
			conn_mark_ready(c);
	}
	return conn_pending();
}

bool conn_pending(void)
{
	return !list_empty(&conn_ready) || !list_empty(&conn_dirty);
}

static void conn_flush(struct conn *c)
{
	if (!c->dead && !c->transport->flush(c))
		c->dead = true;
	if (c->dead) {
		c->transport->close(c);
		return;
	}
	if (c->overflowed)
		watch_settle(c);
	if (c->throttled && conn_may_read(c))
		conn_mark_ready(c);
}

void conn_flush_all(void)
{
	struct list now, *i, *tmp;

	list_init(&now);
	list_each(i, tmp, &conn_dirty) {
		list_remove(i);
		list_add_tail(&now, i);
	}
	while (!list_empty(&now)) {
		struct conn *c = list_item(now.next, struct conn, dirty);

		list_remove(&c->dirty);
		conn_flush(c);
	}
}

void conn_doom_old_transactions(void)
{
	uint64_t now = transaction_clock();
	struct list *i, *t, *tmp, *tmp2;

	list_each(i, tmp, &conn_list) {
		struct conn *c = list_item(i, struct conn, link);

		if (!c->who.domid)
			continue;
		list_each(t, tmp2, &c->transactions) {
			struct transaction *tx =
				list_item(t, struct transaction, link);

			if (!tx->doomed && now - tx->started >
			    quota_get(QUOTA_TRANSACTION_SECONDS))
				transaction_doom(tx);
		}
	}
}

void conn_each(void (*fn)(struct conn *c, void *arg), void *arg)
{
	struct list *i, *tmp;

	list_each(i, tmp, &conn_list)
		fn(list_item(i, struct conn, link), arg);
}
