/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the API: what the api_*.c files share. */
#ifndef HOSPESD_API_CLIENT_H
#define HOSPESD_API_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define CONTROL_SHUTDOWN "/local/domain/%u/control/shutdown"

struct bufferevent;
struct diag;
struct domain;
struct event;
struct hospesd;
struct json_writer;

enum wait_kind {
	WAIT_CREATE, WAIT_GONE, WAIT_SHUTDOWN, WAIT_RUNNING, WAIT_OFF,
	WAIT_REBOOT, WAIT_SUSPENDED,
};

struct client {
	LIST_ENTRY(client) link;
	struct hospesd *m;
	struct bufferevent *bev;
	struct event *timer;
	struct domain *waits;	/* NULL: the request is answered */
	bool ends;		/* as soon as all answers are sent */
	enum wait_kind kind;
	uint32_t domid;		/* when the wait began */
};

LIST_HEAD(client_list, client);

/* --- api.c ---------------------------------------------------------------- */

extern struct client_list api_clients;

void client_free(struct client *c);

/* --- api_answer.c --------------------------------------------------------- */

/* An object with one string member, or none when key is NULL; then more. */
struct json_writer *answer_begin(const char *key, const char *value);
struct json_writer *answer_begin_ok(void);
/* Closes the object, sends it as a line. */
void answer_end(struct client *c, struct json_writer *w);
void answer_ok(struct client *c);
void answer_error(struct client *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void answer_diag(struct client *c, const struct diag *diag);
void answer_warnings(struct client *c, const struct diag *diag);

/* --- api_wait.c ----------------------------------------------------------- */

/* The answer comes when the domain is so; timeout_ms 0: whenever. */
void wait_for(struct client *c, struct domain *d, enum wait_kind kind,
	      int64_t timeout_ms);
/* It may be so already. */
void wait_check(struct client *c);
void wait_timeout(int fd, short what, void *arg);

/* --- api_cmd.c ------------------------------------------------------------ */

/* False when the connection was handed over and c is no more. */
bool cmd_handle(struct client *c, const char *line, size_t len);

#endif
