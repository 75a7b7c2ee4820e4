/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a backend does next, given what the store says: the rules of the
 * xenbus handshake without any store, so that a table can test them.
 */
#ifndef COMMON_HANDSHAKE_H
#define COMMON_HANDSHAKE_H

#include <stdbool.h>

enum { HANDSHAKE_MISSING = -1 };

/* Store values of a state are enum xenbus_state or HANDSHAKE_MISSING. */
struct handshake {
	int frontend;		/* state of the frontend */
	int own;		/* our state node */
	bool online;		/* the toolstack wants the device */
	bool connected;		/* rings are mapped */
	bool stopping;		/* SIGTERM */
};

enum handshake_action {
	HANDSHAKE_NOTHING,
	HANDSHAKE_ANNOUNCE,	/* write features, then InitWait */
	HANDSHAKE_CONNECT,	/* map rings, then Connected */
	HANDSHAKE_DISCONNECT,	/* finish requests, unmap; no state change */
	HANDSHAKE_CLOSING,	/* write Closing */
	HANDSHAKE_CLOSED,	/* write Closed */
	HANDSHAKE_EXIT,		/* orderly end */
};

enum handshake_action handshake_next(const struct handshake *h);

#endif
