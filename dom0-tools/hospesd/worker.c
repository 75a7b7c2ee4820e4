/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads beside the event loop.  See worker.h. */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "hospesd/worker.h"

#define STACK_SIZE (256 * 1024)

STAILQ_HEAD(job_list, job);

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct job_list todo, finished;	/* by the mutex, as is: */
	bool ends;			/* once todo is empty */
	bool once;
	int fd;				/* something has finished */
	struct event *event;
};

static struct job *next_job(struct worker *w)
{
	struct job *job;

	pthread_mutex_lock(&w->mutex);
	while (STAILQ_EMPTY(&w->todo) && !w->ends)
		pthread_cond_wait(&w->more, &w->mutex);
	job = STAILQ_FIRST(&w->todo);
	if (job)
		STAILQ_REMOVE_HEAD(&w->todo, link);
	pthread_mutex_unlock(&w->mutex);
	return job;
}

static void *thread_main(void *arg)
{
	struct worker *w = arg;
	struct job *job;

	while ((job = next_job(w))) {
		job->run(job);
		pthread_mutex_lock(&w->mutex);
		STAILQ_INSERT_TAIL(&w->finished, job, link);
		pthread_mutex_unlock(&w->mutex);
		(void)eventfd_write(w->fd, 1);
	}
	return NULL;
}

static void call_done(struct worker *w)
{
	struct job_list list = STAILQ_HEAD_INITIALIZER(list);
	struct job *job;

	pthread_mutex_lock(&w->mutex);
	STAILQ_CONCAT(&list, &w->finished);
	pthread_mutex_unlock(&w->mutex);
	while ((job = STAILQ_FIRST(&list))) {
		STAILQ_REMOVE_HEAD(&list, link);
		job->done(job);
	}
}

static void worker_free(struct worker *w)
{
	if (w->event)
		event_free(w->event);
	if (w->fd >= 0)
		close(w->fd);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

void worker_finish(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->ends = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	call_done(w);
	worker_free(w);
}

static void finished(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	eventfd_t count;

	(void)what;
	(void)eventfd_read(fd, &count);
	if (w->once)
		worker_finish(w);
	else
		call_done(w);
}

/* Signals are for the loop's thread. */
static int start_thread(struct worker *w)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&w->thread, &attr, thread_main, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

struct worker *worker_new(struct event_base *base)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	STAILQ_INIT(&w->todo);
	STAILQ_INIT(&w->finished);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->more, NULL);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd >= 0)
		w->event = event_new(base, w->fd, EV_READ | EV_PERSIST,
				     finished, w);
	if (!w->event || event_add(w->event, NULL) || start_thread(w)) {
		worker_free(w);
		return NULL;
	}
	return w;
}

void worker_add(struct worker *w, struct job *job)
{
	pthread_mutex_lock(&w->mutex);
	STAILQ_INSERT_TAIL(&w->todo, job, link);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->mutex);
}

int worker_once(struct event_base *base, struct job *job)
{
	struct worker *w = worker_new(base);

	if (!w)
		return -EAGAIN;
	w->once = true;
	worker_add(w, job);
	return 0;
}
