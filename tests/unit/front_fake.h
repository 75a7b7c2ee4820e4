/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel, a hypervisor and a store for frontend drivers under test: the
 * hooks of frontend.h, a grant table, event channels, and a store that speaks
 * through the ring. The test's `peer` is asked to act whenever the driver
 * waits; time passes only then.
 */
#ifndef FRONT_FAKE_H
#define FRONT_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/io/xs_wire.h>
#include "frontend.h"
#include "grant.h"
#include "xenbus.h"

enum {
	FAKE_DOMID = 7,
	FAKE_REFS = 2048,
	FAKE_PAGES = 2048,
	FAKE_PORTS = 64,
	FAKE_NODES = 128,
	FAKE_WATCHES = 32,
	FAKE_STORE_PORT = 1,
	FAKE_FIRST_FRAME = 0x1000,
	FAKE_IDLE = 5000,	/* rounds without result that are a hang */
};

struct fake_node {
	char path[XENBUS_PATH * 2];
	char value[256];
};

struct fake_watch {
	char path[XENBUS_PATH * 2];
	char token[64];
};

struct fake_port {
	void (*handler)(void *arg);
	void *arg;
	bool open;
	bool pending;		/* for the driver */
	unsigned int sent;	/* by the driver */
};

struct fake_store {
	struct xenstore_domain_interface *ring;
	struct fake_node nodes[FAKE_NODES];
	unsigned int nr_nodes;
	struct fake_watch watches[FAKE_WATCHES];
	unsigned int nr_watches;
	char in[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX + 1];
	uint32_t have;
	char *out;		/* answers that the ring has no room for */
	size_t out_len;
	uint32_t last_tx;
	uint32_t step;		/* at most so many bytes a round; 0: no limit */
	unsigned int conflicts;	/* transactions that shall end in EAGAIN */
	unsigned int requests;
	bool dead;		/* the test plays the store by itself */
};

struct front_fake {
	struct frontend_os os;
	struct xenbus xenbus;
	struct grant_table grants;
	struct grant_entry_v1 *entries;
	uint32_t next[FAKE_REFS];
	void *pages[FAKE_PAGES];	/* NULL: free */
	unsigned int nr_pages;		/* in use */
	unsigned int pages_left;	/* before memory is out */
	struct fake_port ports[FAKE_PORTS];
	struct fake_store store;
	uint64_t now;
	void (*peer)(struct front_fake *f);
	void *peer_data;
	unsigned int logged;
};

/* With the store connected. */
void front_fake_init(struct front_fake *f);
/* Checks that the driver has given everything back. */
void front_fake_free(struct front_fake *f);
/* The guest wakes up elsewhere: grants, ports and watches are gone. */
void front_fake_resume(struct front_fake *f);

/* Store contents; set fires watches, a value of NULL removes. */
void fake_set(struct front_fake *f, const char *value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* NULL if there is none. */
const char *fake_get(struct front_fake *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* -1 if there is none or it is no number. */
long fake_number(struct front_fake *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Lets the store do what it can. */
void fake_store_run(struct front_fake *f);

/* The other end's event, then handlers; the driver's events, counted. */
void fake_event(struct front_fake *f, evtchn_port_t port);
void fake_deliver(struct front_fake *f);

/* The page that a grant gives; aborts the test if it is not granted to 0. */
void *fake_granted(struct front_fake *f, uint32_t ref);
/* Marks it as mapped, or no longer. */
void fake_map(struct front_fake *f, uint32_t ref, bool mapped);

/* Like ck_assert, which is far too slow to be used for every byte. */
#define fake_check(condition) do { \
	if (!(condition)) \
		ck_abort_msg("%s", #condition); \
} while (0)

/* A reproducible random number. */
uint32_t fake_random(void);

#endif
