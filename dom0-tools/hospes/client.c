/* SPDX-License-Identifier: BSD-2-Clause */
/* The CLI's connection to hospesd.  See client.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "hospes/client.h"
#include "hospes/hospes.h"
#include "lib/diag.h"
#include "lib/json.h"

#define LINE_MAX_BYTES (1024 * 1024)
/* A hospesd that was killed is back by then. */
#define RESTART_MS 3000
#define RESTART_STEP_MS 10

struct client {
	int fd;
	char *buf;
	size_t used, consumed, room;
};

static void complain_connect(const char *path)
{
	if (errno == EACCES || errno == EPERM)
		complain("%s: only root may talk to hospesd; use sudo", path);
	else if (errno == ENOENT || errno == ECONNREFUSED)
		complain("hospesd is not running; start it with 'systemctl "
			 "start hospesd', or run 'hospesd' (%s: %s)", path,
			 strerror(errno));
	else
		complain("cannot reach hospesd: %s: %s", path,
			 strerror(errno));
}

/*
 * Refused: there is a socket and nobody behind it, so hospesd did not end in
 * good order and is being started again. In the middle of that nobody should
 * have to see a command fail.
 */
static int connect_patiently(int fd, const struct sockaddr_un *addr)
{
	const struct timespec step = {
		.tv_nsec = RESTART_STEP_MS * 1000000L,
	};

	for (int left = RESTART_MS; ; left -= RESTART_STEP_MS) {
		if (!connect(fd, (const struct sockaddr *)addr,
			     sizeof(*addr)))
			return 0;
		if (errno != ECONNREFUSED || left <= 0)
			return -1;
		nanosleep(&step, NULL);
	}
}

static struct client *client_connect(struct sockaddr_un *addr)
{
	struct client *c = calloc(1, sizeof(*c));
	int n, err;

	if (!c)
		return NULL;
	addr->sun_family = AF_UNIX;
	n = snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/api.sock",
		     globals.run_dir);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if ((size_t)n >= sizeof(addr->sun_path))
		err = ENAMETOOLONG;
	else if (c->fd >= 0 && !connect_patiently(c->fd, addr))
		return c;
	else
		err = errno;
	client_close(c);
	errno = err;
	return NULL;
}

struct client *client_try(void)
{
	struct sockaddr_un addr;

	return client_connect(&addr);
}

struct client *client_open(void)
{
	struct sockaddr_un addr;
	struct client *c = client_connect(&addr);

	if (!c)
		complain_connect(addr.sun_path);
	return c;
}

void client_close(struct client *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	free(c);
}

int client_fd(const struct client *c)
{
	return c->fd;
}

const char *client_rest(const struct client *c, size_t *len)
{
	*len = c->used - c->consumed;
	return c->buf + c->consumed;
}

struct json_writer *client_request(const char *cmd, const char *name)
{
	struct json_writer *w = json_writer_new(false);

	json_open_object(w, NULL);
	json_put_string(w, "cmd", cmd);
	if (name)
		json_put_string(w, "name", name);
	return w;
}

static bool send_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool client_send(struct client *c, struct json_writer *w)
{
	const char *text;
	size_t len;
	bool ok;

	json_close_object(w);
	text = json_writer_text(w, &len);
	ok = text && send_all(c->fd, text, len) && send_all(c->fd, "\n", 1);
	if (!ok)
		complain("hospesd went away: %s", strerror(errno));
	json_writer_free(w);
	return ok;
}

/* Reads more; false at the end or on an error. */
static bool fill(struct client *c)
{
	ssize_t n;

	if (c->consumed) {
		c->used -= c->consumed;
		memmove(c->buf, c->buf + c->consumed, c->used);
		c->consumed = 0;
	}
	if (c->used == c->room) {
		size_t room = c->room ? c->room * 2 : 8192;
		char *buf = room > LINE_MAX_BYTES * 4 ? NULL :
			realloc(c->buf, room);

		if (!buf)
			return false;
		c->buf = buf;
		c->room = room;
	}
	do {
		n = read(c->fd, c->buf + c->used, c->room - c->used);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	c->used += (size_t)n;
	return true;
}

struct json *client_receive(struct client *c)
{
	char error[200], *start, *end;
	struct json *j;
	size_t scanned = 0;

	for (;;) {
		size_t have = c->used - c->consumed;

		start = c->buf + c->consumed;
		end = have > scanned ?
			memchr(start + scanned, '\n', have - scanned) : NULL;
		if (end)
			break;
		scanned = have;
		if (!fill(c)) {
			complain("hospesd went away before it answered; its "
				 "log says why, 'hospes list' shows what is");
			return NULL;
		}
	}
	c->consumed += (size_t)(end - start) + 1;
	j = json_parse(start, (size_t)(end - start), error, sizeof(error));
	if (!j)
		complain("hospesd's answer makes no sense: %s", error);
	return j;
}

void client_errors(const struct json *answer, struct diag *diag)
{
	const struct json *errors;

	if (json_get_bool(answer, "ok", false))
		return;
	errors = json_get_typed(answer, "errors", JSON_ARRAY);
	if (!errors || !json_count(errors))
		diag_error(diag, "%s", json_get_string(answer, "error",
						       "hospesd gave no "
						       "reason"));
	for (size_t i = 0; errors && i < json_count(errors); i++)
		diag_error(diag, "%s", json_as_string(json_at(errors, i)));
}

bool client_check(const struct json *answer)
{
	struct diag diag = { 0 };
	bool ok;

	client_errors(answer, &diag);
	ok = !diag.errors;
	for (size_t i = 0; i < diag.count; i++)
		complain("%s", diag.messages[i].text);
	diag_free(&diag);
	return ok;
}

static void show_warnings(struct diag *held)
{
	for (size_t i = 0; i < held->count; i++)
		fprintf(stderr, "warning: %s\n", held->messages[i].text);
	diag_free(held);
}

static bool is_warning(const struct json *answer)
{
	return !strcmp(json_get_string(answer, "event", ""), "warning");
}

struct json *client_finish(struct client *c,
			   void (*on_event)(void *arg, const struct json *event),
			   void *arg)
{
	struct diag held = { 0 };
	struct json *answer;

	while ((answer = client_receive(c)) && json_get(answer, "event")) {
		if (is_warning(answer)) {
			diag_warn(&held, "%s",
				  json_get_string(answer, "text", ""));
		} else {
			show_warnings(&held);
			on_event(arg, answer);
		}
		json_free(answer);
	}
	if (answer && !client_check(answer)) {
		json_free(answer);
		answer = NULL;
	}
	show_warnings(&held);
	return answer;
}

struct json *client_call(struct json_writer *request)
{
	struct client *c = client_open();
	struct json *answer = NULL;

	if (!c) {
		json_writer_free(request);
		return NULL;
	}
	if (client_send(c, request))
		answer = client_receive(c);
	while (answer && json_get(answer, "event")) {
		json_free(answer);
		answer = client_receive(c);
	}
	client_close(c);
	if (answer && !client_check(answer)) {
		json_free(answer);
		return NULL;
	}
	return answer;
}
