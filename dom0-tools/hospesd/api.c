/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The API socket and its clients.  A client has one request at a time; one
 * that takes long is kept as a wait for a change of its domain.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/xml.h"
#include "hospesd/api.h"
#include "hospesd/api_reply.h"
#include "hospesd/api_request.h"
#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/json.h"
#include "lib/log.h"

enum wait_kind { WAIT_CREATE, WAIT_GONE, WAIT_SHUTDOWN, WAIT_RUNNING,
		 WAIT_OFF, WAIT_REBOOT };

struct client {
	LIST_ENTRY(client) link;
	struct hospesd *m;
	struct bufferevent *bev;
	struct event *timer;
	struct domain *waits;	/* NULL: the request is answered */
	enum wait_kind kind;
	uint32_t domid;		/* when the wait began */
};

static LIST_HEAD(, client) clients = LIST_HEAD_INITIALIZER(clients);
static struct evconnlistener *listener;

static void client_free(struct client *c)
{
	LIST_REMOVE(c, link);
	event_free(c->timer);
	if (c->bev)
		bufferevent_free(c->bev);
	free(c);
}

/* --- answers ------------------------------------------------------------- */

static void send_text(struct client *c, struct json_writer *w)
{
	size_t len;
	const char *text = json_writer_text(w, &len);

	if (text) {
		bufferevent_write(c->bev, text, len);
		bufferevent_write(c->bev, "\n", 1);
	}
	json_writer_free(w);
}

static struct json_writer *begin(const char *key, const char *value)
{
	struct json_writer *w = json_writer_new(false);

	json_open_object(w, NULL);
	if (key)
		json_put_string(w, key, value);
	return w;
}

static void end(struct client *c, struct json_writer *w)
{
	json_close_object(w);
	send_text(c, w);
}

static struct json_writer *begin_ok(void)
{
	struct json_writer *w = begin(NULL, NULL);

	json_put_bool(w, "ok", true);
	return w;
}

static void answer_ok(struct client *c)
{
	end(c, begin_ok());
}

static void __attribute__((format(printf, 2, 3)))
answer_error(struct client *c, const char *fmt, ...)
{
	struct json_writer *w = begin(NULL, NULL);
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_put_bool(w, "ok", false);
	json_put_string(w, "error", text);
	end(c, w);
}

static void answer_diag(struct client *c, const struct diag *diag)
{
	struct json_writer *w = begin(NULL, NULL);

	json_put_bool(w, "ok", false);
	json_put_string(w, "error", diag_first_error(diag));
	json_open_array(w, "errors");
	for (size_t i = 0; i < diag->count; i++)
		if (diag->messages[i].is_error)
			json_put_string(w, NULL, diag->messages[i].text);
	json_close_array(w);
	end(c, w);
}

static void send_warnings(struct client *c, const struct diag *diag)
{
	for (size_t i = 0; i < diag->count; i++) {
		struct json_writer *w;

		if (diag->messages[i].is_error)
			continue;
		w = begin("event", "warning");
		json_put_string(w, "text", diag->messages[i].text);
		end(c, w);
	}
}

void api_domain_step(struct domain *d, const char *what, unsigned int ms)
{
	struct client *c;

	LIST_FOREACH(c, &clients, link) {
		struct json_writer *w;

		if (c->waits != d || c->kind != WAIT_CREATE)
			continue;
		w = begin("event", "step");
		json_put_string(w, "text", what);
		json_put_int(w, "ms", ms);
		end(c, w);
	}
}

/* --- waiting ------------------------------------------------------------- */

static void wait_done(struct client *c)
{
	c->waits = NULL;
	event_del(c->timer);
	/* There may be another request in the buffer. */
	bufferevent_trigger(c->bev, EV_READ, 0);
}

static void check_create(struct client *c, struct domain *d)
{
	struct json_writer *w;

	if (d->lc.state == LC_RUNNING || d->lc.state == LC_PAUSED) {
		w = begin_ok();
		json_put_string(w, "name", d->config->name);
		json_put_string(w, "uuid", d->uuid);
		json_put_int(w, "domid", d->domid);
		end(c, w);
		wait_done(c);
	} else if (d->lc.state == LC_GONE) {
		answer_error(c, "%s", d->error[0] ? d->error :
			     "it was destroyed while it was built");
		wait_done(c);
	}
}

/* Ended and staying ended, or already in its next life. */
static bool is_off(const struct client *c, const struct domain *d)
{
	return d->lc.state == LC_GONE || d->lc.state == LC_BUILDING ||
	       d->domid != c->domid ||
	       (d->lc.state == LC_SHUTDOWN && !d->twin_due);
}

static bool is_met(const struct client *c, const struct domain *d)
{
	switch (c->kind) {
	case WAIT_GONE:
		return d->lc.state == LC_GONE;
	case WAIT_SHUTDOWN:
		return d->lc.state >= LC_SHUTDOWN || d->domid != c->domid;
	case WAIT_RUNNING:
		return d->lc.state == LC_RUNNING;
	case WAIT_OFF:
		return is_off(c, d);
	case WAIT_REBOOT:
		return d->lc.state == LC_RUNNING && d->domid != c->domid;
	default:
		return false;
	}
}

static void check_wait(struct client *c)
{
	struct domain *d = c->waits;

	if (c->kind == WAIT_CREATE) {
		check_create(c, d);
	} else if (is_met(c, d)) {
		answer_ok(c);
		wait_done(c);
	} else if (d->lc.state == LC_GONE) {
		answer_error(c, "%s is gone%s%s", d->config->name,
			     d->error[0] ? ": " : "", d->error);
		wait_done(c);
	}
}

void api_domain_changed(struct domain *d)
{
	struct client *c;

	LIST_FOREACH(c, &clients, link)
		if (c->waits == d)
			check_wait(c);
}

static void wait_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	answer_error(c, "timed out: %s is %s", c->waits->config->name,
		     lifecycle_state_name(c->waits->lc.state));
	wait_done(c);
}

static void wait_for(struct client *c, struct domain *d, enum wait_kind kind,
		     int64_t timeout_ms)
{
	struct timeval limit = { .tv_sec = timeout_ms / 1000,
				 .tv_usec = timeout_ms % 1000 * 1000 };

	c->waits = d;
	c->kind = kind;
	c->domid = d->domid;
	if (timeout_ms)
		event_add(c->timer, &limit);
}

/* --- requests ------------------------------------------------------------ */

static void cmd_list(struct client *c, const struct api_request *r)
{
	struct json_writer *w = begin_ok();

	if (reply_list(c->m, w, r->name) || !r->name) {
		end(c, w);
		return;
	}
	json_writer_free(w);
	answer_error(c, "%s: no such domain; 'hospes list' shows those there "
		     "are", r->name);
}

static void cmd_info(struct client *c, struct domain *d)
{
	struct json_writer *w = begin_ok();

	reply_info(d, w);
	end(c, w);
}

static void cmd_create(struct client *c, const struct api_request *r)
{
	const char *path = r->path ? r->path : "domain";
	struct diag diag = { 0 };
	struct domain_config *config;
	struct domain *d;
	int rc;

	config = xml_parse_text(path, r->xml, strlen(r->xml), &diag);
	if (config && !create_check(c->m, config, path, &diag)) {
		domain_config_free(config);
		config = NULL;
	}
	send_warnings(c, &diag);
	if (!config) {
		answer_diag(c, &diag);
		diag_free(&diag);
		return;
	}
	diag_free(&diag);
	d = domain_new(c->m, config);
	if (!d) {
		answer_error(c, "hospesd has no memory left");
		return;
	}
	d->lc.start_paused = r->paused;
	rc = domain_start(d);
	if (rc) {
		answer_error(c, "%s: cannot write its record to %s: %s; make "
			     "room there", config->name, c->m->opt.run_dir,
			     strerror(-rc));
		domain_free(d);
		return;
	}
	wait_for(c, d, WAIT_CREATE, 0);
}

static void cmd_ask(struct client *c, struct domain *d,
		    const struct api_request *r)
{
	bool reboot = r->cmd == API_REBOOT;
	int rc;

	if (d->lc.state != LC_RUNNING) {
		answer_error(c, "%s is %s, it cannot hear the request%s",
			     d->config->name,
			     lifecycle_state_name(d->lc.state),
			     d->lc.state == LC_PAUSED ?
			     "; unpause it first" : "");
		return;
	}
	rc = store_write(c->m->store, reboot ? "reboot" : "poweroff",
			 "/local/domain/%u/control/shutdown", d->domid);
	if (rc)
		answer_error(c, "%s: cannot write its control/shutdown: %s",
			     d->config->name, strerror(-rc));
	else if (r->wait)
		wait_for(c, d, reboot ? WAIT_REBOOT : WAIT_OFF, r->timeout_ms);
	else
		answer_ok(c);
}

static void cmd_destroy(struct client *c, struct domain *d)
{
	wait_for(c, d, WAIT_GONE, 0);
	domain_event(d, LC_EV_DESTROY, 0);
}

static void cmd_pause(struct client *c, struct domain *d, bool pause)
{
	enum lifecycle_state want = pause ? LC_PAUSED : LC_RUNNING;

	domain_event(d, pause ? LC_EV_PAUSE : LC_EV_UNPAUSE, 0);
	if (d->lc.state == want)
		answer_ok(c);
	else
		answer_error(c, "%s is %s, it cannot be %s", d->config->name,
			     lifecycle_state_name(d->lc.state),
			     pause ? "paused" : "unpaused");
}

static void cmd_wait(struct client *c, struct domain *d,
		     const struct api_request *r)
{
	enum wait_kind kind = WAIT_GONE;

	if (!d && !strcmp(r->what, "running")) {
		answer_error(c, "%s: no such domain; 'hospes list' shows those "
			     "there are", r->name);
		return;
	}
	if (!d) {
		answer_ok(c);
		return;
	}
	if (!strcmp(r->what, "running"))
		kind = WAIT_RUNNING;
	else if (!strcmp(r->what, "shutdown"))
		kind = WAIT_SHUTDOWN;
	wait_for(c, d, kind, r->timeout_ms);
	check_wait(c);
}

/* The connection becomes the console's; the client object ends. */
static void cmd_console(struct client *c, struct domain *d, bool replay)
{
	struct bufferevent *bev = c->bev;

	if (!d->console) {
		answer_error(c, "%s has no console now", d->config->name);
		return;
	}
	answer_ok(c);
	c->bev = NULL;
	client_free(c);
	console_attach(d->console, bev, replay);
}

static void on_domain(struct client *c, const struct api_request *r)
{
	struct domain *d = domain_find(c->m, r->name);

	if (r->cmd == API_WAIT) {
		cmd_wait(c, d, r);
	} else if (!d && (!strcmp(r->name, "Domain-0") ||
			  !strcmp(r->name, "0"))) {
		answer_error(c, "Domain-0 is the control domain, it is not "
			     "for hospesd to handle; name a guest");
	} else if (!d) {
		answer_error(c, "%s: no such domain; 'hospes list' shows those "
			     "there are", r->name);
	} else if (r->cmd == API_INFO) {
		cmd_info(c, d);
	} else if (r->cmd == API_DESTROY) {
		cmd_destroy(c, d);
	} else if (r->cmd == API_CONSOLE) {
		cmd_console(c, d, r->replay);
	} else if (r->cmd == API_PAUSE || r->cmd == API_UNPAUSE) {
		cmd_pause(c, d, r->cmd == API_PAUSE);
	} else {
		cmd_ask(c, d, r);
	}
}

/* After a console request c is no more: returns false. */
static bool handle_line(struct client *c, const char *line, size_t len)
{
	struct api_request r;
	char error[200];
	bool stays = true;

	if (api_request_parse(&r, line, len, error, sizeof(error))) {
		answer_error(c, "bad request: %s", error);
	} else if (r.cmd == API_PING) {
		answer_ok(c);
	} else if (r.cmd == API_LIST) {
		cmd_list(c, &r);
	} else if (r.cmd == API_CREATE) {
		cmd_create(c, &r);
	} else {
		struct domain *d = domain_find(c->m, r.name);

		stays = r.cmd != API_CONSOLE || !d || !d->console;
		on_domain(c, &r);
	}
	api_request_free(&r);
	return stays;
}

/* --- connections --------------------------------------------------------- */

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
		stays = handle_line(c, line, len);
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
	LIST_INSERT_HEAD(&clients, c, link);
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
	while (!LIST_EMPTY(&clients))
		client_free(LIST_FIRST(&clients));
	if (listener)
		evconnlistener_free(listener);
	listener = NULL;
}
