/* SPDX-License-Identifier: BSD-2-Clause */
/* The store connections of backends.  See device_store.h. */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include "hospesd/device_store.h"
#include "hospesd/domain.h"
#include "lib/log.h"

#define RETRY_MS 20
/* xenstored answers in less than a millisecond, or is no more. */
#define ANSWER_S 2
/* A backend that does not look at its wire costs no more than this. */
#define WIRE_BUFFER 4096

static struct {
	struct hospesd *m;
	const char *path;
	int fd;			/* only to see it end */
	struct event *event, *timer;
} watched = { .fd = -1 };

static int connect_store(void)
{
	const struct timeval limit = { .tv_sec = ANSWER_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", watched.path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	err = errno;
	close(fd);
	return -err;
}

/* "restrict", the frontend's folder, the device's own: each with its NUL. */
static size_t restriction(const struct device *dev, char *to, size_t size)
{
	uint32_t domid = dev->domain->domid;
	const char *kind = device_kind_name(dev->kind);
	int len = snprintf(to, size, "restrict%c/local/domain/%u/device/%s/%u"
			   "%c/local/domain/0/backend/%s/%u/%u", 0, domid,
			   kind, dev->devid, 0, kind, domid, dev->devid);

	return (size_t)len + 1;
}

static int restrict_store(int fd, const struct device *dev)
{
	char message[256], answer[64];
	struct xsd_sockmsg head = { .type = XS_CONTROL };
	ssize_t n;

	head.len = (uint32_t)restriction(dev, message + sizeof(head),
					 sizeof(message) - sizeof(head));
	memcpy(message, &head, sizeof(head));
	n = (ssize_t)(sizeof(head) + head.len);
	if (send(fd, message, (size_t)n, MSG_NOSIGNAL) != n)
		return -EPIPE;
	if (recv(fd, &head, sizeof(head), MSG_WAITALL) != sizeof(head) ||
	    head.len >= sizeof(answer) ||
	    recv(fd, answer, head.len, MSG_WAITALL) != (ssize_t)head.len)
		return -EPIPE;
	return head.type == XS_CONTROL ? 0 : -ENOSYS;
}

int device_store_connect(const struct device *dev)
{
	const struct timeval none = { 0 };
	int rc, fd = connect_store();

	if (fd < 0)
		return fd;
	rc = restrict_store(fd, dev);
	/* Somebody chose another xenstored, and with it other rights. */
	if (rc == -ENOSYS && !dev->domain->m->opt.xenstored) {
		log_warn("this xenstored cannot restrict connections: backends have all of dom0's rights in the store");
		rc = 0;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none));
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

/* --- the wire ------------------------------------------------------------ */

int device_store_wire(struct device *dev)
{
	const int size = WIRE_BUFFER;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	dev->wire = ends[0];
	return ends[1];
}

void device_store_adopt(struct device *dev)
{
	dev->wire = pidfd_getfd(dev->backend.pidfd, DEVICE_FD_SPARE, 0);
}

void device_store_forget(struct device *dev)
{
	if (dev->wire >= 0)
		close(dev->wire);
	dev->wire = -1;
}

static int wire_send(const struct device *dev, int fd)
{
	char byte = 's', space[CMSG_SPACE(sizeof(int))]
		__attribute__((aligned(8)));
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(dev->wire, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ?
	       -errno : 0;
}

static void renew(const struct device *dev)
{
	int fd = device_store_connect(dev);
	int rc = fd < 0 ? fd : wire_send(dev, fd);
	char text[64];

	if (fd >= 0)
		close(fd);
	if (rc)
		log_warn("%s: %s: its backend cannot be given a connection to "
			 "the store: %s", dev->domain->config->name,
			 device_text(dev, text, sizeof(text)), strerror(-rc));
}

static void renew_all(struct hospesd *m)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		for (size_t i = 0; i < d->devices.count; i++)
			if (proc_alive(&d->devices.list[i].backend))
				renew(&d->devices.list[i]);
}

/* --- the end of xenstored ------------------------------------------------ */

static void try_again(void)
{
	static const struct timeval pause = { .tv_usec = RETRY_MS * 1000 };

	event_add(watched.timer, &pause);
}

static void ended(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	event_free(watched.event);
	close(watched.fd);
	watched.event = NULL;
	watched.fd = -1;
	try_again();
}

static bool look(void)
{
	watched.fd = connect_store();
	if (watched.fd < 0)
		return false;
	watched.event = event_new(watched.m->base, watched.fd, EV_READ, ended,
				  NULL);
	if (watched.event && !event_add(watched.event, NULL))
		return true;
	close(watched.fd);
	watched.fd = -1;
	return false;
}

static void retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	if (look())
		renew_all(watched.m);
	else
		try_again();
}

int device_store_watch(struct hospesd *m, const char *path)
{
	watched.m = m;
	watched.path = path;
	watched.timer = evtimer_new(m->base, retry, NULL);
	if (!watched.timer)
		return -ENOMEM;
	/* What was taken over may have lost its connection with our like. */
	retry(-1, 0, NULL);
	return 0;
}
