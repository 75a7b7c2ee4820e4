/* SPDX-License-Identifier: BSD-2-Clause */
/* sched_op(command, argument): time on the processor, and its end. */
#ifndef __XEN_PUBLIC_SCHED_H__
#define __XEN_PUBLIC_SCHED_H__

#include "event_channel.h"

/* Lets others run; no argument. */
#define SCHEDOP_yield 0

/* Unmasks events and sleeps until one is pending; no argument. */
#define SCHEDOP_block 1

/* Ends the domain, for SHUTDOWN_suspend until it is resumed (0, or 1 if the
 * suspension was cancelled). IN sched_shutdown; -EINVAL: no such reason. */
#define SCHEDOP_shutdown 2
struct sched_shutdown {
	unsigned int reason;		/* IN: SHUTDOWN_* */
};
typedef struct sched_shutdown sched_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_shutdown_t);

/*
 * Sleeps until one of some ports is pending, masked or not, or it is late.
 * IN sched_poll; -EINVAL: more than 128 ports, or one that is out of range.
 */
#define SCHEDOP_poll 3
struct sched_poll {
	XEN_GUEST_HANDLE(evtchn_port_t) ports;	/* IN */
	unsigned int nr_ports;			/* IN */
	uint64_t timeout;			/* IN: system time, ns; or 0 */
};
typedef struct sched_poll sched_poll_t;
DEFINE_XEN_GUEST_HANDLE(sched_poll_t);

/* Ends another domain. IN sched_remote_shutdown; -EPERM, -ESRCH. */
#define SCHEDOP_remote_shutdown 4
struct sched_remote_shutdown {
	domid_t domain_id;		/* IN */
	unsigned int reason;		/* IN: SHUTDOWN_* */
};
typedef struct sched_remote_shutdown sched_remote_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_remote_shutdown_t);

/* Says beforehand what a later shutdown is for. IN sched_shutdown. */
#define SCHEDOP_shutdown_code 5

/*
 * A timer that ends the domain (SHUTDOWN_watchdog) unless set again. The result
 * is the number of a new one, or 0. -ENOSPC: none is free, -EINVAL.
 */
#define SCHEDOP_watchdog 6
struct sched_watchdog {
	uint32_t id;			/* IN: 0 for a new one */
	uint32_t timeout;		/* IN: seconds; 0 removes it */
};
typedef struct sched_watchdog sched_watchdog_t;
DEFINE_XEN_GUEST_HANDLE(sched_watchdog_t);

/*
 * Keeps the calling vCPU on one processor for a while. Domain 0 only (-EPERM);
 * -EINVAL: no such processor.
 */
#define SCHEDOP_pin_override 7
struct sched_pin_override {
	int32_t pcpu;			/* IN: a negative number ends it */
};
typedef struct sched_pin_override sched_pin_override_t;
DEFINE_XEN_GUEST_HANDLE(sched_pin_override_t);

/* Why a domain has ended. */
#define SHUTDOWN_poweroff   0
#define SHUTDOWN_reboot     1 /* wants to be started again */
#define SHUTDOWN_suspend    2 /* its state is to be saved */
#define SHUTDOWN_crash      3 /* failed; domain 0: the machine restarts */
#define SHUTDOWN_watchdog   4 /* its watchdog has run out */
#define SHUTDOWN_soft_reset 5 /* wants its channels and grants cleared */
#define SHUTDOWN_MAX        5

#endif
