/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the journal's records mean: how each kind of change is written down,
 * how it is done again after a restart, and the whole state as a snapshot.
 */
#ifndef XENSTORED_STATE_H
#define XENSTORED_STATE_H

#include <stdint.h>

struct change;
struct conn;
struct domain;
struct msg;
struct path;
struct perms;

/* All between belongs together: a request and everything it did. */
void state_begin(void);
void state_end(void);

void state_log_change(const struct change *c);
void state_log_special(const char *path, const struct perms *perms);
void state_log_quota(unsigned int quota);
void state_log_introduce(const struct domain *d);
void state_log_release(uint16_t domid);
void state_log_target(const struct domain *d);
void state_log_shutdown(const struct domain *d);
void state_log_broken(const struct domain *d);
void state_log_reconnect(const struct domain *d);

/* These do nothing for connections that die with the daemon. */
void state_log_consumed(const struct conn *c);
/* A frame of its own. */
void state_log_partial(const struct conn *c);
void state_log_out(const struct conn *c, const struct msg *m);
void state_log_watch(const struct conn *c, const struct path *path,
		     const char *token);
void state_log_unwatch(const struct conn *c, const char *path,
		       const char *token);
void state_log_reset_watches(const struct conn *c);
void state_log_next_tx(const struct conn *c);

/* By which a state that is older than this run of the machine is known. */
const char *state_boot(void);
extern char state_boot_id[40];

/* 0 or -errno; -ENOENT: there is none of this boot, the store is as new. */
int state_load(const char *path);
/* From here on everything is journaled. 0 or -errno. */
int state_start(const char *path);

#endif
