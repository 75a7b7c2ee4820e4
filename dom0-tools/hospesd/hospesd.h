/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of hospesd share.  One thread, one event loop; every object
 * belongs to the one struct hospesd that main() owns.
 *
 *   api.c       lines of JSON from the CLI       store_layout.c  nodes
 *   domain.c    a domain and its life            devices.c       backends
 *   create.c    building one                     console.c       its console
 *   teardown.c  taking one down                  persist.c       records
 *   adopt.c     after a restart                  keeper.c        xenstored
 *   resume.c    one that was suspended           worker.c        threads
 *   reserve.c   memory between two starts        corpse.c        rename-restart
 *   device_*.c  images, processes
 */
#ifndef HOSPESD_HOSPESD_H
#define HOSPESD_HOSPESD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* First, as it asks <xen/xen.h> for the tools' definitions. */
#include "lib/control.h"
#include "lib/store.h"

#include <xenevtchn.h>
#include <xenforeignmemory.h>

struct domain;
struct event;
struct event_base;

#define QUOTAS_MAX 16

struct options {
	const char *run_dir;	/* /run/hospes */
	const char *log_dir;	/* /var/log/hospes */
	const char *lib_dir;	/* /usr/lib/hospes */
	bool xenstored;		/* supervise one */
	bool verbose;
	/* Handed to xenstored as they are: NAME=VALUE. */
	const char *quota[QUOTAS_MAX];
	int quotas;
};

LIST_HEAD(domain_list, domain);

struct hospesd {
	struct options opt;
	struct event_base *base;
	struct control *control;
	struct store *store;
	xenevtchn_handle *xce;
	xenforeignmemory_handle *fmem;
	struct event *xce_event, *poll_event;
	struct domain_list domains;
};

/* Looks at what the hypervisor says of every domain, soon. */
void hospesd_poll_soon(struct hospesd *m);
uint64_t hospesd_now_ms(void);

#endif
