/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a backend: watches, the xenbus handshake, the event loop.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xen/xen.h>
#include <xen/io/xenbus.h>
#include "lib/log.h"
#include "backend.h"
#include "options.h"
#include "store.h"

enum { NOTES = 20, CHECK_SECONDS = 2 };

static void backend_update(struct backend *b);

static void backend_report(struct backend *b, const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	log_warn("%s", text);
	if (b->store)
		store_write(b->store, text, "%s/error", b->path);
}

void backend_note(struct backend *b, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (b->notes > NOTES)
		return;
	if (b->notes++ == NOTES) {
		log_info("no more is said of this frontend");
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_info("%s", text);
}

static uint64_t backend_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void backend_say_trouble(struct backend *b, const char *fmt,
				va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	log_warn("%s", text);
	store_write(b->store, text, "%s/last-error", b->path);
}

void backend_trouble(struct backend *b, const char *fmt, ...)
{
	uint32_t left_out;
	va_list args;

	if (!trouble_may_say(&b->trouble, backend_now_ms(), &left_out))
		return;
	if (left_out)
		log_warn("%u more like the next were left out", left_out);
	va_start(args, fmt);
	backend_say_trouble(b, fmt, args);
	va_end(args);
}

void backend_trouble_once(struct backend *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	backend_say_trouble(b, fmt, args);
	va_end(args);
}

void backend_error(struct backend *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	backend_report(b, fmt, args);
	va_end(args);
}

void backend_fail(struct backend *b, const char *fmt, ...)
{
	va_list args;

	if (b->failed)
		return;
	b->failed = true;
	va_start(args, fmt);
	backend_report(b, fmt, args);
	va_end(args);
	event_active(b->update_event, EV_TIMEOUT, 1);
}

int64_t backend_frontend_int(struct backend *b, const char *node,
			     int64_t otherwise)
{
	int64_t value;

	if (store_read_int(b->store, &value, "%s/%s", b->frontend, node))
		return otherwise;
	return value;
}

int64_t backend_own_int(struct backend *b, const char *node,
			int64_t otherwise)
{
	int64_t value;

	if (store_read_int(b->store, &value, "%s/%s", b->path, node))
		return otherwise;
	return value;
}

char *backend_own_string(struct backend *b, const char *node)
{
	return store_read(b->store, "%s/%s", b->path, node);
}

int backend_set(struct backend *b, const char *node, int64_t value)
{
	int rc = store_write_int(b->store, value, "%s/%s", b->path, node);

	if (rc)
		log_warn("cannot write %s/%s: %s", b->path, node,
			 strerror(-rc));
	return rc;
}

static void backend_set_state(struct backend *b, enum xenbus_state state)
{
	if (!backend_set(b, "state", state))
		b->state.own = state;
}

int backend_bind(struct backend *b, unsigned int channel, const char *node)
{
	int64_t remote = backend_frontend_int(b, node, -1);
	int port;

	if (remote <= 0 || remote > UINT32_MAX) {
		backend_error(b, "the frontend gave no valid %s", node);
		return -1;
	}
	port = xenevtchn_bind_interdomain(b->evtchn, b->domid, remote);
	if (port < 0) {
		backend_error(b, "cannot bind %s %u: %s", node,
			      (unsigned int)remote, strerror(errno));
		return -1;
	}
	b->ports[channel] = port;
	return 0;
}

void backend_unbind(struct backend *b)
{
	for (unsigned int i = 0; i < BACKEND_CHANNELS; i++) {
		if (b->ports[i])
			xenevtchn_unbind(b->evtchn, b->ports[i]);
		b->ports[i] = 0;
	}
}

void backend_notify(struct backend *b, unsigned int channel)
{
	if (b->ports[channel])
		xenevtchn_notify(b->evtchn, b->ports[channel]);
}

static void backend_event(evutil_socket_t fd, short what, void *arg)
{
	struct backend *b = arg;
	xenevtchn_port_or_error_t port = xenevtchn_pending(b->evtchn);

	(void)fd;
	(void)what;
	if (port < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* It would say so again and again, and no event would come. */
	if (port < 0) {
		backend_fail(b, "event channels cannot be read: %s",
			     strerror(errno));
		event_del(b->evtchn_event);
		return;
	}
	/* Unmask first: an event that comes during the work is seen. */
	xenevtchn_unmask(b->evtchn, port);
	for (unsigned int i = 0; i < BACKEND_CHANNELS; i++)
		if (b->ports[i] == (evtchn_port_t)port && b->state.connected)
			b->driver->notified(b, i);
}

/* A node that is gone counts; one that cannot be read leaves what we know. */
static void backend_read_state(struct backend *b, const char *folder,
			       int *state)
{
	int64_t value;
	int rc = store_read_int(b->store, &value, "%s/state", folder);

	if (!rc)
		*state = value < 0 || value > XenbusStateReconfigured ?
			 XenbusStateUnknown : (int)value;
	else if (rc == -EINVAL)
		*state = XenbusStateUnknown;
	else if (rc == -ENOENT)
		*state = HANDSHAKE_MISSING;
}

static void backend_refresh(struct backend *b)
{
	backend_read_state(b, b->path, &b->state.own);
	backend_read_state(b, b->frontend, &b->state.frontend);
	b->state.online = backend_own_int(b, "online", 0) == 1;
}

static void backend_released(struct backend *b)
{
	backend_unbind(b);
	b->draining = false;
	b->state.connected = false;
}

static void backend_connect(struct backend *b)
{
	if (b->driver->connect(b)) {
		/* connect has said why. */
		backend_released(b);
		b->failed = true;
		return;
	}
	b->state.connected = true;
	backend_set_state(b, XenbusStateConnected);
	/* Work may be waiting since before we bound the channel. */
	for (unsigned int i = 0; i < BACKEND_CHANNELS; i++)
		if (b->ports[i])
			b->driver->notified(b, i);
}

static void backend_announce(struct backend *b)
{
	if (b->driver->announce(b)) {
		backend_fail(b, "cannot announce the device in the store");
		return;
	}
	backend_set_state(b, XenbusStateInitWait);
}

static void backend_act(struct backend *b, enum handshake_action action)
{
	switch (action) {
	case HANDSHAKE_NOTHING:
		return;
	case HANDSHAKE_ANNOUNCE:
		backend_announce(b);
		return;
	case HANDSHAKE_CONNECT:
		backend_connect(b);
		return;
	case HANDSHAKE_DISCONNECT:
		b->draining = true;
		if (b->driver->disconnect(b))
			backend_released(b);
		return;
	case HANDSHAKE_CLOSING:
		backend_set_state(b, XenbusStateClosing);
		return;
	case HANDSHAKE_CLOSED:
		backend_set_state(b, XenbusStateClosed);
		return;
	case HANDSHAKE_EXIT:
		event_base_loopbreak(b->base);
		return;
	}
}

/* After a failure the rings are let go, then the end is made known. */
static void backend_give_up(struct backend *b)
{
	if (b->state.connected) {
		b->draining = true;
		if (!b->driver->disconnect(b))
			return;
		backend_released(b);
	}
	if (b->state.own != HANDSHAKE_MISSING)
		backend_set_state(b, XenbusStateClosed);
	event_base_loopbreak(b->base);
}

static void backend_update(struct backend *b)
{
	enum handshake_action action;

	/* Every action brings the end nearer, but do not depend on it. */
	for (int steps = 0; steps < 8; steps++) {
		if (b->draining)
			return;
		if (b->failed) {
			backend_give_up(b);
			return;
		}
		action = handshake_next(&b->state);
		backend_act(b, action);
		if (action == HANDSHAKE_NOTHING || action == HANDSHAKE_EXIT)
			return;
	}
}

void backend_disconnected(struct backend *b)
{
	backend_released(b);
	event_active(b->update_event, EV_TIMEOUT, 1);
}

static void backend_update_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	backend_update(arg);
}

static void backend_terminate(evutil_socket_t fd, short what, void *arg)
{
	struct backend *b = arg;

	(void)fd;
	(void)what;
	b->state.stopping = true;
	backend_update(b);
}

static void backend_watched(void *arg)
{
	backend_refresh(arg);
	backend_update(arg);
}

static void backend_check(evutil_socket_t fd, short what, void *arg)
{
	struct backend *b = arg;

	(void)fd;
	(void)what;
	if (b->driver->check && !b->failed)
		b->driver->check(b);
}

static int backend_watch(struct backend *b)
{
	if (store_attach(b->store, b->base, backend_watched, b) ||
	    store_watch(b->store, "%s/state", b->frontend) ||
	    store_watch(b->store, "%s/state", b->path) ||
	    store_watch(b->store, "%s/online", b->path)) {
		backend_error(b, "cannot watch the device in the store");
		return -1;
	}
	return 0;
}

static int backend_events(struct backend *b)
{
	static const struct timeval period = { .tv_sec = CHECK_SECONDS };

	b->base = event_base_new();
	if (!b->base)
		return -1;
	b->update_event = event_new(b->base, -1, 0, backend_update_event, b);
	b->term_event = evsignal_new(b->base, SIGTERM, backend_terminate, b);
	b->evtchn_event = event_new(b->base, xenevtchn_fd(b->evtchn),
				    EV_READ | EV_PERSIST, backend_event, b);
	b->check_event = event_new(b->base, -1, EV_PERSIST, backend_check, b);
	if (!b->update_event || !b->term_event || !b->evtchn_event ||
	    !b->check_event)
		return -1;
	return event_add(b->term_event, NULL) ||
	       event_add(b->evtchn_event, NULL) ||
	       event_add(b->check_event, &period) ? -1 : 0;
}

int backend_open(struct backend *b, const struct backend_driver *driver,
		 const struct options *o)
{
	*b = (struct backend){
		.driver = driver, .domid = o->domid, .devid = o->devid,
	};
	snprintf(b->path, sizeof(b->path), "/local/domain/0/backend/%s/%u/%u",
		 driver->type, o->domid, o->devid);
	snprintf(b->frontend, sizeof(b->frontend),
		 "/local/domain/%u/device/%s/%u", o->domid, driver->type,
		 o->devid);
	b->store = store_open(o->store_fd, o->store_wire);
	if (!b->store) {
		log_warn("no memory for the store");
		return -1;
	}
	b->evtchn = xenevtchn_open(NULL, 0);
	if (!b->evtchn) {
		backend_error(b, "cannot open event channels: %s",
			      strerror(errno));
		return -1;
	}
	/* Narrows what the descriptor can do; older kernels cannot. */
	if (xenevtchn_restrict(b->evtchn, o->domid))
		log_debug("event channels stay unrestricted");
	b->grants = grants_open(o->domid);
	if (!b->grants) {
		backend_error(b, "cannot open grants: %s", strerror(errno));
		return -1;
	}
	if (backend_events(b)) {
		backend_error(b, "cannot set up the event loop");
		return -1;
	}
	return backend_watch(b);
}

int backend_serve(struct backend *b)
{
	backend_refresh(b);
	backend_update(b);
	if (!event_base_got_break(b->base))
		event_base_dispatch(b->base);
	return b->failed ? 1 : 0;
}
