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

struct client_list api_clients = LIST_HEAD_INITIALIZER(api_clients);

static struct evconnlistener *listener;

void client_free(struct client *c)
{
	LIST_REMOVE(c, link);
	event_free(c->timer);
	if (c->bev)
		bufferevent_free(c->bev);
	free(c);
}

static void client_readable(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	while (!c->waits) {
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
	if (!c->waits && evbuffer_get_length(in) >= API_LINE_MAX)
		client_free(c);
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
	bufferevent_setcb(c->bev, client_readable, NULL, client_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, API_LINE_MAX);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

int api_open(struct hospesd *m)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, n;

	n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/api.sock",
		     m->opt.run_dir);
	if (n < 0 || (size_t)n >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	(void)unlink(addr.sun_path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    chmod(addr.sun_path, 0600)) {
		n = -errno;
		close(fd);
		return n;
	}
	listener = evconnlistener_new(m->base, accepted, m,
				      LEV_OPT_CLOSE_ON_FREE |
				      LEV_OPT_CLOSE_ON_EXEC, 64, fd);
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
	if (listener)
		evconnlistener_free(listener);
	listener = NULL;
}
