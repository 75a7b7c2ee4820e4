/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every backend process does: one device of one guest, found in the
 * store, connected and disconnected by the xenbus handshake, driven by one
 * event loop. The device itself is a struct backend_driver.
 */
#ifndef COMMON_BACKEND_H
#define COMMON_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xenevtchn.h>
#include "grants.h"
#include "handshake.h"
#include "trouble.h"

struct event;
struct event_base;
struct options;
struct store;
struct backend;

struct backend_driver {
	const char *name;	/* of the program */
	const char *type;	/* folder in the store: vbd, vif */
	/* Writes the device's features; called before every InitWait. */
	int (*announce)(struct backend *b);
	/* Maps rings and binds channels; 0 or -1 after backend_error. */
	int (*connect)(struct backend *b);
	/* Releases them; false: later, then it calls backend_disconnected. */
	bool (*disconnect)(struct backend *b);
	/* The frontend sent an event on channel 0 or 1. */
	void (*notified)(struct backend *b, unsigned int channel);
	/* Every two seconds: is what the device is made of still there? */
	void (*check)(struct backend *b);
};

enum { BACKEND_CHANNELS = 2, BACKEND_PATH = 128 };

struct backend {
	const struct backend_driver *driver;
	void *device;
	uint32_t domid;
	uint32_t devid;
	char path[BACKEND_PATH];
	char frontend[BACKEND_PATH];
	struct store *store;
	struct grants *grants;
	struct event_base *base;

	struct handshake state;
	bool draining;		/* disconnect is under way */
	bool failed;
	uint32_t notes;
	struct trouble trouble;
	xenevtchn_handle *evtchn;
	evtchn_port_t ports[BACKEND_CHANNELS];
	struct event *evtchn_event;
	struct event *update_event;
	struct event *term_event;
	struct event *check_event;
};

/*
 * Takes over the store's connection, opens grants and event channels and sets
 * the watches. On failure says why on stderr and, where possible, in the store.
 */
int backend_open(struct backend *b, const struct backend_driver *driver,
		 const struct options *options);
/* Runs until the device ends; the process's exit status. */
int backend_serve(struct backend *b);

/*
 * To stderr, for what a guest can make happen again and again: after a while
 * no more is said.
 */
void backend_note(struct backend *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * What goes wrong with the device's own side and may go wrong at each request:
 * to stderr, at most one a second after a few, and to the node `last-error`.
 */
void backend_trouble(struct backend *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * The same for what the caller says once in a device's life: it is never among
 * those left out.
 */
void backend_trouble_once(struct backend *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Reports to stderr and to the node `error`. */
void backend_error(struct backend *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, then gives the device up: it closes and the process ends. */
void backend_fail(struct backend *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Numbers of the frontend's and of our own folder, with a default. */
int64_t backend_frontend_int(struct backend *b, const char *node,
			     int64_t otherwise);
int64_t backend_own_int(struct backend *b, const char *node,
			int64_t otherwise);
/* Strings of our own folder; to be freed, NULL if missing. */
char *backend_own_string(struct backend *b, const char *node);
int backend_set(struct backend *b, const char *node, int64_t value);

/* Binds the port that the frontend's node names; 0 or -1. */
int backend_bind(struct backend *b, unsigned int channel, const char *node);
void backend_unbind(struct backend *b);
void backend_notify(struct backend *b, unsigned int channel);

/* The end of a disconnect that could not be done at once. */
void backend_disconnected(struct backend *b);

#endif
