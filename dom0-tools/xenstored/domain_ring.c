/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain's ring as the transport of its connection. */
#include "domain_ring.h"

#include "journal.h"
#include "lib/log.h"
#include "state.h"
#include "watch.h"

static void domain_ring_broken(struct conn *c, uint32_t why)
{
	domain_break(c->owner, why);
}

static uint32_t domain_ring_position(struct conn *c)
{
	return ((struct domain *)c->owner)->ring.in_pos;
}

static int domain_ring_read(struct conn *c, void *to, size_t len)
{
	struct domain *d = c->owner;
	int n;

	if (!d->ring.page)
		return 0;
	n = ring_read(&d->ring, to, len);
	if (n < 0)
		domain_break(d, XENSTORE_ERROR_RINGIDX);
	return n;
}

/*
 * The rest of a message that goes out in parts must be known to a daemon after
 * us. Replies are in the journal already.
 */
static bool domain_ring_may_split(struct domain *d, struct msg *m)
{
	if (m->journaled)
		return true;
	m->journaled = true;
	state_begin();
	state_log_out(&d->conn, m);
	state_end();
	if (journal_sync())
		return true;
	m->journaled = false;
	return false;
}

/* 1: more may fit, 0: no, -1: bad ring. */
static int domain_ring_write_one(struct domain *d)
{
	struct msg *m = d->conn.out;
	int space = ring_space(&d->ring);

	if (space <= 0)
		return space;
	if ((uint32_t)space < m->len - m->sent && !domain_ring_may_split(d, m))
		return 0;
	space = ring_write(&d->ring, m->data + m->sent, m->len - m->sent);
	if (space < 0)
		return space;
	m->sent += space;
	if (m->sent == m->len)
		conn_sent(&d->conn);
	return 1;
}

static bool domain_ring_flush(struct conn *c)
{
	struct domain *d = c->owner;
	bool moved = false;
	int rc = 1;

	if (!d->ring.page)
		return true;
	/* Told in between, a guest that reads along keeps us going. */
	while (rc > 0 && c->out) {
		while (rc > 0 && c->out)
			rc = domain_ring_write_one(d);
		moved |= ring_tell(&d->ring);
		if (!rc && ring_space(&d->ring) > 0 && journal_sync())
			rc = 1;
	}
	moved |= ring_tell(&d->ring);
	if (moved)
		xen_notify(d->local_port);
	if (rc < 0) {
		domain_break(d, XENSTORE_ERROR_RINGIDX);
		return false;
	}
	if (ring_unread(&d->ring))
		conn_mark_ready(c);
	return true;
}

static void domain_ring_close(struct conn *c)
{
	state_begin();
	state_log_broken(c->owner);
	conn_reset(c);
	state_end();
}

const struct transport domain_transport = {
	.read = domain_ring_read,
	.flush = domain_ring_flush,
	.position = domain_ring_position,
	.broken = domain_ring_broken,
	.close = domain_ring_close,
};

void domain_break(struct domain *d, uint32_t why)
{
	if (d->broken)
		return;
	/* Once is enough: it could do so for ever. */
	if (!d->complained)
		log_info("domain %u: broke its store ring (%u)", d->domid,
			 why);
	d->complained = true;
	d->broken = true;
	ring_set_error(&d->ring, why);
	if (d->local_port >= 0)
		xen_notify(d->local_port);
	conn_kill(&d->conn);
}

/* The other end has forgotten everything, so do we. */
static void domain_reconnect(struct domain *d)
{
	conn_reset(&d->conn);
	d->conn.out_end = 0;
	d->conn.dead = d->broken = false;
	d->ring.in_pos = 0;
	state_begin();
	state_log_reconnect(d);
	state_end();
	journal_sync();
	ring_reset(&d->ring);
	xen_notify(d->local_port);
}

void domain_serve(struct domain *d)
{
	if (!d->ring.page)
		return;
	if (ring_wants_reset(&d->ring))
		domain_reconnect(d);
	conn_mark_ready(&d->conn);
	conn_mark_dirty(&d->conn);
}

/* An event that went out in parts was journaled later than replies behind it. */
static void domain_sort_queue(struct conn *c)
{
	struct msg *m = c->out, *next, **at;

	c->out = NULL;
	c->out_tail = &c->out;
	for (; m; m = next) {
		next = m->next;
		at = c->out_tail;
		if (c->out && (int32_t)(m->pos - c->out_end) < 0)
			for (at = &c->out; (int32_t)((*at)->pos - m->pos) < 0;)
				at = &(*at)->next;
		else
			c->out_end = m->pos;
		m->next = *at;
		*at = m;
		if (!m->next)
			c->out_tail = &m->next;
	}
}

/* Finds out how much of the queue the guest has got already. */
static void domain_drop_sent(struct domain *d)
{
	struct conn *c = &d->conn;
	uint32_t pos = d->ring.out_pos;
	struct msg *m;

	domain_sort_queue(c);
	while ((m = c->out) && (int32_t)(m->pos + m->len - pos) <= 0)
		conn_sent(c);
	if (m && (int32_t)(pos - m->pos) > 0)
		m->sent = pos - m->pos;
	/* What stands between them were events that vanished. */
	for (pos -= m ? m->sent : 0; m; m = m->next) {
		m->pos = pos;
		pos += m->len;
	}
	c->out_end = pos;
}

static void domain_fire_watches(struct conn *c)
{
	struct list *i, *tmp;

	list_each(i, tmp, &c->watches)
		watch_fire_first(list_item(i, struct watch, link));
}

void domain_take_up(struct domain *d)
{
	struct conn *c = &d->conn;
	uint32_t in_pos = d->ring.in_pos;

	c->dead = d->broken;
	c->lost_tx = c->next_tx;
	d->ring.page = d->map.page;
	if (ring_wants_reset(&d->ring) || d->broken)
		return;
	if (!ring_resume(&d->ring, d->map.page, in_pos)) {
		domain_break(d, XENSTORE_ERROR_RINGIDX);
		return;
	}
	domain_drop_sent(d);
	domain_fire_watches(c);
}

void domain_untarget(struct domain *d, void *arg)
{
	if (d->conn.who.target == *(uint16_t *)arg)
		d->conn.who.target = DOMID_NONE;
}
