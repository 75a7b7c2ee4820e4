/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The API socket and its connections.  A client has one request at a time; one
 * that takes long is kept as a wait for a change of its domain.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hospesd/api.h"
#include "hospesd/api_client.h"
#include "hospesd/api_request.h"
#include "hospesd/hospesd.h"

enum { BACKLOG = 64 };

/* Answers that are not read: no more requests are until they were. */
#define UNSENT_MAX (1024 * 1024)

struct client_list api_clients = LIST_HEAD_INITIALIZER(api_clients);

static struct evconnlistener *listener;
static struct sockaddr_un address;

void client_free(struct client *c)
{
	LIST_REMOVE(c, link);
	event_free(c->timer);
	if (c->bev)
		bufferevent_free(c->bev);
	free(c);
}

static bool is_clogged(const struct client *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) >=
		UNSENT_MAX;
}

static void client_readable(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	while (!c->waits && !c->ends && !is_clogged(c)) {
		size_t len;
		char *line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
		bool stays;

		if (!line)
			break;
		stays = cmd_handle(c, line, len);
		free(line);
		if (!stays)
			return;
	}
	if (c->waits || c->ends || evbuffer_get_length(in) < API_LINE_MAX ||
	    is_clogged(c))
		return;
	c->ends = true;
	bufferevent_disable(bev, EV_READ);
	answer_error(c, "bad request: the line is longer than %d bytes",
		     API_LINE_MAX);
}

static void client_drained(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	if (c->ends)
		client_free(c);
	else
		client_readable(bev, c);
}

static void client_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	/* Whatever it began goes on without it. */
	client_free(arg);
}

static void accepted(struct evconnlistener *l, evutil_socket_t fd,
		     struct sockaddr *addr, int len, void *arg)
{
	struct hospesd *m = arg;
	struct client *c = calloc(1, sizeof(*c));

	(void)l;
	(void)addr;
	(void)len;
	if (c) {
		c->m = m;
		c->timer = evtimer_new(m->base, wait_timeout, c);
		c->bev = bufferevent_socket_new(m->base, fd,
						BEV_OPT_CLOSE_ON_FREE |
						BEV_OPT_DEFER_CALLBACKS);
	}
	if (!c || !c->timer || !c->bev) {
		if (c && c->timer)
			event_free(c->timer);
		free(c);
		close(fd);
		return;
	}
	LIST_INSERT_HEAD(&api_clients, c, link);
	bufferevent_setcb(c->bev, client_readable, client_drained,
			  client_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, API_LINE_MAX);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/*
 * Made under another name and put in place of the old one: a client sees a
 * socket that nobody serves for now, and waits, but never none.
 */
static int bind_socket(int fd, const struct sockaddr_un *path)
{
	struct sockaddr_un temp = *path;

	/* Shorter than the name it will have. */
	strcpy(strrchr(temp.sun_path, '/') + 1, ".api");
	(void)unlink(temp.sun_path);
	if (bind(fd, (const struct sockaddr *)&temp, sizeof(temp)) ||
	    chmod(temp.sun_path, 0600) || listen(fd, BACKLOG))
		return -1;
	return rename(temp.sun_path, path->sun_path);
}

int api_open(struct hospesd *m)
{
	int fd, n;

	address.sun_family = AF_UNIX;
	n = snprintf(address.sun_path, sizeof(address.sun_path),
		     "%s/api.sock", m->opt.run_dir);
	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind_socket(fd, &address)) {
		n = -errno;
		close(fd);
		return n;
	}
	listener = evconnlistener_new(m->base, accepted, m,
				      LEV_OPT_CLOSE_ON_FREE |
				      LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!listener) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

void api_close(void)
{
	while (!LIST_EMPTY(&api_clients))
		client_free(LIST_FIRST(&api_clients));
	if (!listener)
		return;
	evconnlistener_free(listener);
	listener = NULL;
	/* In good order: clients need not wait for another. */
	(void)unlink(address.sun_path);
}
