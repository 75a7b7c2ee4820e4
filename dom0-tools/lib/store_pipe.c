/* SPDX-License-Identifier: BSD-2-Clause */
/* Many requests to xenstored at once.  See store_pipe.h. */
#include "lib/store_pipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define PIPE_PAYLOAD_MAX 4096
/* Sent but not answered: both directions stay below a socket's buffer. */
#define PIPE_OUTSTANDING_MAX 64

/* In the request id, beside a serial number: this answer may be ENOENT. */
#define ID_TOLERATE 0x80000000u

static struct {
	const char *path;	/* NULL: not enabled */
	int fd;			/* -1: no connection */
	unsigned int outstanding;
	int error;		/* of the answers since the last wait */
	uint32_t serial;
	char in[sizeof(struct xsd_sockmsg) + PIPE_PAYLOAD_MAX];
} pipe_state = { .fd = -1 };

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EAGAIN", EAGAIN }, { "ENOENT", ENOENT }, { "EACCES", EACCES },
	{ "EEXIST", EEXIST }, { "EINVAL", EINVAL }, { "ENOSPC", ENOSPC },
	{ "EQUOTA", EDQUOT }, { "ENOMEM", ENOMEM }, { "E2BIG", E2BIG },
	{ "EIO", EIO }, { "EROFS", EROFS }, { "EBUSY", EBUSY },
	{ "ENOSYS", ENOSYS }, { "ENOTEMPTY", ENOTEMPTY }, { "EPERM", EPERM },
};

static int error_number(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].number;
	return EIO;
}

void store_pipe_enable(const char *path)
{
	pipe_state.path = path;
}

static bool pipe_open(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (!pipe_state.path || strlen(pipe_state.path) >=
	    sizeof(addr.sun_path))
		return false;
	if (pipe_state.fd >= 0)
		return true;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	strcpy(addr.sun_path, pipe_state.path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return false;
	}
	pipe_state.fd = fd;
	return true;
}

/* xenstored went away: its open transactions go with the connection. */
static void pipe_broken(void)
{
	close(pipe_state.fd);
	pipe_state.fd = -1;
	pipe_state.outstanding = 0;
	pipe_state.error = ENODEV;
}

static bool read_all(void *to, size_t len)
{
	char *p = to;

	while (len) {
		ssize_t n = read(pipe_state.fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Takes one answer; its payload is left in the buffer, with a NUL. */
static void pipe_receive(void)
{
	struct xsd_sockmsg head;
	char *payload = pipe_state.in;
	int error;

	if (!read_all(&head, sizeof(head)) || head.len > PIPE_PAYLOAD_MAX ||
	    !read_all(payload, head.len)) {
		pipe_broken();
		return;
	}
	payload[head.len] = '\0';
	if (head.type == XS_WATCH_EVENT)
		return;
	pipe_state.outstanding--;
	if (head.type != XS_ERROR)
		return;
	error = error_number(payload);
	if (error == ENOENT && (head.req_id & ID_TOLERATE))
		return;
	if (!pipe_state.error)
		pipe_state.error = error;
}

void store_pipe_send(uint32_t tx, uint32_t type, const char *first,
		     const char *rest, uint32_t rest_len, bool tolerate_enoent)
{
	char message[sizeof(struct xsd_sockmsg) + PIPE_PAYLOAD_MAX];
	uint32_t first_len = (uint32_t)strlen(first) + 1;
	struct xsd_sockmsg head = {
		.type = type, .tx_id = tx, .len = first_len + rest_len,
		.req_id = (++pipe_state.serial & ~ID_TOLERATE) |
			(tolerate_enoent ? ID_TOLERATE : 0),
	};

	if (head.len > PIPE_PAYLOAD_MAX) {
		pipe_state.error = E2BIG;
		return;
	}
	while (pipe_state.outstanding >= PIPE_OUTSTANDING_MAX)
		pipe_receive();
	if (pipe_state.fd < 0)
		return;
	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), first, first_len);
	if (rest_len)
		memcpy(message + sizeof(head) + first_len, rest, rest_len);
	if (send(pipe_state.fd, message, sizeof(head) + head.len,
		 MSG_NOSIGNAL) != (ssize_t)(sizeof(head) + head.len))
		pipe_broken();
	else
		pipe_state.outstanding++;
}

int store_pipe_wait(void)
{
	int error;

	while (pipe_state.outstanding)
		pipe_receive();
	error = pipe_state.error;
	pipe_state.error = 0;
	return -error;
}

int store_pipe_start(uint32_t *tx)
{
	int rc;

	if (!pipe_open())
		return -ENODEV;
	store_pipe_send(0, XS_TRANSACTION_START, "", NULL, 0, false);
	rc = store_pipe_wait();
	if (!rc)
		*tx = (uint32_t)strtoul(pipe_state.in, NULL, 10);
	return rc;
}

int store_pipe_end(uint32_t tx, bool commit)
{
	if (pipe_state.fd < 0)
		return -ENODEV;
	store_pipe_send(tx, XS_TRANSACTION_END, commit ? "T" : "F", NULL, 0,
			false);
	return store_pipe_wait();
}
