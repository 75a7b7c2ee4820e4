/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A domain under our care.  It lives from the wish to create it until nothing
 * of it is left, through any number of reboots: each incarnation has its own
 * domid, devices and store nodes, while name, uuid and console stay.
 */
#ifndef HOSPESD_DOMAIN_H
#define HOSPESD_DOMAIN_H

#include "hospesd/hospesd.h"

#include "builder/builder.h"
#include "config/domain.h"
#include "hospesd/devices.h"
#include "hospesd/lifecycle.h"
#include "hospesd/proc.h"

#define DOMAIN_NO_ID UINT32_MAX

struct console;
struct evbuffer;

enum teardown_stage {
	TEARDOWN_NONE,
	TEARDOWN_BUILDER,	/* the builder is being killed */
	TEARDOWN_DEVICES,	/* backends are closing */
	TEARDOWN_HYPERVISOR,	/* waiting until the last page is back */
};

struct domain {
	LIST_ENTRY(domain) link;
	struct hospesd *m;
	struct lifecycle lc;
	struct domain_config *config;
	char uuid[DOMAIN_UUID_TEXT];
	uint32_t domid;			/* DOMAIN_NO_ID: none now */
	bool reserved;			/* domid is an empty domain, for later */
	struct build_result built;	/* valid with another domid */
	struct console *console;
	struct devices devices;
	struct event *timer;		/* of create.c, then of teardown.c */

	struct proc builder;
	struct event *builder_event;
	struct evbuffer *builder_output;
	int builder_fd;
	uint64_t step_ms;		/* when the current step began */

	enum teardown_stage stage;
	unsigned int lingered;		/* polls of a dying domain */

	bool twin_due;			/* rename-restart: once devices close */
	char corpse_of[DOMAIN_UUID_TEXT]; /* of whom this is left; or "" */
	bool listed;			/* by api_reply.c, just now */
	uint64_t start_ms;		/* WAITING: when it is to start */
	char error[1024];		/* why it could not be built, or waits */
};

/* --- domain.c: the set of domains, and the operations of the life cycle --- */

/* Gives up one that was never started. */
void domain_free(struct domain *d);
/* Takes the config over, also on failure. NULL: no memory. */
struct domain *domain_new(struct hospesd *m, struct domain_config *config);
/* Begins the building of a new one, unless it cannot be recorded: -errno. */
int domain_start(struct domain *d);
/* By name, else by uuid, else by domid. */
struct domain *domain_find(struct hospesd *m, const char *which);
struct domain *domain_find_id(struct hospesd *m, uint32_t domid);
struct domain *domain_find_uuid(struct hospesd *m, const char *uuid);
void domain_event(struct domain *d, enum lifecycle_event ev, int reason);
/* Compares all domains with what the hypervisor says. */
void domain_poll(struct hospesd *m);
/* Keeps the first reason for a failure. */
void domain_set_error(struct domain *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The time since the last call or the start of the build, as progress. */
void domain_step(struct domain *d, const char *what);

/* --- create.c ------------------------------------------------------------- */

/*
 * Everything that can be known to be wrong before anything is done. `force`:
 * but not what an operator may insist on.
 */
bool create_check(struct hospesd *m, const struct domain_config *config,
		  const char *origin, bool force, struct diag *diag);
void create_begin(struct domain *d);
/* The same after a while; its memory is kept for it. */
void create_wait(struct domain *d, unsigned int delay_ms);
/* From devices.c: all backends wait for the guest, or one has failed. */
void create_devices_ready(struct domain *d);
void create_devices_failed(struct domain *d, const char *why);

/* --- create_nics.c -------------------------------------------------------- */

/* Names of NICs and, unless forced, their addresses, against all others'. */
void create_check_nics(struct hospesd *m, const struct domain_config *config,
		       const char *origin, bool force, struct diag *diag);

/* --- reserve.c ------------------------------------------------------------ */

/* Makes the domain that the next start is built in, if there is memory. */
void reserve_make(struct domain *d);
/* A domain with this handle that is not dying. */
bool reserve_find(struct hospesd *m, const uint8_t uuid[16], uint32_t *domid);
/* What guests that are due to start want beyond what they have claimed. */
uint64_t reserve_missing_kib(struct hospesd *m);

/* --- corpse.c ------------------------------------------------------------- */

/* What is kept of an earlier end, or NULL. */
struct domain *corpse_of(const struct domain *d);
/* From teardown.c, once no backend is left; answers LC_EV_ASIDE. */
void corpse_put_aside(struct domain *d);

/* --- resume.c ------------------------------------------------------------- */

/* One that suspended itself, in place. False: the hypervisor refused. */
bool resume_suspended(struct domain *d);

/* --- teardown.c ----------------------------------------------------------- */

void teardown_begin(struct domain *d);
/* From create.c: the builder that was killed is no more. */
void teardown_builder_gone(struct domain *d);
/* From devices.c: no backend is left. */
void teardown_devices_gone(struct domain *d);
/* Destroys every domain that carries this handle; returns how many. */
unsigned int teardown_by_uuid(struct hospesd *m, const uint8_t uuid[16]);

/* --- store_layout.c ------------------------------------------------------- */

int layout_write(struct domain *d);
void layout_remove(struct hospesd *m, uint32_t domid, const char *uuid);
/* After a change of name or uuid. */
int layout_rename(struct domain *d, const char *old_uuid);

/* --- persist.c ------------------------------------------------------------ */

/* The record of a domain; written after each change. 0 or -errno. */
int persist_save(const struct domain *d);
void persist_remove(struct hospesd *m, const char *uuid);
/* The mark of a half-built domain. */
void persist_mark(const struct domain *d, bool building);
/* A deep copy, by way of a record. NULL: no memory. */
struct domain_config *persist_copy_config(const struct domain_config *config);
/* Calls fn for every record there is now; bad ones are moved aside. */
void persist_each(struct hospesd *m,
		  void (*fn)(struct hospesd *m, const struct json *record));
/* Calls fn for every mark, then takes it away. */
void persist_each_mark(struct hospesd *m,
		       void (*fn)(struct hospesd *m, const uint8_t uuid[16]));

/* --- adopt.c -------------------------------------------------------------- */

/* At our start: takes up running domains, reaps half-built ones. */
void adopt_all(struct hospesd *m);

#endif
