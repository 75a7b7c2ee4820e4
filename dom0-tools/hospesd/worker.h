/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads for what may take long: the destruction of a guest, writes to a slow
 * disk.  A job runs in the worker's thread and touches nothing but itself; then
 * the event loop calls its done().  Everything else stays in the one thread.
 */
#ifndef HOSPESD_WORKER_H
#define HOSPESD_WORKER_H

#include <sys/queue.h>

struct event_base;
struct worker;

struct job {
	STAILQ_ENTRY(job) link;
	void (*run)(struct job *job);	/* in the thread */
	void (*done)(struct job *job);	/* in the loop; may free the job */
};

/* One that does its jobs in their order.  NULL: not possible now. */
struct worker *worker_new(struct event_base *base);
void worker_add(struct worker *w, struct job *job);
/* Waits until all jobs are done, and ends it. */
void worker_finish(struct worker *w);

/* A thread for this job alone; 0 or -errno. */
int worker_once(struct event_base *base, struct job *job);

#endif
