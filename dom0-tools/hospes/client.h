/* SPDX-License-Identifier: BSD-2-Clause */
/* The CLI's connection to hospesd. */
#ifndef HOSPES_CLIENT_H
#define HOSPES_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct client;
struct diag;
struct json;
struct json_writer;

/* Complains and returns NULL when hospesd cannot be reached. */
struct client *client_open(void);
/* The same without a word; errno says why. */
struct client *client_try(void);
void client_close(struct client *c);
int client_fd(const struct client *c);
/* What was read beyond the last line: the begin of a raw stream. */
const char *client_rest(const struct client *c, size_t *len);

/* A request begins with its cmd; add members, then send it (and free it). */
struct json_writer *client_request(const char *cmd, const char *name);
bool client_send(struct client *c, struct json_writer *w);
/* The next line, parsed; NULL after a complaint. */
struct json *client_receive(struct client *c);

/*
 * All of a simple exchange: sends, skips events, complains about an error.
 * Returns the answer if it is ok, else NULL.
 */
struct json *client_call(struct json_writer *request);
/*
 * The end of a longer one: gives on_event each event but warnings, which are
 * shown; after the errors if there are any. NULL after a complaint.
 */
struct json *client_finish(struct client *c,
			   void (*on_event)(void *arg, const struct json *event),
			   void *arg);
/* True when ok; complains otherwise. */
bool client_check(const struct json *answer);
/* Collects what client_check would complain about. */
void client_errors(const struct json *answer, struct diag *diag);

#endif
