/* SPDX-License-Identifier: BSD-2-Clause */
/* Serving the console of a domain.  See console.h. */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hospesd/console.h"
#include "hospesd/console_ring.h"
#include "hospesd/console_writer.h"
#include "hospesd/hospesd.h"
#include "lib/log.h"

#define RING_PAGE	4096
#define BACKLOG		16384
#define CLIENT_MAX	(256 * 1024)	/* unsent bytes before we drop */
#define INPUT_MAX	(64 * 1024)	/* unread bytes before we wait */
/* A guest may print this much in a period, then it waits. */
#define PERIOD_MS	100
#define PERIOD_TAKES	64
/* It waits for its log, but not for ever: then output is lost to the log. */
#define LOG_PATIENCE_MS	5000
/* For the last words to clients that do not read them. */
#define DRAIN_SECONDS	10

struct console_client {
	LIST_ENTRY(console_client) link;
	struct console *console;	/* NULL: gone, the last words go out */
	struct bufferevent *bev;
	size_t lost;
};

struct console {
	LIST_ENTRY(console) link;
	struct hospesd *m;
	struct console_writer *log;
	size_t log_lost;		/* bytes since it is behind */
	bool held;			/* output waits for the log */
	bool ends;			/* these are its last words */
	struct xencons_interface *page;	/* NULL: not connected */
	evtchn_port_t port;
	unsigned int takes;		/* left in this period */
	bool throttled;			/* the port is kept masked */
	bool corrupt;			/* told about it once */
	struct event *period;
	struct evbuffer *input, *backlog;
	LIST_HEAD(, console_client) clients;
};

static LIST_HEAD(, console) consoles = LIST_HEAD_INITIALIZER(consoles);

static void client_free(struct console_client *client)
{
	if (client->console)
		LIST_REMOVE(client, link);
	bufferevent_free(client->bev);
	free(client);
}

static void client_output(struct console_client *client, const void *buf,
			  size_t len)
{
	struct evbuffer *out = bufferevent_get_output(client->bev);

	if (evbuffer_get_length(out) + len > CLIENT_MAX) {
		client->lost += len;
		return;
	}
	if (client->lost) {
		evbuffer_add_printf(out, "\r\n[console: %zu bytes lost]\r\n",
				    client->lost);
		client->lost = 0;
	}
	evbuffer_add(out, buf, len);
}

static void tell_lost(struct console *c)
{
	char text[64];
	int n = snprintf(text, sizeof(text),
			 "\r\n[console: %zu bytes lost to this log]\r\n",
			 c->log_lost);

	c->log_lost = 0;
	console_writer_put(c->log, text, (size_t)n);
}

static void log_output(struct console *c, const uint8_t *buf, size_t len)
{
	if (!c->ends &&
	    console_writer_busy_ms(c->log) >= LOG_PATIENCE_MS) {
		c->log_lost += len;
		return;
	}
	if (c->log_lost)
		tell_lost(c);
	console_writer_put(c->log, buf, len);
}

static void console_output(struct console *c, const uint8_t *buf, size_t len)
{
	struct console_client *client;
	size_t kept;

	log_output(c, buf, len);
	evbuffer_add(c->backlog, buf, len);
	kept = evbuffer_get_length(c->backlog);
	if (kept > BACKLOG)
		evbuffer_drain(c->backlog, kept - BACKLOG);
	LIST_FOREACH(client, &c->clients, link)
		client_output(client, buf, len);
}

static void report_corrupt(struct console *c, bool corrupt)
{
	if (corrupt && !c->corrupt)
		log_warn("%s: the guest spoils the indices of its console; "
			 "output was skipped", console_writer_path(c->log));
	c->corrupt |= corrupt;
}

/* Its log has not written the last piece yet, and may still do so soon. */
static bool waits_for_log(const struct console *c)
{
	unsigned int ms = console_writer_busy_ms(c->log);

	return ms && ms < LOG_PATIENCE_MS;
}

static void start_period(struct console *c)
{
	static const struct timeval period = { .tv_usec = PERIOD_MS * 1000 };

	if (!event_pending(c->period, EV_TIMEOUT, NULL))
		event_add(c->period, &period);
}

/* Takes what the guest printed, a bounded amount; true if there was some. */
static bool pump_output(struct console *c)
{
	uint8_t buf[sizeof(c->page->out)];
	bool corrupt;
	size_t n = console_ring_take(c->page, buf, sizeof(buf), &corrupt);

	report_corrupt(c, corrupt);
	if (n)
		console_output(c, buf, n);
	return n != 0;
}

static void set_reading(struct console *c, bool on)
{
	struct console_client *client;

	LIST_FOREACH(client, &c->clients, link) {
		if (on)
			bufferevent_enable(client->bev, EV_READ);
		else
			bufferevent_disable(client->bev, EV_READ);
	}
}

static bool pump_input(struct console *c)
{
	uint8_t buf[sizeof(c->page->in)];
	ssize_t len = evbuffer_copyout(c->input, buf, sizeof(buf));
	bool corrupt, was_full = evbuffer_get_length(c->input) >= INPUT_MAX;
	size_t n;

	if (len <= 0)
		return false;
	n = console_ring_give(c->page, buf, (size_t)len, &corrupt);
	report_corrupt(c, corrupt);
	evbuffer_drain(c->input, n);
	if (was_full && evbuffer_get_length(c->input) < INPUT_MAX)
		set_reading(c, true);
	return n != 0;
}

static void console_serve(struct console *c)
{
	bool moved;

	if (!c->page)
		return;
	c->held = waits_for_log(c);
	if (c->held)
		start_period(c);
	moved = !c->held && pump_output(c);
	moved |= pump_input(c);
	if (moved)
		xenevtchn_notify(c->m->xce, c->port);
}

static void period_over(evutil_socket_t fd, short what, void *arg)
{
	struct console *c = arg;
	bool throttled = c->throttled;

	(void)fd;
	(void)what;
	c->takes = PERIOD_TAKES;
	if (!throttled && !c->held)
		return;
	c->throttled = false;
	console_serve(c);
	if (c->page && throttled)
		xenevtchn_unmask(c->m->xce, c->port);
}

/* The log has written all it got: there may be more. */
static void log_done(void *arg)
{
	struct console *c = arg;

	if (c->log_lost)
		tell_lost(c);
	if (!c->page)
		return;
	start_period(c);
	if (c->takes && --c->takes)
		console_serve(c);
	else
		c->held = true;
}

static void console_event(struct console *c)
{
	start_period(c);
	console_serve(c);
	if (c->takes && --c->takes)
		xenevtchn_unmask(c->m->xce, c->port);
	else
		c->throttled = true;
}

void console_events(struct hospesd *m)
{
	struct console *c;

	for (int i = 0; i < 64; i++) {
		xenevtchn_port_or_error_t port = xenevtchn_pending(m->xce);

		if (port < 0 && errno != EAGAIN && errno != EINTR)
			log_fatal("event channels cannot be read: %s; guests "
				  "go on, another hospesd takes them over",
				  strerror(errno));
		if (port < 0)
			return;
		LIST_FOREACH(c, &consoles, link)
			if (c->page && c->port == (evtchn_port_t)port)
				break;
		if (c)
			console_event(c);
	}
}

struct console *console_new(struct hospesd *m, const char *name)
{
	struct console *c = calloc(1, sizeof(*c));
	char path[PATH_MAX];

	if (!c)
		return NULL;
	c->m = m;
	c->takes = PERIOD_TAKES;
	LIST_INIT(&c->clients);
	LIST_INSERT_HEAD(&consoles, c, link);
	snprintf(path, sizeof(path), "%s/%s.console.log", m->opt.log_dir, name);
	c->log = console_writer_open(path, log_done, c);
	c->input = evbuffer_new();
	c->backlog = evbuffer_new();
	c->period = evtimer_new(m->base, period_over, c);
	if (!c->log || !c->input || !c->backlog || !c->period) {
		console_free(c);
		return NULL;
	}
	return c;
}

static void client_drained(struct bufferevent *bev, void *arg)
{
	(void)bev;
	client_free(arg);
}

static void client_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	client_free(arg);
}

/* It goes once it has got all that is for it; then its end is seen. */
static void client_drain(struct console_client *client)
{
	static const struct timeval limit = { .tv_sec = DRAIN_SECONDS };
	struct bufferevent *bev = client->bev;

	LIST_REMOVE(client, link);
	client->console = NULL;
	if (!evbuffer_get_length(bufferevent_get_output(bev))) {
		client_free(client);
		return;
	}
	bufferevent_disable(bev, EV_READ);
	bufferevent_setcb(bev, NULL, client_drained, client_event, client);
	bufferevent_set_timeouts(bev, NULL, &limit);
}

void console_free(struct console *c)
{
	if (!c)
		return;
	console_disconnect(c);
	while (!LIST_EMPTY(&c->clients))
		client_drain(LIST_FIRST(&c->clients));
	console_writer_close(c->log);
	LIST_REMOVE(c, link);
	if (c->period)
		event_free(c->period);
	if (c->input)
		evbuffer_free(c->input);
	if (c->backlog)
		evbuffer_free(c->backlog);
	free(c);
}

static void unmap_page(struct console *c)
{
	xenforeignmemory_unmap(c->m->fmem, c->page, 1);
	c->page = NULL;
}

static int map_page(struct console *c, uint32_t domid, uint64_t mfn)
{
	xen_pfn_t frame = mfn;
	int err = 0;

	c->page = xenforeignmemory_map(c->m->fmem, domid,
				       PROT_READ | PROT_WRITE, 1, &frame,
				       &err);
	if (c->page && !err)
		return 0;
	if (c->page)
		unmap_page(c);
	return err ? -abs(err) : -errno;
}

int console_connect(struct console *c, uint32_t domid, uint64_t mfn,
		    uint32_t port)
{
	xenevtchn_port_or_error_t local;
	int rc;

	console_disconnect(c);
	rc = map_page(c, domid, mfn);
	if (rc)
		return rc;
	local = xenevtchn_bind_interdomain(c->m->xce, domid, port);
	if (local < 0) {
		rc = -errno;
		unmap_page(c);
		return rc;
	}
	c->port = (evtchn_port_t)local;
	c->corrupt = false;
	c->throttled = false;
	console_serve(c);
	return 0;
}

void console_disconnect(struct console *c)
{
	if (!c->page)
		return;
	c->ends = true;
	pump_output(c);
	c->ends = false;
	xenevtchn_unbind(c->m->xce, c->port);
	unmap_page(c);
	evbuffer_drain(c->input, evbuffer_get_length(c->input));
	set_reading(c, true);
}

static void client_readable(struct bufferevent *bev, void *arg)
{
	struct console_client *client = arg;
	struct console *c = client->console;

	bufferevent_read_buffer(bev, c->input);
	if (evbuffer_get_length(c->input) >= INPUT_MAX)
		set_reading(c, false);
	if (!c->page)
		evbuffer_drain(c->input, evbuffer_get_length(c->input));
	else
		console_serve(c);
}

void console_attach(struct console *c, struct bufferevent *bev, bool replay)
{
	struct console_client *client = calloc(1, sizeof(*client));
	size_t len = evbuffer_get_length(c->backlog);

	if (!client) {
		bufferevent_free(bev);
		return;
	}
	client->console = c;
	client->bev = bev;
	LIST_INSERT_HEAD(&c->clients, client, link);
	bufferevent_setcb(bev, client_readable, NULL, client_event, client);
	bufferevent_setwatermark(bev, EV_READ, 0, 4096);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	if (replay && len)
		bufferevent_write(bev, evbuffer_pullup(c->backlog, -1), len);
	if (evbuffer_get_length(bufferevent_get_input(bev)))
		client_readable(bev, client);
}
