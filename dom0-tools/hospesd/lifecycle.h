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
 *      +--> GONE, or BUILDING again when a restart is due
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
	/* Start building after delay_ms; answers BUILT or BUILD_FAILED. */
	void (*build)(struct lifecycle *lc, unsigned int delay_ms);
	/* Take the domain down; answers TORN_DOWN. */
	void (*teardown)(struct lifecycle *lc);
	/* False when the hypervisor refused. */
	bool (*pause)(struct lifecycle *lc);
	bool (*unpause)(struct lifecycle *lc);
	bool (*resume)(struct lifecycle *lc);
	/* Keep this one aside under another name, build a fresh twin. */
	void (*rename_restart)(struct lifecycle *lc);
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
	bool restart;		/* DYING leads to BUILDING, not to GONE */
	unsigned int quick;	/* short lives in a row */
	uint64_t born_ms;	/* when this incarnation began to run */
};

void lifecycle_init(struct lifecycle *lc, const struct lifecycle_ops *ops);
/* Returns 0, or -EINVAL when the event makes no sense in this state. */
int lifecycle_handle(struct lifecycle *lc, enum lifecycle_event ev, int reason);

const char *lifecycle_state_name(enum lifecycle_state state);
const char *lifecycle_reason_name(int reason);
const char *lifecycle_policy_name(enum lifecycle_policy policy);
/* Returns the value, or -1 for an unknown name. */
int lifecycle_state_parse(const char *name);
int lifecycle_policy_parse(const char *name);

#endif
