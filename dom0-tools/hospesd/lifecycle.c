/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a domain: which event leads where.  See lifecycle.h. */
#include <errno.h>
#include <string.h>

#include "hospesd/lifecycle.h"

static const char *const state_names[] = {
	"building", "paused", "running", "shutdown", "dying", "gone",
	"waiting",
};

static const char *const policy_names[] = {
	"destroy", "restart", "preserve", "rename-restart",
};

static const char *const reason_names[] = {
	"poweroff", "reboot", "suspend", "crash", "watchdog", "soft-reset",
};

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

const char *lifecycle_state_name(enum lifecycle_state state)
{
	return state_names[state];
}

const char *lifecycle_policy_name(enum lifecycle_policy policy)
{
	return policy_names[policy];
}

const char *lifecycle_reason_name(int reason)
{
	if (reason < 0 || reason >= COUNT(reason_names))
		return "unknown";
	return reason_names[reason];
}

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

int lifecycle_state_parse(const char *name)
{
	return find_name(state_names, COUNT(state_names), name);
}

int lifecycle_policy_parse(const char *name)
{
	return find_name(policy_names, COUNT(policy_names), name);
}

void lifecycle_init(struct lifecycle *lc, const struct lifecycle_ops *ops)
{
	memset(lc, 0, sizeof(*lc));
	lc->ops = ops;
	lc->state = LC_BUILDING;
	lc->reason = -1;
	lc->on_poweroff = LC_DESTROY;
	lc->on_reboot = LC_RESTART;
	lc->on_crash = LC_DESTROY;
}

static void enter(struct lifecycle *lc, enum lifecycle_state state)
{
	lc->state = state;
	lc->ops->changed(lc);
}

static void start_teardown(struct lifecycle *lc, bool restart)
{
	lc->restart = restart;
	enter(lc, LC_DYING);
	lc->ops->teardown(lc);
}

static bool start_running(struct lifecycle *lc)
{
	if (!lc->ops->unpause(lc))
		return false;
	lc->failures = 0;
	enter(lc, LC_RUNNING);
	return true;
}

/*
 * The token bucket, as the moment when it is full again: each restart moves it
 * on by a period, and one that would move it beyond a burst waits.
 */
static unsigned int take_token(struct lifecycle *lc)
{
	const uint64_t room = (LIFECYCLE_BURST - 1) * LIFECYCLE_PERIOD_MS;
	uint64_t now = lc->ops->now_ms(), ahead;

	if (lc->credit_ms < now)
		lc->credit_ms = now;
	ahead = lc->credit_ms - now;
	/* One restart waits at a time, so it is never much more than room. */
	if (ahead > room + LIFECYCLE_PERIOD_MS)
		ahead = room + LIFECYCLE_PERIOD_MS;
	lc->credit_ms = now + ahead + LIFECYCLE_PERIOD_MS;
	return ahead > room ? (unsigned int)(ahead - room) : 0;
}

static unsigned int restart_delay(struct lifecycle *lc)
{
	unsigned int delay = LIFECYCLE_RETRY_MS;

	if (!lc->failures)
		return lc->asked ? 0 : take_token(lc);
	for (unsigned int i = 1; i < lc->failures; i++) {
		delay *= 2;
		if (delay >= LIFECYCLE_RETRY_MAX_MS)
			return LIFECYCLE_RETRY_MAX_MS;
	}
	return delay;
}

static void build(struct lifecycle *lc)
{
	enter(lc, LC_BUILDING);
	lc->ops->build(lc);
}

/* Nothing is left of the last incarnation: the next one, now or later. */
static void start_again(struct lifecycle *lc)
{
	unsigned int delay = restart_delay(lc);

	lc->restart = false;
	lc->asked = false;
	if (!delay) {
		build(lc);
		return;
	}
	lc->state = LC_WAITING;
	lc->ops->wait(lc, delay);
	lc->ops->changed(lc);
}

bool lifecycle_restarts(const struct lifecycle *lc)
{
	return lc->state == LC_WAITING ||
	       (lc->state == LC_DYING && lc->restart) ||
	       (lc->state == LC_BUILDING && lc->reason >= 0);
}

static enum lifecycle_policy policy_for(const struct lifecycle *lc, int reason)
{
	switch (reason) {
	case LC_POWEROFF:
		return lc->on_poweroff;
	case LC_REBOOT:
		return lc->on_reboot;
	case LC_SUSPEND:
		/* Somebody saved it: only an operator may decide. */
		return LC_PRESERVE;
	default:
		return lc->on_crash;
	}
}

bool lifecycle_restarts_after(const struct lifecycle *lc)
{
	enum lifecycle_policy policy = policy_for(lc, lc->reason);

	return policy == LC_RESTART || policy == LC_RENAME_RESTART;
}

bool lifecycle_stays(const struct lifecycle *lc)
{
	enum lifecycle_policy policy = policy_for(lc, lc->reason);

	return policy == LC_PRESERVE || policy == LC_RENAME_RESTART;
}

void lifecycle_settle(struct lifecycle *lc)
{
	enum lifecycle_policy policy = policy_for(lc, lc->reason);

	if (policy == LC_DESTROY)
		start_teardown(lc, false);
	else if (policy == LC_RESTART)
		start_teardown(lc, true);
	else if (policy == LC_RENAME_RESTART && !lc->ops->put_aside(lc))
		start_teardown(lc, true);
}

static void apply_policy(struct lifecycle *lc, int reason)
{
	if (reason != LC_REBOOT)
		lc->asked = false;
	lc->reason = reason;
	enter(lc, LC_SHUTDOWN);
	lifecycle_settle(lc);
}

static int handle_building(struct lifecycle *lc, enum lifecycle_event ev)
{
	bool stay;

	switch (ev) {
	case LC_EV_BUILT:
		stay = lc->start_paused;
		lc->start_paused = false;
		if (stay || !start_running(lc))
			enter(lc, LC_PAUSED);
		return 0;
	case LC_EV_BUILD_FAILED:
		if (lc->reason >= 0)
			lc->failures++;
		start_teardown(lc, lc->reason >= 0);
		return 0;
	case LC_EV_DESTROY:
		start_teardown(lc, false);
		return 0;
	default:
		return -EINVAL;
	}
}

static int handle_waiting(struct lifecycle *lc, enum lifecycle_event ev)
{
	switch (ev) {
	case LC_EV_START:
		build(lc);
		return 0;
	case LC_EV_DESTROY:
		start_teardown(lc, false);
		return 0;
	default:
		return -EINVAL;
	}
}

static int handle_alive(struct lifecycle *lc, enum lifecycle_event ev,
			int reason)
{
	switch (ev) {
	case LC_EV_PAUSE:
		if (lc->state == LC_RUNNING && lc->ops->pause(lc))
			enter(lc, LC_PAUSED);
		return 0;
	case LC_EV_UNPAUSE:
		if (lc->state == LC_PAUSED)
			start_running(lc);
		return 0;
	case LC_EV_STOPPED:
		apply_policy(lc, reason);
		return 0;
	case LC_EV_DESTROY:
	case LC_EV_VANISHED:
		start_teardown(lc, false);
		return 0;
	default:
		return -EINVAL;
	}
}

static int handle_shutdown(struct lifecycle *lc, enum lifecycle_event ev,
			   int reason)
{
	switch (ev) {
	case LC_EV_DESTROY:
	case LC_EV_VANISHED:
		start_teardown(lc, false);
		return 0;
	case LC_EV_RESUME:
		if (lc->reason != LC_SUSPEND)
			return -EINVAL;
		if (lc->ops->resume(lc))
			enter(lc, LC_RUNNING);
		return 0;
	case LC_EV_ASIDE:
		if (reason < 0)
			start_teardown(lc, true);
		else
			start_again(lc);
		return 0;
	case LC_EV_STOPPED:	/* the same news again */
		return 0;
	default:
		return -EINVAL;
	}
}

static int handle_dying(struct lifecycle *lc, enum lifecycle_event ev)
{
	switch (ev) {
	case LC_EV_TORN_DOWN:
		if (lc->restart)
			start_again(lc);
		else
			enter(lc, LC_GONE);
		return 0;
	case LC_EV_DESTROY:
		lc->restart = false;
		lc->ops->changed(lc);
		return 0;
	case LC_EV_STOPPED:
	case LC_EV_VANISHED:
		return 0;
	default:
		return -EINVAL;
	}
}

int lifecycle_handle(struct lifecycle *lc, enum lifecycle_event ev, int reason)
{
	switch (lc->state) {
	case LC_BUILDING:
		return handle_building(lc, ev);
	case LC_PAUSED:
	case LC_RUNNING:
		return handle_alive(lc, ev, reason);
	case LC_SHUTDOWN:
		return handle_shutdown(lc, ev, reason);
	case LC_DYING:
		return handle_dying(lc, ev);
	case LC_WAITING:
		return handle_waiting(lc, ev);
	default:
		return -EINVAL;
	}
}
