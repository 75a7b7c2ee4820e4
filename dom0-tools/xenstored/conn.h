/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the store, whatever it talks through: its half-read request,
 * its unread replies and events, its watches and transactions.
 *
 * What leaves does so only in conn_flush_all(), after the journal has been
 * written: an answer that was seen is never lost.
 */
#ifndef XENSTORED_CONN_H
#define XENSTORED_CONN_H

#include <stdint.h>
#include <xen/io/xs_wire.h>
#include "list.h"
#include "perms.h"
#include "transaction.h"

struct conn;
struct watch;

/* One message on its way out. */
struct msg {
	struct msg *next;
	struct watch *watch;	/* events only; NULL when that is gone */
	bool event;
	bool journaled;
	uint32_t len;
	uint32_t sent;
	/* Where it begins in the stream of everything sent. */
	uint32_t pos;
	char data[];
};

struct transport {
	/* Bytes that came, 0 for none now; -1: the connection is lost. */
	int (*read)(struct conn *c, void *to, size_t len);
	/* Sends what can be sent; false: the connection is lost. */
	bool (*flush)(struct conn *c);
	/* Where the ring stands behind the request that was read; a ring's only. */
	uint32_t (*position)(struct conn *c);
	/* Something was wrong with what the client sent. */
	void (*broken)(struct conn *c, uint32_t why);
	void (*close)(struct conn *c);
};

struct conn {
	const struct transport *transport;
	void *owner;		/* the transport's own structure */
	struct list link;
	struct list ready;	/* linked if there may be something to read */
	struct list dirty;	/* linked if there may be something to send */
	struct list watches;
	struct list transactions;
	struct who who;
	/* Survives the daemon: a ring. */
	bool lasting;
	bool dead;
	/* Stopped being read until it reads its replies. */
	bool throttled;
	/* Some watch owes an event that did not fit. */
	bool overflowed;
	uint32_t next_tx;
	/* Transactions below this number may have been lost with a daemon. */
	uint32_t lost_tx;
	struct xsd_sockmsg head;
	uint32_t in_len;	/* of header and payload together */
	char in[XENSTORE_PAYLOAD_MAX];
	struct msg *out;
	struct msg **out_tail;
	uint32_t out_end;	/* stream position after the last message */
	uint32_t replies;	/* not fully sent */
	size_t reply_bytes;
	size_t event_bytes;
};

void conn_init(struct conn *c, const struct transport *t, void *owner,
	       uint16_t domid);
/* Forgets requests, replies, watches and transactions. */
void conn_reset(struct conn *c);
void conn_free(struct conn *c);
/* For the end of this round, as callers may still use it. */
void conn_kill(struct conn *c);

void conn_mark_ready(struct conn *c);
void conn_mark_dirty(struct conn *c);

void conn_reply(struct conn *c, const struct xsd_sockmsg *to, uint32_t type,
		const void *data, size_t len);
void conn_error(struct conn *c, const struct xsd_sockmsg *to, int err);
void conn_event(struct conn *c, struct watch *w, const char *path);
/* A message in full, as it was in the journal. */
struct msg *conn_queue(struct conn *c, const void *data, size_t len);
/* Drops the first message. */
void conn_sent(struct conn *c);
void conn_forget_watch(struct conn *c, struct watch *w);

struct transaction *conn_transaction(struct conn *c, uint32_t id);

/* Serves every ready connection for a while; true: somebody is not done. */
bool conn_run_all(void);
void conn_flush_all(void);
bool conn_pending(void);
void conn_doom_old_transactions(void);
/* Calls for every connection. */
void conn_each(void (*fn)(struct conn *c, void *arg), void *arg);

#endif
