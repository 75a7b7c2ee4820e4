/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers at whose end a domain is shut down, if it does not set them anew. */
#ifndef HOSPES_CORE_WATCHDOG_H
#define HOSPES_CORE_WATCHDOG_H

#include "core/timer.h"

#define WATCHDOGS	2	/* of a domain */

struct domain;

struct watchdog {
	struct timer timer;
	struct domain *domain;
	u64 deadline;		/* d: system time, 0: not in use */
};

void watchdog_init(struct domain *d);
/* The domain ends: none runs any more. No lock of its is held. */
void watchdog_stop(struct domain *d);
/* SCHEDOP_watchdog: -errno, 0, or the number of a new one. */
long watchdog_set(struct domain *d, u32 id, u32 seconds);

#endif
