/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store, from a guest: one ring, one request at a time. Thread context
 * throughout; calls must not overlap. A request waits until it is answered. If
 * what comes makes no sense (indices, lengths, types, ids) the ring is broken:
 * this request and all later ones get -XEN_EPROTO, until xenbus_resume().
 *
 * Paths are given in two parts, a folder and a node in it (NULL: the folder
 * itself), so that nobody needs to join strings. Those that do not begin with
 * "/" are below the guest's own directory ("device/vbd/51712").
 */
#ifndef XENBUS_H
#define XENBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>
#include "frontend.h"

/* <xen/errno.h> has none: an answer that the protocol does not allow. */
#define XEN_EPROTO 71

enum {
	XENBUS_PATH = 128,	/* bytes of paths that are kept */
	XENBUS_DIGITS = 21,	/* bytes of the longest number, with its 0 */
};

/* Of no transaction. */
#define XENBUS_NO_TX 0U

/*
 * A watch: the owner's memory as long as it is set. What changed is not told,
 * only that something at or below the path did (or that the watch was set, or
 * the guest resumed): the handler reads what it needs.
 */
struct xenbus_watch {
	char path[XENBUS_PATH];
	void (*changed)(void *arg);
	void *arg;
	/* of xenbus.c */
	struct xenbus_watch *next;
	uint32_t token;
	bool fired;
	bool set;
};

struct xenbus {
	const struct frontend_os *os;
	struct xenstore_domain_interface *ring;
	evtchn_port_t port;
	struct xenbus_watch *watches;
	uint32_t last_token;
	uint32_t last_id;		/* request that was sent last */
	int error;			/* what broke the ring, or 0 */
	bool awaiting;			/* a request has been sent */
	bool answered;			/* `message` holds the answer to it */
	uint32_t req_prod, rsp_cons;	/* the truth, whatever the page says */
	uint32_t have;			/* bytes of header and message */
	struct xsd_sockmsg header;
	char message[XENSTORE_PAYLOAD_MAX + 1];	/* ends with 0 */
};

/* Digits of a number, and back: false if it is none or above `max`. */
void xenbus_format(char text[XENBUS_DIGITS], uint64_t value);
bool xenbus_parse(const char *text, uint64_t max, uint64_t *value);

/*
 * Starts with the page and port that start_info (or the HVM parameters) name.
 * os->xenbus may be set to `x` by then or later.
 */
int xenbus_init(struct xenbus *x, const struct frontend_os *os, void *ring,
		evtchn_port_t port);
/* After a resume: the new page and port. Sets all watches again. */
int xenbus_resume(struct xenbus *x, void *ring, evtchn_port_t port);

/*
 * Runs the handlers of watches that fired. For a kernel's main loop or thread;
 * xenbus_pending() says (any context) whether it has something to do.
 */
void xenbus_poll(struct xenbus *x);
bool xenbus_pending(struct xenbus *x);

/*
 * The value of a node with a zero byte behind it; returns its length.
 * -XEN_ENOENT, -XEN_EACCES, -XEN_E2BIG if it does not fit into `size` bytes.
 */
int xenbus_read(struct xenbus *x, uint32_t tx, const char *folder,
		const char *node, char *value, size_t size);
/* A node of decimal digits; -XEN_EINVAL if it is anything else or above max. */
int xenbus_read_number(struct xenbus *x, uint32_t tx, const char *folder,
		       const char *node, uint64_t max, uint64_t *value);
/* The same for what may be missing or nonsense: `otherwise`, then. */
uint64_t xenbus_read_feature(struct xenbus *x, const char *folder,
			     const char *node, uint64_t max,
			     uint64_t otherwise);
int xenbus_write(struct xenbus *x, uint32_t tx, const char *folder,
		 const char *node, const char *value);
int xenbus_write_number(struct xenbus *x, uint32_t tx, const char *folder,
			const char *node, uint64_t value);
int xenbus_mkdir(struct xenbus *x, uint32_t tx, const char *folder,
		 const char *node);
int xenbus_rm(struct xenbus *x, uint32_t tx, const char *folder,
	      const char *node);
/*
 * Names in a folder, each with a zero byte behind it; returns how many bytes
 * that is. -XEN_E2BIG as above, or if the store cannot tell them at once.
 */
int xenbus_directory(struct xenbus *x, uint32_t tx, const char *folder,
		     const char *node, char *names, size_t size);
/* `perms` as the store has them: "n5", "b5" (owner first), each ending in 0. */
int xenbus_set_perms(struct xenbus *x, uint32_t tx, const char *folder,
		     const char *node, const char *perms, size_t size);

/*
 * Runs `body` in a transaction, again if someone came between (-XEN_EAGAIN,
 * at most XENBUS_TRIES times). What body returns below 0 aborts it and is the
 * result. Body must be repeatable.
 */
enum { XENBUS_TRIES = 100 };
int xenbus_transaction(struct xenbus *x,
		       int (*body)(struct xenbus *x, uint32_t tx, void *arg),
		       void *arg);
/* The same by hand. `commit` false: forget it. */
int xenbus_transaction_start(struct xenbus *x, uint32_t *tx);
int xenbus_transaction_end(struct xenbus *x, uint32_t tx, bool commit);

/*
 * Watches w->path; path, changed and arg are filled in. The handler is called
 * by xenbus_poll() once soon, then after changes.
 */
int xenbus_watch(struct xenbus *x, struct xenbus_watch *w);
int xenbus_unwatch(struct xenbus *x, struct xenbus_watch *w);

/* A device's ends, found by its folder of nodes: "device/vbd/51712". */
struct xenbus_device {
	char path[XENBUS_PATH];
	char backend[XENBUS_PATH];	/* folder of the other end */
	domid_t backend_id;
};

/* Reads the other end's place. -XEN_EINVAL: nonsense. */
int xenbus_device_find(struct xenbus *x, struct xenbus_device *d,
		       const char *path);
/* XenbusStateUnknown if there is none or it cannot be read. */
enum xenbus_state xenbus_state(struct xenbus *x, const char *folder);
int xenbus_set_state(struct xenbus *x, const struct xenbus_device *d,
		     enum xenbus_state state);
/*
 * Waits until the backend is in one of the states of the mask (1 << state |
 * ...); returns that state, or -XEN_ETIMEDOUT.
 */
int xenbus_wait_backend(struct xenbus *x, const struct xenbus_device *d,
			unsigned int states, uint64_t deadline);

#endif
