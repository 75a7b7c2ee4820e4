/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection to xenstored: messages, its end, and the next one. xenstored
 * is trusted to send whole messages, but may die in the middle of one.
 */
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/log.h"
#include "store.h"
#include "store_internal.h"

/* Events read before the other descriptors get their turn. */
enum { EVENTS_PER_TURN = 64 };

static int socket_lost(struct store *s)
{
	if (s->event)
		event_free(s->event);
	s->event = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return -ECONNRESET;
}

static bool socket_all(struct store *s, char *to, size_t len)
{
	while (len) {
		ssize_t n = recv(s->fd, to, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= n;
	}
	return true;
}

/* One message, waited for; false: the connection is lost. */
static bool socket_message(struct store *s)
{
	if (!socket_all(s, (char *)&s->head, sizeof(s->head)) ||
	    s->head.len > XENSTORE_PAYLOAD_MAX ||
	    !socket_all(s, s->payload, s->head.len))
		return false;
	s->payload[s->head.len] = '\0';
	s->changed |= s->head.type == XS_WATCH_EVENT;
	return true;
}

static bool socket_put(struct store *s, uint32_t type, const char *payload,
		       size_t len)
{
	struct xsd_sockmsg head = {
		.type = type, .req_id = ++s->serial, .len = len,
	};
	struct iovec iov[] = {
		{ &head, sizeof(head) }, { (void *)payload, len },
	};
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };

	/* Requests are far smaller than a socket's buffer: all or nothing. */
	return sendmsg(s->fd, &m, MSG_NOSIGNAL) ==
	       (ssize_t)(sizeof(head) + len);
}

int store_ask_once(struct store *s, uint32_t type, const char *payload,
		   size_t len)
{
	if (s->fd < 0)
		return -ECONNRESET;
	if (!socket_put(s, type, payload, len))
		return socket_lost(s);
	do {
		if (!socket_message(s))
			return socket_lost(s);
	} while (s->head.type == XS_WATCH_EVENT ||
		 s->head.req_id != s->serial);
	/* It came in between: the loop would not see it. */
	if (s->changed && s->event)
		event_active(s->event, EV_TIMEOUT, 1);
	return 0;
}

/* A descriptor that hospesd passed; -1: none has come. */
static int wire_take(struct store *s)
{
	char byte, space[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	ssize_t n = recvmsg(s->wire, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	int fd;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -1;
	/* We hold its other end as well: it does not end. */
	if (n <= 0)
		log_fatal("the wire to hospesd is broken: %s",
			  n ? strerror(errno) : "it has ended");
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	bool good = true;

	(void)fd;
	(void)what;
	for (int i = 0; good && i < EVENTS_PER_TURN && poll(&p, 1, 0) > 0; i++)
		good = socket_message(s);
	if (!good)
		socket_lost(s);
	if (!s->changed)
		return;
	s->changed = false;
	s->fn(s->arg);
}

static void socket_listen(struct store *s)
{
	if (!s->base)
		return;
	s->event = event_new(s->base, s->fd, EV_READ | EV_PERSIST,
			     socket_ready, s);
	if (!s->event || event_add(s->event, NULL))
		log_warn("no memory for the store's events");
}

/* Takes up a connection; what happened in between is an event. */
static bool socket_adopt(struct store *s, int fd)
{
	socket_lost(s);
	s->fd = fd;
	for (unsigned int i = 0; i < s->nr_watches; i++)
		if (store_ask_once(s, XS_WATCH, s->watches[i].text,
				   s->watches[i].len))
			return false;
	s->changed = true;
	socket_listen(s);
	if (s->event)
		event_active(s->event, EV_TIMEOUT, 1);
	return true;
}

void store_wait_connection(struct store *s)
{
	struct pollfd p = { .fd = s->wire, .events = POLLIN };

	for (;;) {
		int fd = poll(&p, 1, -1) > 0 ? wire_take(s) : -1;

		if (fd >= 0 && socket_adopt(s, fd))
			return;
	}
}

static void wire_ready(evutil_socket_t wire, short what, void *arg)
{
	struct store *s = arg;
	int fd = wire_take(s);

	(void)wire;
	(void)what;
	if (fd >= 0)
		socket_adopt(s, fd);
}

int store_attach(struct store *s, struct event_base *base,
		 void (*fn)(void *arg), void *arg)
{
	s->base = base;
	s->fn = fn;
	s->arg = arg;
	socket_listen(s);
	s->wire_event = event_new(base, s->wire, EV_READ | EV_PERSIST,
				  wire_ready, s);
	if (!s->event || !s->wire_event || event_add(s->wire_event, NULL))
		return -ENOMEM;
	return 0;
}

struct store *store_open(int fd, int wire)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s) {
		s->fd = fd;
		s->wire = wire;
	}
	return s;
}
