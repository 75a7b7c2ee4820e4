/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of the CONTROL message, for operators (xenstore-control). */
#include "proto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "domain.h"
#include "journal.h"
#include "lib/log.h"
#include "path.h"
#include "state.h"

bool control_trace;

__attribute__((format(printf, 2, 3)))
static void control_say(struct request *r, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	/* The last line must leave room for the NUL. */
	if (r->out.len + n < XENSTORE_PAYLOAD_MAX)
		buf_put(&r->out, line, n);
}

static int control_check(struct request *r)
{
	if (!store_check())
		return EIO;
	control_say(r, "OK\n");
	return 0;
}

static int control_log(struct request *r)
{
	if (r->args < 2 || (strcmp(r->arg[1], "on") &&
			    strcmp(r->arg[1], "off")))
		return EINVAL;
	control_trace = !strcmp(r->arg[1], "on");
	return 0;
}

static int control_print(struct request *r)
{
	if (r->args < 2)
		return EINVAL;
	log_info("%s", r->arg[1]);
	return 0;
}

static void control_usage(struct request *r, uint16_t domid)
{
	const struct usage *u = usage_of(domid);

	control_say(r, "domain %u: nodes %u, watches %u, transactions %u, "
		    "memory %" PRIu64 "\n", domid, u->nodes, u->watches,
		    u->transactions, u->bytes);
}

static int control_quota_set(struct request *r)
{
	enum quota q = r->args == 4 ? quota_find(r->arg[2]) : QUOTA_COUNT;

	if (q == QUOTA_COUNT)
		return EINVAL;
	quota_set(q, strtoull(r->arg[3], NULL, 10));
	state_log_quota(q);
	return 0;
}

static int control_quota(struct request *r)
{
	char *end;
	unsigned long domid;

	if (r->args >= 2 && !strcmp(r->arg[1], "set"))
		return control_quota_set(r);
	if (r->args >= 2) {
		domid = strtoul(r->arg[1], &end, 10);
		if (*end || domid >= DOMID_LIMIT)
			return EINVAL;
		control_usage(r, domid);
		return 0;
	}
	for (int q = 0; q < QUOTA_COUNT; q++)
		control_say(r, "%-20s %10" PRIu64 "  %s\n", quota_name(q),
			    quota_get(q), quota_help(q));
	return 0;
}

static void control_report_conn(struct conn *c, void *arg)
{
	control_say(arg, "connection of domain %u (%s): %u replies, %zu + %zu "
		    "bytes to send%s\n", c->who.domid,
		    c->lasting ? "ring" : "socket", c->replies,
		    c->reply_bytes, c->event_bytes,
		    c->throttled ? ", throttled" : "");
}

static int control_memreport(struct request *r)
{
	control_say(r, "journal: %" PRIu64 " bytes\n", journal_size());
	for (uint32_t d = 0; d < DOMID_LIMIT; d++)
		if (usage_of(d)->bytes)
			control_usage(r, d);
	conn_each(control_report_conn, r);
	return 0;
}

/* For good: of a socket's client that has done nothing yet. */
static int control_restrict(struct request *r)
{
	struct conn *c = r->c;
	struct path other, own;

	if (r->args != 3 || path_resolve(&other, r->arg[1], 0, false) ||
	    path_resolve(&own, r->arg[2], 0, false) ||
	    !strcmp(other.s, "/") || !strcmp(own.s, "/"))
		return EINVAL;
	if (c->lasting)
		return EACCES;
	if (!list_empty(&c->watches) || !list_empty(&c->transactions))
		return EBUSY;
	c->who.scope = scope_new(other.s, own.s);
	return 0;
}

static int control_help(struct request *r);

static const struct {
	const char *name;
	int (*handle)(struct request *r);
	const char *help;
} control_table[] = {
	{ "check", control_check, "recount all nodes" },
	{ "help", control_help, "this list" },
	{ "log", control_log, "on|off: every request to stderr" },
	{ "memreport", control_memreport, "what memory is used for" },
	{ "print", control_print, "TEXT: to stderr" },
	{ "quota", control_quota,
	  "[DOMID | set NAME VALUE]: limits, or what a domain uses" },
	{ "restrict", control_restrict,
	  "OTHER OWN: this connection serves one device from now on" },
};

#define CONTROL_COUNT	(sizeof(control_table) / sizeof(control_table[0]))

static int control_help(struct request *r)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++)
		control_say(r, "%-10s %s\n", control_table[i].name,
			    control_table[i].help);
	return 0;
}

static int control_run(struct request *r)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++)
		if (!strcmp(r->arg[0], control_table[i].name))
			return control_table[i].handle(r);
	return EINVAL;
}

int control_handle(struct request *r)
{
	int err = r->args ? control_run(r) : EINVAL;

	if (err)
		return err;
	if (!r->out.len)
		buf_put(&r->out, "OK", 2);
	buf_put(&r->out, "", 1);
	return 0;
}
