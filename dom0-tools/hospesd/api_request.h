/* SPDX-License-Identifier: BSD-2-Clause */
/* One request line of the API, checked. */
#ifndef HOSPESD_API_REQUEST_H
#define HOSPESD_API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

#define API_LINE_MAX (1024 * 1024)

enum api_cmd {
	API_PING, API_LIST, API_INFO, API_CREATE, API_DESTROY, API_SHUTDOWN,
	API_REBOOT, API_SUSPEND, API_RESUME, API_PAUSE, API_UNPAUSE, API_WAIT,
	API_CONSOLE, API_VALIDATE,
};

struct api_request {
	enum api_cmd cmd;
	struct json *json;	/* owns all the strings */
	const char *name;	/* the domain; NULL where none is needed */
	bool by_uuid;		/* name is its uuid, and nothing else */
	const char *xml, *path;	/* create, validate */
	bool paused, force;	/* create */
	bool wait;		/* shutdown, reboot */
	const char *what;	/* wait: running, shutdown, gone */
	int64_t timeout_ms;	/* 0: none */
	bool replay;		/* console */
};

/*
 * Parses a line (no newline).  Returns 0, or -EINVAL with one sentence in
 * error.  Free with api_request_free in both cases.
 */
int api_request_parse(struct api_request *request, const char *line,
		      size_t len, char *error, size_t size);
void api_request_free(struct api_request *request);

#endif
