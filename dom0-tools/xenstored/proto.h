/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of the protocol: one row each in proto.c. */
#ifndef XENSTORED_PROTO_H
#define XENSTORED_PROTO_H

#include "conn.h"
#include "scope.h"

#define PROTO_ARGS	4

struct request {
	struct conn *c;
	const struct xsd_sockmsg *head;
	/* As it came; a NUL follows that is not counted. */
	const char *data;
	size_t len;
	/* The leading NUL-terminated strings. */
	const char *arg[PROTO_ARGS];
	size_t args;
	/* What the message does to the path it names. */
	enum scope_access access;
	struct view *view;
	struct transaction *tx;
	/* Data of the reply. */
	struct buf out;
	/* Fires after the reply. */
	struct watch *watch;
};

/* Answers the request: exactly one reply, events apart. */
void proto_dispatch(struct conn *c, const struct xsd_sockmsg *head,
		    const char *data);
const char *proto_name(uint32_t type);

/* Handlers return 0 or the errno to answer with. */
int proto_directory(struct request *r);
int proto_directory_part(struct request *r);
int proto_read(struct request *r);
int proto_write(struct request *r);
int proto_mkdir(struct request *r);
int proto_rm(struct request *r);
int proto_get_perms(struct request *r);
int proto_set_perms(struct request *r);
int proto_watch(struct request *r);
int proto_unwatch(struct request *r);
int proto_reset_watches(struct request *r);
int proto_transaction_start(struct request *r);
int proto_transaction_end(struct request *r);

int proto_introduce(struct request *r);
int proto_release(struct request *r);
int proto_resume(struct request *r);
int proto_set_target(struct request *r);
int proto_get_domain_path(struct request *r);
int proto_is_domain_introduced(struct request *r);

int control_handle(struct request *r);
/* Every request is logged. */
extern bool control_trace;

#endif
