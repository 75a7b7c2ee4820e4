/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's surroundings for tests: clients whose bytes are in memory, and
 * a hypervisor whose guests' pages and events are in shared memory.
 */
#ifndef TESTS_XS_FAKE_H
#define TESTS_XS_FAKE_H

#include "xenstored/conn.h"
#include "xenstored/mem.h"

struct fake {
	struct conn conn;
	struct buf in;
	size_t in_at;
	struct buf out;
	size_t out_at;
	bool broken;
	bool closed;
	/* Accepts no replies. */
	bool stuck;
	/* The message that fake_reply or fake_event found. */
	struct xsd_sockmsg head;
	const char *data;
	/* Events read over by fake_reply. */
	struct buf events;
	size_t events_at;
};

/* A new store without journal. */
void fake_store(void);
struct fake *fake_new(uint16_t domid);
void fake_send(struct fake *f, uint32_t type, uint32_t tx, const void *data,
	       size_t len);
/* Rounds of the daemon until it has nothing to do. */
void fake_run(void);
/* The next reply, events put aside. False: there is none. */
bool fake_reply(struct fake *f);
/* The next event as "path|token", NULL: none. */
const char *fake_event(struct fake *f);
/*
 * Sends, runs, returns the reply: "OK", an errno's name, or data with NULs as
 * '|'. Valid until the next call.
 */
const char *fake_ask(struct fake *f, uint32_t type, uint32_t tx,
		     const void *data, size_t len);
/* With the strings' last NUL in the message. */
#define fake_str(f, type, tx, s) fake_ask(f, type, tx, s, sizeof(s))
const char *fake_write(struct fake *f, uint32_t tx, const char *path,
		       const char *value);
uint32_t fake_start(struct fake *f);
const char *fake_end(struct fake *f, uint32_t tx, bool commit);

/* Everything in the store as text, to be freed. */
char *fake_dump(void);
/* Forgets all: as a new process. */
void fake_forget(void);

/* --- the hypervisor -------------------------------------------------------- */

#define FAKE_DOMAINS	4

struct fake_xen {
	struct {
		char page[4096];
		int pending_daemon;
		int pending_guest;
		int state;	/* enum xen_domain_state */
	} dom[FAKE_DOMAINS];
	int life;		/* an event about domains is pending */
};

extern struct fake_xen *fake_xen;
void fake_xen_init(void);

#endif
