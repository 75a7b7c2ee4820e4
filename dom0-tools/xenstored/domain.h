/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains that were introduced, dom0's kernel among them (as domain 0): their
 * rings, and what becomes of all that when they die.
 */
#ifndef XENSTORED_DOMAIN_H
#define XENSTORED_DOMAIN_H

#include "conn.h"
#include "ring.h"
#include "xen.h"

struct domain {
	struct list link;
	uint16_t domid;
	/* It was told that this domain has shut down. */
	bool shutdown;
	bool complained;
	/* Its ring was bad: not served until it asks for a new beginning. */
	bool broken;
	uint64_t gfn;
	uint32_t port;
	int local_port;		/* -1: none */
	struct xen_map map;
	struct ring ring;
	struct conn conn;
};

struct domain *domain_find(uint16_t domid);
void domain_each(void (*fn)(struct domain *d, void *arg), void *arg);

/* Requests; 0 or a positive errno of the protocol. */
int domain_introduce(uint16_t domid, uint64_t gfn, uint32_t port);
int domain_release(uint16_t domid);
int domain_set_target(uint16_t domid, uint16_t target);
int domain_resume(uint16_t domid);

/* Replay of a journal: in memory only. */
struct domain *domain_restore(uint16_t domid, uint64_t gfn, uint32_t port,
			      uint32_t in_pos);
void domain_forget(struct domain *d);

/* Connects the kernel of dom0, and all restored domains again. 0 or -errno. */
int domain_start(void);
/* Begins to serve them. The journal runs. */
void domain_go(void);
/* Serves the events that have come. */
void domain_events(void);
/* Looks who has shut down or died. */
void domain_check_all(void);

#endif
