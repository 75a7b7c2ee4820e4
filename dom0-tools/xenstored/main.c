/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xenstored: one thread, one round at a time.
 *
 * A round waits for something to happen, serves every client that has asked
 * for something, writes to the journal all that was done, and only then lets
 * the answers out.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "busy.h"
#include "conn.h"
#include "domain.h"
#include "initial.h"
#include "journal.h"
#include "lib/lock_holder.h"
#include "lib/log.h"
#include "options.h"
#include "socket.h"
#include "state.h"

static struct event_base *main_base;
static bool main_stop;

static void main_signal(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	main_stop = true;
}

static void main_domain_events(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	domain_events();
}

static void main_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	conn_doom_old_transactions();
}

static void main_watch(int fd, short what, event_callback_fn fn)
{
	struct event *e = event_new(main_base, fd, what | EV_PERSIST, fn,
				    NULL);

	if (!e || event_add(e, NULL))
		log_fatal("cannot watch a file descriptor");
}

static void main_every(int seconds, event_callback_fn fn)
{
	struct timeval tv = { .tv_sec = seconds };
	struct event *e = event_new(main_base, -1, EV_PERSIST, fn, NULL);

	if (!e || event_add(e, &tv))
		log_fatal("cannot set a timer");
}

static void main_make_parent(const char *file)
{
	char *dir = mem_strdup(file), *slash = strrchr(dir, '/');

	if (slash && slash != dir) {
		*slash = '\0';
		if (mkdir(dir, 0755) && errno != EEXIST)
			log_errno("cannot make %s", dir);
	}
	free(dir);
}

/* The kernel lets go of it when we die, however that happens. */
static void main_lock(const char *state)
{
	char *path, holder[64];
	int fd;

	if (asprintf(&path, "%s.lock", state) < 0)
		abort();
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		log_fatal("cannot open %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		log_fatal("another xenstored works on %s: %s; end it first, or "
			  "name another file with --state", state,
			  lock_holder(fd, holder, sizeof(holder)));
	free(path);
}

static void main_pid_file(const char *path)
{
	FILE *f = path ? fopen(path, "we") : NULL;

	if (!path)
		return;
	if (!f)
		log_fatal("cannot write %s: %s", path, strerror(errno));
	fprintf(f, "%d\n", getpid());
	fclose(f);
}

static void main_load(const struct options *o)
{
	int rc;

	store_init();
	rc = state_load(o->state);
	if (rc == -ENOENT)
		initial_nodes();
	else if (rc)
		log_fatal("cannot use %s: %s", o->state, strerror(-rc));
	else
		log_info("goes on with %s", o->state);
}

static void main_ready(int fd)
{
	if (fd < 0)
		return;
	if (write(fd, "", 1) != 1)
		log_errno("cannot tell that we are ready");
	close(fd);
}

static void main_start(const struct options *o)
{
	int rc;

	main_lock(o->state);
	busy_start(o->state);
	main_load(o);
	if (o->domains && domain_start())
		log_fatal("no connection to the hypervisor");
	journal_set_limit(o->journal_limit);
	rc = state_start(o->state);
	if (rc)
		log_fatal("cannot write %s: %s", o->state, strerror(-rc));
	if (o->domains) {
		main_watch(xen_event_fd(), EV_READ, main_domain_events);
		domain_go();
	}
	if (socket_listen(main_base, o->socket))
		exit(1);
	main_every(1, main_tick);
	main_pid_file(o->pid_file);
	main_ready(o->ready_fd);
}

/* While the journal cannot be written nothing leaves; try again soon. */
static void main_round(bool stuck)
{
	struct timeval soon = { .tv_usec = 100 * 1000 };

	if (stuck) {
		event_base_loopexit(main_base, &soon);
		event_base_loop(main_base, EVLOOP_ONCE);
		return;
	}
	event_base_loop(main_base, EVLOOP_ONCE |
			(conn_pending() ? EVLOOP_NONBLOCK : 0));
	conn_run_all();
}

int main(int argc, char **argv)
{
	struct options o;
	bool stuck = false;

	log_open("xenstored");
	quota_defaults();
	options_parse(&o, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	main_make_parent(o.socket);
	main_make_parent(o.state);
	main_base = event_base_new();
	if (!main_base)
		log_fatal("cannot start the event loop");
	main_watch(SIGTERM, EV_SIGNAL, main_signal);
	main_watch(SIGINT, EV_SIGNAL, main_signal);
	main_start(&o);
	while (!main_stop) {
		main_round(stuck);
		stuck = !journal_sync();
		if (!stuck)
			conn_flush_all();
	}
	socket_close();
	return 0;
}
