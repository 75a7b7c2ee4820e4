/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a domain as a state machine, free of any input or output.
 *
 *   BUILDING --built--> PAUSED <--pause/unpause--> RUNNING
 *      |                   \__________   ________/
 *      | build failed                 \ / stopped(reason)
 *      |                            SHUTDOWN --policy preserve--> stays
 *      |                               |  \--resume, if suspended--> RUNNING
 *      v                               | policy destroy, restart
 *    DYING <---------------------------+------ destroy, vanished
 *      | torn down
 *      +--> GONE, or when a restart is due
 *      +--> BUILDING, at once, or after a while as WAITING
 *
 * A restart that is due is never given up but by an operator: if its build
 * fails it is tried again, after pauses that grow.  Who restarts often is slowed
 * by a token bucket, so that loops of any length cost the host little.
 *
 * What has to happen on the way is done by struct lifecycle_ops.  Work that
 * takes time (build, teardown) answers later with an event.
 */
#ifndef HOSPESD_LIFECYCLE_H
#define HOSPESD_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

enum lifecycle_state {
	LC_BUILDING, LC_PAUSED, LC_RUNNING, LC_SHUTDOWN, LC_DYING, LC_GONE,
	LC_WAITING,		/* between two starts; nothing of it runs */
};

enum lifecycle_event {
	LC_EV_BUILT,		/* build succeeded, the domain is paused */
	LC_EV_BUILD_FAILED,
	LC_EV_PAUSE,		/* operator's wish */
	LC_EV_UNPAUSE,		/* operator's wish */
	LC_EV_STOPPED,		/* the hypervisor says: shut down, by reason */
	LC_EV_RESUME,		/* operator's wish, of one that is suspended */
	LC_EV_DESTROY,		/* operator's wish */
	LC_EV_TORN_DOWN,	/* nothing is left of this incarnation */
	LC_EV_VANISHED,		/* the hypervisor no longer knows the domain */
	LC_EV_ASIDE,		/* what ended was put aside; reason -1: not so */
	LC_EV_START,		/* the pause is over, or cut short */
};

enum lifecycle_policy {
	LC_DESTROY, LC_RESTART, LC_PRESERVE, LC_RENAME_RESTART,
};

/* Reasons as the hypervisor numbers them (sched_op shutdown). */
enum lifecycle_reason {
	LC_POWEROFF, LC_REBOOT, LC_SUSPEND, LC_CRASH, LC_WATCHDOG,
	LC_SOFT_RESET,
};

struct lifecycle;

struct lifecycle_ops {
	/* Start building; answers BUILT or BUILD_FAILED. */
	void (*build)(struct lifecycle *lc);
	/* Answers START after delay_ms. */
	void (*wait)(struct lifecycle *lc, unsigned int delay_ms);
	/* Take the domain down; answers TORN_DOWN. */
	void (*teardown)(struct lifecycle *lc);
	/* False when the hypervisor refused. */
	bool (*pause)(struct lifecycle *lc);
	bool (*unpause)(struct lifecycle *lc);
	bool (*resume)(struct lifecycle *lc);
	/* Keep what is left under another name; answers ASIDE.  False: not
	   possible, it is taken down instead. */
	bool (*put_aside)(struct lifecycle *lc);
	/* Called after each change of state. */
	void (*changed)(struct lifecycle *lc);
	uint64_t (*now_ms)(void);
};

struct lifecycle {
	const struct lifecycle_ops *ops;
	enum lifecycle_state state;
	enum lifecycle_policy on_poweroff, on_reboot, on_crash;
	int reason;		/* of the last shutdown, -1: none yet */
	bool start_paused;	/* the first incarnation stays paused */
	bool restart;		/* DYING leads to a start, not to GONE */
	bool asked;		/* an operator asked for the reboot: no token */
	unsigned int failures;	/* of restarts, in a row */
	uint64_t credit_ms;	/* the bucket: when it is full again */
};

/* Restarts that are free, and how long each of them is remembered. */
#define LIFECYCLE_BURST		5
#define LIFECYCLE_PERIOD_MS	10000
/* Pauses after failed restarts: 1, 2, 4, ... seconds. */
#define LIFECYCLE_RETRY_MS	1000
#define LIFECYCLE_RETRY_MAX_MS	30000

void lifecycle_init(struct lifecycle *lc, const struct lifecycle_ops *ops);
/* Returns 0, or -EINVAL when the event makes no sense in this state. */
int lifecycle_handle(struct lifecycle *lc, enum lifecycle_event ev, int reason);
/* A restart is due: it was started before, and is not given up. */
bool lifecycle_restarts(const struct lifecycle *lc);
/* The same of one that is SHUTDOWN, by its policy. */
bool lifecycle_restarts_after(const struct lifecycle *lc);
/* Its policy leaves one that is SHUTDOWN where it is. */
bool lifecycle_stays(const struct lifecycle *lc);
/*
 * After a restart of ours, in state SHUTDOWN: what its policy says may have
 * been begun or not.
 */
void lifecycle_settle(struct lifecycle *lc);

const char *lifecycle_state_name(enum lifecycle_state state);
const char *lifecycle_reason_name(int reason);
const char *lifecycle_policy_name(enum lifecycle_policy policy);
/* Returns the value, or -1 for an unknown name. */
int lifecycle_state_parse(const char *name);
int lifecycle_policy_parse(const char *name);

#endif
