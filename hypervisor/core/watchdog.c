/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SCHEDOP_watchdog: a domain that does not set its timer anew in time is shut
 * down.
 *
 * The function takes the domain's lock, so nobody who holds it may wait for the
 * function.  A timer is set and cancelled under the lock without waiting; a
 * function that had begun by then finds a deadline that is not over.
 */
#include "core/domain.h"
#include "core/watchdog.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "x86/time.h"

static void fires(void *data)
{
	struct watchdog *w = data;
	struct domain *d = w->domain;
	bool due;

	spin_lock(&d->lock);
	due = w->deadline && w->deadline <= time_now();
	spin_unlock(&d->lock);
	if (!due)
		return;
	pr_guest("d%u: watchdog ran out\n", d->id);
	domain_shutdown(d, SHUTDOWN_watchdog);
}

void watchdog_init(struct domain *d)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(d->watchdog); i++) {
		d->watchdog[i].domain = d;
		timer_init(&d->watchdog[i].timer, fires, &d->watchdog[i], 0);
	}
}

void watchdog_stop(struct domain *d)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(d->watchdog); i++)
		timer_stop(&d->watchdog[i].timer);
}

/* The lock is held. @id 0: one that is free. NULL and *rc: there is none. */
static struct watchdog *find(struct domain *d, u32 id, long *rc)
{
	unsigned int n = id - 1;

	*rc = 0;
	if (id) {
		*rc = d->watchdog[n].deadline ? 0 : -EINVAL;
		return *rc ? NULL : &d->watchdog[n];
	}
	for (n = 0; n < ARRAY_SIZE(d->watchdog); n++)
		if (!d->watchdog[n].deadline)
			break;
	*rc = n < ARRAY_SIZE(d->watchdog) ? (long)n + 1 : -ENOSPC;
	return *rc > 0 ? &d->watchdog[n] : NULL;
}

long watchdog_set(struct domain *d, u32 id, u32 seconds)
{
	struct watchdog *w;
	long rc;

	if (id > ARRAY_SIZE(d->watchdog) || (!id && !seconds))
		return -EINVAL;
	spin_lock(&d->lock);
	w = find(d, id, &rc);
	if (w && seconds) {
		w->deadline = time_now() + seconds * NS_PER_SEC;
		timer_set(&w->timer, w->deadline);
	} else if (w) {
		w->deadline = 0;
		timer_cancel(&w->timer);
	}
	spin_unlock(&d->lock);
	return rc;
}
