/* SPDX-License-Identifier: BSD-2-Clause */
/* What each request of the API does. */
#include <stdio.h>
#include <string.h>

#include "config/xml.h"
#include "hospesd/api_client.h"
#include "hospesd/api_reply.h"
#include "hospesd/api_request.h"
#include "hospesd/console.h"
#include "hospesd/domain.h"
#include "lib/json.h"

static void cmd_list(struct client *c, const struct api_request *r)
{
	struct json_writer *w = answer_begin_ok();

	if (reply_list(c->m, w, r->name) || !r->name) {
		answer_end(c, w);
		return;
	}
	json_writer_free(w);
	answer_error(c, "%s: no such domain; 'hospes list' shows those there "
		     "are", r->name);
}

static void cmd_info(struct client *c, struct domain *d,
		     const struct api_request *r)
{
	struct json_writer *w = answer_begin_ok();

	(void)r;
	reply_info(d, w);
	answer_end(c, w);
}

/* One that may be created now; NULL: what speaks against it has been told. */
static struct domain_config *read_config(struct client *c,
					 const struct api_request *r)
{
	const char *path = r->path ? r->path : "domain";
	struct diag diag = { 0 };
	struct domain_config *config;

	config = xml_parse_text(path, r->xml, strlen(r->xml), &diag);
	if (config && !create_check(c->m, config, path, r->force, &diag)) {
		domain_config_free(config);
		config = NULL;
	}
	answer_warnings(c, &diag);
	if (!config)
		answer_diag(c, &diag);
	diag_free(&diag);
	return config;
}

static void cmd_validate(struct client *c, const struct api_request *r)
{
	struct domain_config *config = read_config(c, r);
	struct json_writer *w;

	if (!config)
		return;
	w = answer_begin_ok();
	json_put_string(w, "name", config->name);
	answer_end(c, w);
	domain_config_free(config);
}

static void cmd_create(struct client *c, const struct api_request *r)
{
	struct domain_config *config = read_config(c, r);
	struct domain *d;
	int rc;

	if (!config)
		return;
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

/* What is written for the guest, and what is waited for. */
static const struct {
	const char *word;
	enum wait_kind kind;
} wishes[] = {
	[API_SHUTDOWN] = { "poweroff", WAIT_OFF },
	[API_REBOOT] = { "reboot", WAIT_REBOOT },
	[API_SUSPEND] = { "suspend", WAIT_SUSPENDED },
};

/*
 * Between two starts there is nobody to be asked: to be off it need only not
 * start again, to reboot it starts now.
 */
static void cmd_between(struct client *c, struct domain *d,
			const struct api_request *r)
{
	bool off = r->cmd == API_SHUTDOWN;

	if (r->wait)
		wait_for(c, d, off ? WAIT_GONE : WAIT_RUNNING, r->timeout_ms);
	else
		answer_ok(c);
	domain_event(d, off ? LC_EV_DESTROY : LC_EV_START, 0);
}

static void cmd_ask(struct client *c, struct domain *d,
		    const struct api_request *r)
{
	int rc;

	if ((lifecycle_restarts(&d->lc) || d->twin_due) &&
	    r->cmd != API_SUSPEND) {
		cmd_between(c, d, r);
		return;
	}
	/* What is kept of a guest that ended is off. */
	if (r->cmd == API_SHUTDOWN && d->lc.state == LC_SHUTDOWN &&
	    d->lc.reason != LC_SUSPEND) {
		answer_ok(c);
		return;
	}
	if (d->lc.state != LC_RUNNING) {
		answer_error(c, "%s is %s, it cannot hear the request%s",
			     d->config->name,
			     lifecycle_state_name(d->lc.state),
			     d->lc.state == LC_PAUSED ?
			     "; unpause it first" : "");
		return;
	}
	rc = store_write(c->m->store, wishes[r->cmd].word, CONTROL_SHUTDOWN,
			 d->domid);
	d->lc.asked = !rc && r->cmd == API_REBOOT;
	if (rc)
		answer_error(c, "%s: cannot write its control/shutdown: %s",
			     d->config->name, strerror(-rc));
	else if (r->wait)
		wait_for(c, d, wishes[r->cmd].kind, r->timeout_ms);
	else
		answer_ok(c);
}

/* Some do not know how, and would take the word for another one. */
static void cmd_suspend(struct client *c, struct domain *d,
			const struct api_request *r)
{
	int64_t able = 0;

	store_read_int(c->m->store, &able,
		       "/local/domain/%u/control/feature-suspend", d->domid);
	if (d->lc.state == LC_RUNNING && able != 1)
		answer_error(c, "%s does not say that it can be suspended "
			     "(control/feature-suspend)", d->config->name);
	else
		cmd_ask(c, d, r);
}

static void cmd_resume(struct client *c, struct domain *d,
		       const struct api_request *r)
{
	bool suspended = d->lc.state == LC_SHUTDOWN &&
		d->lc.reason == LC_SUSPEND;

	(void)r;
	domain_event(d, LC_EV_RESUME, 0);
	if (d->lc.state == LC_RUNNING && suspended)
		answer_ok(c);
	else
		answer_error(c, "%s is %s, %s", d->config->name,
			     lifecycle_state_name(d->lc.state),
			     suspended ? "it cannot be resumed: see the log" :
			     "not suspended");
}

static void cmd_destroy(struct client *c, struct domain *d,
			const struct api_request *r)
{
	(void)r;
	wait_for(c, d, WAIT_GONE, 0);
	domain_event(d, LC_EV_DESTROY, 0);
}

static void cmd_pause(struct client *c, struct domain *d,
		      const struct api_request *r)
{
	bool pause = r->cmd == API_PAUSE;
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

	if (!strcmp(r->what, "running"))
		kind = WAIT_RUNNING;
	else if (!strcmp(r->what, "shutdown"))
		kind = WAIT_SHUTDOWN;
	wait_for(c, d, kind, r->timeout_ms);
	wait_check(c);
}

/* The connection becomes the console's; the client object ends. */
static void cmd_console(struct client *c, struct domain *d,
			const struct api_request *r)
{
	struct bufferevent *bev = c->bev;

	if (!d->console) {
		answer_error(c, "%s has no console now", d->config->name);
		return;
	}
	answer_ok(c);
	c->bev = NULL;
	client_free(c);
	console_attach(d->console, bev, r->replay);
}

static void (*const on_domain[])(struct client *c, struct domain *d,
				 const struct api_request *r) = {
	[API_INFO] = cmd_info,
	[API_DESTROY] = cmd_destroy,
	[API_SHUTDOWN] = cmd_ask,
	[API_REBOOT] = cmd_ask,
	[API_SUSPEND] = cmd_suspend,
	[API_RESUME] = cmd_resume,
	[API_PAUSE] = cmd_pause,
	[API_UNPAUSE] = cmd_pause,
	[API_WAIT] = cmd_wait,
	[API_CONSOLE] = cmd_console,
};

static void no_domain(struct client *c, const struct api_request *r)
{
	if (r->cmd == API_WAIT && strcmp(r->what, "running"))
		answer_ok(c);	/* it is gone */
	else if (!strcmp(r->name, "Domain-0") || !strcmp(r->name, "0"))
		answer_error(c, "Domain-0 is the control domain, it is not "
			     "for hospesd to handle; name a guest");
	else
		answer_error(c, "%s: no such domain; 'hospes list' shows those "
			     "there are", r->name);
}

/* False when the connection was handed over. */
static bool cmd_domain(struct client *c, const struct api_request *r)
{
	struct domain *d = r->by_uuid ? domain_find_uuid(c->m, r->name) :
		domain_find(c->m, r->name);
	bool stays;

	if (!d) {
		no_domain(c, r);
		return true;
	}
	stays = r->cmd != API_CONSOLE || !d->console;
	on_domain[r->cmd](c, d, r);
	return stays;
}

/* After a console request c is no more: returns false. */
bool cmd_handle(struct client *c, const char *line, size_t len)
{
	struct api_request r;
	char error[200];
	bool stays = true;

	if (api_request_parse(&r, line, len, error, sizeof(error)))
		answer_error(c, "bad request: %s", error);
	else if (r.cmd == API_PING)
		answer_ok(c);
	else if (r.cmd == API_LIST)
		cmd_list(c, &r);
	else if (r.cmd == API_CREATE)
		cmd_create(c, &r);
	else if (r.cmd == API_VALIDATE)
		cmd_validate(c, &r);
	else
		stays = cmd_domain(c, &r);
	api_request_free(&r);
	return stays;
}
