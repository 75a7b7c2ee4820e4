/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caller asks again after every action until there is nothing to do.
 * Closed is held until the frontend says Initialising: frontends that close
 * and start anew (boot loaders, a reloaded driver) wait for both in turn.
 */
#include <stdint.h>
#include <xen/xen.h>
#include <xen/io/xenbus.h>
#include "handshake.h"

/* The frontend is not using the device; should the backend live on? */
static enum handshake_action handshake_idle(const struct handshake *h)
{
	if (h->connected)
		return HANDSHAKE_DISCONNECT;
	if (h->own != XenbusStateClosed)
		return HANDSHAKE_CLOSED;
	return h->online && !h->stopping ? HANDSHAKE_NOTHING : HANDSHAKE_EXIT;
}

static enum handshake_action handshake_start(const struct handshake *h)
{
	if (h->connected)
		return HANDSHAKE_DISCONNECT;
	return h->own == XenbusStateInitWait ? HANDSHAKE_NOTHING :
	       HANDSHAKE_ANNOUNCE;
}

static enum handshake_action handshake_ready(const struct handshake *h)
{
	if (h->connected)
		/* Our own write of Connected may have run over Closing. */
		return h->online || h->own == XenbusStateClosing ?
		       HANDSHAKE_NOTHING : HANDSHAKE_CLOSING;
	switch (h->own) {
	case XenbusStateInitWait:
		return HANDSHAKE_CONNECT;
	case XenbusStateUnknown:
	case XenbusStateInitialising:
		/* The frontend was served by a backend before us. */
		return HANDSHAKE_ANNOUNCE;
	default:
		return HANDSHAKE_NOTHING;
	}
}

enum handshake_action handshake_next(const struct handshake *h)
{
	if (h->own == HANDSHAKE_MISSING || h->frontend == HANDSHAKE_MISSING)
		return h->connected ? HANDSHAKE_DISCONNECT : HANDSHAKE_EXIT;
	/* Closed by us before, or by the toolstack by force. */
	if (h->stopping || (h->own == XenbusStateClosed && h->connected))
		return handshake_idle(h);
	/* Taken away before any frontend used it. */
	if (!h->online && !h->connected)
		return handshake_idle(h);

	switch (h->frontend) {
	case XenbusStateInitialising:
		return handshake_start(h);
	case XenbusStateInitialised:
	case XenbusStateConnected:
		return handshake_ready(h);
	case XenbusStateClosing:
		if (h->connected)
			return HANDSHAKE_DISCONNECT;
		return h->own == XenbusStateClosing ||
		       h->own == XenbusStateClosed ? HANDSHAKE_NOTHING :
		       HANDSHAKE_CLOSING;
	case XenbusStateClosed:
		return handshake_idle(h);
	default:
		return HANDSHAKE_NOTHING;
	}
}
