/* SPDX-License-Identifier: BSD-2-Clause */
/* One request line of the API, checked against a table.  See api_request.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hospesd/api_request.h"
#include "lib/json.h"

#define TIMEOUT_MAX_MS (1000LL * 3600 * 24 * 365)

enum { WANT_NAME = 1, MAY_NAME = 2, WANT_XML = 4, WANT_WHAT = 8 };

static const struct {
	const char *name;
	enum api_cmd cmd;
	unsigned int args;
} commands[] = {
	{ "ping",	API_PING,	0 },
	{ "list",	API_LIST,	MAY_NAME },
	{ "info",	API_INFO,	WANT_NAME },
	{ "create",	API_CREATE,	WANT_XML },
	{ "validate",	API_VALIDATE,	WANT_XML },
	{ "destroy",	API_DESTROY,	WANT_NAME },
	{ "shutdown",	API_SHUTDOWN,	WANT_NAME },
	{ "reboot",	API_REBOOT,	WANT_NAME },
	{ "suspend",	API_SUSPEND,	WANT_NAME },
	{ "resume",	API_RESUME,	WANT_NAME },
	{ "pause",	API_PAUSE,	WANT_NAME },
	{ "unpause",	API_UNPAUSE,	WANT_NAME },
	{ "wait",	API_WAIT,	WANT_NAME | WANT_WHAT },
	{ "console",	API_CONSOLE,	WANT_NAME },
};

static int check_args(struct api_request *r, unsigned int args, char *error,
		      size_t size)
{
	if ((args & WANT_NAME) && (!r->name || !*r->name)) {
		snprintf(error, size, "the request needs \"name\" or "
			 "\"uuid\"");
		return -EINVAL;
	}
	if ((args & WANT_XML) && !r->xml) {
		snprintf(error, size, "the request needs \"xml\"");
		return -EINVAL;
	}
	if ((args & WANT_WHAT) && strcmp(r->what, "running") &&
	    strcmp(r->what, "shutdown") && strcmp(r->what, "gone")) {
		snprintf(error, size, "\"for\" is running, shutdown or gone");
		return -EINVAL;
	}
	if (r->timeout_ms < 0 || r->timeout_ms > TIMEOUT_MAX_MS) {
		snprintf(error, size, "\"timeout-ms\" is out of range");
		return -EINVAL;
	}
	return 0;
}

static void read_args(struct api_request *r)
{
	const struct json *j = r->json;

	r->name = json_get_string(j, "name", NULL);
	/* A name may look like another's uuid; this is for who must not err. */
	if (json_get(j, "uuid")) {
		r->by_uuid = true;
		r->name = json_get_string(j, "uuid", NULL);
	}
	r->xml = json_get_string(j, "xml", NULL);
	r->path = json_get_string(j, "xml-path", NULL);
	r->paused = json_get_bool(j, "paused", false);
	r->force = json_get_bool(j, "force", false);
	r->wait = json_get_bool(j, "wait", false);
	r->what = json_get_string(j, "for", "gone");
	r->timeout_ms = json_get_int(j, "timeout-ms", 0);
	r->replay = json_get_bool(j, "replay", true);
}

int api_request_parse(struct api_request *r, const char *line, size_t len,
		      char *error, size_t size)
{
	const char *cmd;

	memset(r, 0, sizeof(*r));
	r->json = json_parse(line, len, error, size);
	if (!r->json)
		return -EINVAL;
	if (json_type(r->json) != JSON_OBJECT) {
		snprintf(error, size, "a request is a JSON object");
		return -EINVAL;
	}
	cmd = json_get_string(r->json, "cmd", NULL);
	if (!cmd) {
		snprintf(error, size, "the request needs \"cmd\"");
		return -EINVAL;
	}
	read_args(r);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].name, cmd))
			continue;
		r->cmd = commands[i].cmd;
		return check_args(r, commands[i].args, error, size);
	}
	snprintf(error, size, "unknown cmd \"%.40s\"", cmd);
	return -EINVAL;
}

void api_request_free(struct api_request *r)
{
	json_free(r->json);
	memset(r, 0, sizeof(*r));
}
