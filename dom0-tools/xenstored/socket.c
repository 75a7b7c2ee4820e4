/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of dom0 over the UNIX socket. */
#include "socket.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
#include "conn.h"
#include "lib/log.h"

#define SOCKET_BUFFER	4096
#define SOCKET_MESSAGES	32

struct client {
	struct conn conn;
	int fd;
	struct event *readable;
	struct event *writable;
	/* Read from the socket, not yet taken. */
	char in[SOCKET_BUFFER];
	size_t in_at;
	size_t in_len;
};

static struct event_base *socket_base;
static struct event *socket_event;
static char *socket_path;

static bool socket_fill(struct client *cl)
{
	ssize_t n = recv(cl->fd, cl->in, sizeof(cl->in), MSG_DONTWAIT);

	cl->in_at = 0;
	cl->in_len = n > 0 ? n : 0;
	if (n > 0)
		return true;
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static int socket_read(struct conn *c, void *to, size_t len)
{
	struct client *cl = c->owner;

	if (cl->in_at == cl->in_len && !socket_fill(cl))
		return -1;
	if (len > cl->in_len - cl->in_at)
		len = cl->in_len - cl->in_at;
	memcpy(to, cl->in + cl->in_at, len);
	cl->in_at += len;
	if (!len)
		event_add(cl->readable, NULL);
	return len;
}

static ssize_t socket_send(struct client *cl)
{
	struct iovec iov[SOCKET_MESSAGES];
	struct msghdr m = { .msg_iov = iov };

	for (struct msg *out = cl->conn.out; out; out = out->next) {
		if (m.msg_iovlen == SOCKET_MESSAGES)
			break;
		iov[m.msg_iovlen].iov_base = out->data + out->sent;
		iov[m.msg_iovlen++].iov_len = out->len - out->sent;
	}
	return sendmsg(cl->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void socket_drop_sent(struct conn *c, size_t n)
{
	while (n) {
		size_t rest = c->out->len - c->out->sent;

		if (n < rest) {
			c->out->sent += n;
			return;
		}
		n -= rest;
		conn_sent(c);
	}
}

static bool socket_flush(struct conn *c)
{
	struct client *cl = c->owner;

	while (c->out) {
		ssize_t n = socket_send(cl);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return !event_add(cl->writable, NULL);
		if (n < 0)
			return false;
		socket_drop_sent(c, n);
	}
	return true;
}

static void socket_broken(struct conn *c, uint32_t why)
{
	(void)why;
	log_info("a socket client sent a malformed message");
	conn_kill(c);
}

static void socket_end(struct conn *c)
{
	struct client *cl = c->owner;

	event_free(cl->readable);
	event_free(cl->writable);
	close(cl->fd);
	conn_free(c);
	free(cl);
}

static const struct transport socket_transport = {
	.read = socket_read,
	.flush = socket_flush,
	.broken = socket_broken,
	.close = socket_end,
};

/* One shot: socket_read asks again when it has found nothing. */
static void socket_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_mark_ready(arg);
}

static void socket_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_mark_dirty(arg);
}

/* Root, or whoever runs us: a test without root talks to itself. */
static bool socket_welcome(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len))
		return false;
	if (!who.uid || who.uid == geteuid())
		return true;
	log_info("refused a client of user %u", who.uid);
	return false;
}

static void socket_accept(evutil_socket_t listener, short what, void *arg)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *cl;

	(void)what;
	(void)arg;
	if (fd < 0)
		return;
	if (!socket_welcome(fd)) {
		close(fd);
		return;
	}
	cl = mem_zalloc(sizeof(*cl));
	cl->fd = fd;
	conn_init(&cl->conn, &socket_transport, cl, 0);
	cl->readable = event_new(socket_base, fd, EV_READ, socket_readable,
				 &cl->conn);
	cl->writable = event_new(socket_base, fd, EV_WRITE, socket_writable,
				 &cl->conn);
	conn_mark_ready(&cl->conn);
}

static int socket_bind(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* We hold the lock on the state, so nobody listens there. */
	unlink(path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    chmod(path, 0600) || listen(fd, 64)) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

int socket_listen(struct event_base *base, const char *path)
{
	int fd = socket_bind(path);

	if (fd < 0) {
		log_warn("cannot listen on %s: %s", path, strerror(-fd));
		return fd;
	}
	socket_base = base;
	socket_path = mem_strdup(path);
	socket_event = event_new(base, fd, EV_READ | EV_PERSIST,
				 socket_accept, NULL);
	event_add(socket_event, NULL);
	return 0;
}

static void socket_end_each(struct conn *c, void *arg)
{
	(void)arg;
	if (!c->lasting)
		socket_end(c);
}

void socket_close(void)
{
	conn_each(socket_end_each, NULL);
	if (!socket_event)
		return;
	close(event_get_fd(socket_event));
	event_free(socket_event);
	socket_event = NULL;
	unlink(socket_path);
	free(socket_path);
}
