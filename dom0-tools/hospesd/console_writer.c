/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs that are written by a thread.  See console_writer.h. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/console_log.h"
#include "hospesd/console_writer.h"
#include "hospesd/hospesd.h"
#include "hospesd/worker.h"
#include "lib/log.h"

struct console_writer {
	struct console_log log;		/* the thread's */
	char path[PATH_MAX];
	unsigned int jobs;		/* under way */
	uint64_t since_ms;		/* they have been */
	bool closed;
	int error;			/* told already */
	void (*done)(void *arg);
	void *arg;
};

struct write_job {
	struct job job;
	struct console_writer *w;
	int error;			/* of the log, after it */
	size_t len;
	uint8_t data[];
};

static struct worker *worker;

void console_writer_start(struct event_base *base)
{
	worker = worker_new(base);
	if (!worker)
		log_warn("no thread for the logs of consoles: a slow disk "
			 "will delay everything");
}

void console_writer_stop(void)
{
	struct worker *w = worker;

	/* What its last words cause is written at once. */
	worker = NULL;
	worker_finish(w);
}

static void run_write(struct job *job)
{
	struct write_job *j = (struct write_job *)job;

	console_log_write(&j->w->log, j->data, j->len);
	j->error = j->w->log.error;
}

static void report(struct console_writer *w, int error)
{
	if (error && error != w->error)
		log_warn("%s: console output is lost: %s; free some space",
			 w->path, strerror(error));
	w->error = error;
}

static void writer_free(struct console_writer *w)
{
	console_log_close(&w->log);
	free(w);
}

static void write_done(struct job *job)
{
	struct write_job *j = (struct write_job *)job;
	struct console_writer *w = j->w;

	report(w, j->error);
	free(j);
	if (--w->jobs)
		return;
	if (w->closed)
		writer_free(w);
	else if (w->done)
		w->done(w->arg);
}

struct console_writer *console_writer_open(const char *path,
					   void (*done)(void *arg), void *arg)
{
	struct console_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	snprintf(w->path, sizeof(w->path), "%s", path);
	console_log_init(&w->log, path, CONSOLE_LOG_MAX, CONSOLE_LOG_KEEP);
	console_writer_put(w, NULL, 0);
	w->done = done;
	w->arg = arg;
	return w;
}

void console_writer_put(struct console_writer *w, const void *buf, size_t len)
{
	struct write_job *j = malloc(sizeof(*j) + len);

	if (!j) {
		report(w, ENOMEM);
		return;
	}
	j->job.run = run_write;
	j->job.done = write_done;
	j->w = w;
	j->len = len;
	if (len)
		memcpy(j->data, buf, len);
	if (!w->jobs++)
		w->since_ms = hospesd_now_ms();
	if (worker) {
		worker_add(worker, &j->job);
		return;
	}
	run_write(&j->job);
	/* Not for who is in the middle of putting. */
	report(w, j->error);
	free(j);
	w->jobs--;
}

unsigned int console_writer_busy_ms(const struct console_writer *w)
{
	uint64_t ms = hospesd_now_ms() - w->since_ms;

	if (!w->jobs)
		return 0;
	return ms < UINT_MAX ? (unsigned int)ms + !ms : UINT_MAX;
}

const char *console_writer_path(const struct console_writer *w)
{
	return w->path;
}

void console_writer_close(struct console_writer *w)
{
	if (!w)
		return;
	w->closed = true;
	w->done = NULL;
	if (!w->jobs)
		writer_free(w);
}
