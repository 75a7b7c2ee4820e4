/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of the protocol: who may send them, and who handles them. */
#include "proto.h"

#include <errno.h>
#include <string.h>
#include "journal.h"
#include "lib/log.h"
#include "state.h"
#include "watch.h"

#define PRIVILEGED	1	/* dom0 only */
#define TREE		2	/* works on the tree, in a transaction or not */
#define CHANGES		4	/* needs room in the journal */
#define ACK		8	/* answers "OK" */
/* The whole payload is one string. */
#define ONE_STRING	16
/* A connection for one device may send it: for paths it may see, or change. */
#define SEES		32
#define ALTERS		64

struct proto_row {
	const char *name;
	int (*handle)(struct request *r);
	unsigned int flags;
	/* Strings and bytes it must have. */
	unsigned int min_args;
	unsigned int max_len;
};

#define MAX	XENSTORE_PAYLOAD_MAX
#define ONE	(XENSTORE_ABS_PATH_MAX + 1)
#define NUMBER	16

static const struct proto_row proto_table[XS_TYPE_COUNT] = {
	[XS_CONTROL] = { "CONTROL", control_handle,
		PRIVILEGED, 0, MAX },
	[XS_DIRECTORY] = { "DIRECTORY", proto_directory,
		TREE | SEES | ONE_STRING, 1, ONE },
	[XS_READ] = { "READ", proto_read,
		TREE | SEES | ONE_STRING, 1, ONE },
	[XS_GET_PERMS] = { "GET_PERMS", proto_get_perms,
		TREE | SEES | ONE_STRING, 1, ONE },
	[XS_WATCH] = { "WATCH", proto_watch,
		CHANGES | ACK | SEES, 2, MAX },
	[XS_UNWATCH] = { "UNWATCH", proto_unwatch,
		ACK | SEES, 2, MAX },
	[XS_TRANSACTION_START] = { "TRANSACTION_START",
		proto_transaction_start, 0, 0, MAX },
	[XS_TRANSACTION_END] = { "TRANSACTION_END", proto_transaction_end,
		ACK | CHANGES | ONE_STRING, 1, MAX },
	[XS_INTRODUCE] = { "INTRODUCE", proto_introduce,
		PRIVILEGED | CHANGES | ACK, 3, MAX },
	[XS_RELEASE] = { "RELEASE", proto_release,
		PRIVILEGED | ACK | ONE_STRING, 1, NUMBER },
	[XS_GET_DOMAIN_PATH] = { "GET_DOMAIN_PATH", proto_get_domain_path,
		ONE_STRING, 1, NUMBER },
	[XS_WRITE] = { "WRITE", proto_write,
		TREE | ALTERS | CHANGES | ACK, 1, MAX },
	[XS_MKDIR] = { "MKDIR", proto_mkdir,
		TREE | ALTERS | CHANGES | ACK | ONE_STRING, 1, ONE },
	[XS_RM] = { "RM", proto_rm,
		TREE | ALTERS | ACK | ONE_STRING, 1, ONE },
	[XS_SET_PERMS] = { "SET_PERMS", proto_set_perms,
		TREE | CHANGES | ACK, 2, MAX },
	[XS_IS_DOMAIN_INTRODUCED] = { "IS_DOMAIN_INTRODUCED",
		proto_is_domain_introduced, ONE_STRING, 1, NUMBER },
	[XS_RESUME] = { "RESUME", proto_resume,
		PRIVILEGED | ACK | ONE_STRING, 1, NUMBER },
	[XS_SET_TARGET] = { "SET_TARGET", proto_set_target,
		PRIVILEGED | ACK, 2, 2 * NUMBER },
	[XS_RESET_WATCHES] = { "RESET_WATCHES", proto_reset_watches,
		ACK | SEES, 0, MAX },
	[XS_DIRECTORY_PART] = { "DIRECTORY_PART", proto_directory_part,
		TREE | SEES, 2, MAX },
};

const char *proto_name(uint32_t type)
{
	if (type >= XS_TYPE_COUNT || !proto_table[type].name)
		return "unknown";
	return proto_table[type].name;
}

static enum scope_access proto_access(const struct proto_row *row)
{
	if (row->flags & ALTERS)
		return SCOPE_ALTERS;
	return row->flags & SEES ? SCOPE_SEES : SCOPE_NOTHING;
}

static void proto_split(struct request *r)
{
	size_t at = 0;

	while (r->args < PROTO_ARGS && at < r->len) {
		const char *end = memchr(r->data + at, '\0', r->len - at);

		if (!end)
			return;
		r->arg[r->args++] = r->data + at;
		at = end + 1 - r->data;
	}
}

/* Everything that can be said without looking at the store. */
static int proto_check(const struct proto_row *row, struct request *r)
{
	if (!row)
		return ENOSYS;
	if ((row->flags & PRIVILEGED) && !who_privileged(&r->c->who))
		return EACCES;
	r->access = proto_access(row);
	if (r->c->who.scope && r->access == SCOPE_NOTHING)
		return EACCES;
	if (r->len > row->max_len)
		return EINVAL;
	proto_split(r);
	if (r->args < row->min_args)
		return EINVAL;
	if ((row->flags & ONE_STRING) && strlen(r->arg[0]) + 1 != r->len)
		return EINVAL;
	if ((row->flags & CHANGES) && !journal_room(2 * r->len + 8192, r->c->who.domid))
		return ENOSPC;
	if (r->head->tx_id && ((row->flags & TREE) ||
			       r->head->type == XS_TRANSACTION_END)) {
		r->tx = conn_transaction(r->c, r->head->tx_id);
		if (!r->tx)
			return ENOENT;
	}
	return 0;
}

static int proto_run(const struct proto_row *row, struct request *r)
{
	struct view view;
	int err;

	if (!(row->flags & TREE))
		return row->handle(r);
	if (r->tx) {
		r->view = transaction_enter(r->tx);
		err = row->handle(r);
		transaction_leave(r->tx);
		return err;
	}
	store_view(&view);
	r->view = &view;
	err = row->handle(r);
	store_commit(&view);
	return err;
}

static void proto_answer(const struct proto_row *row, struct request *r,
			 int err)
{
	if (!err && r->out.len > XENSTORE_PAYLOAD_MAX)
		err = E2BIG;
	if (r->c->who.domid && (err == ENOSPC ||
	    (err == E2BIG && r->head->type == XS_WATCH)))
		quota_hit(r->c->who.domid, proto_name(r->head->type));
	if (err)
		conn_error(r->c, r->head, err);
	else if (row->flags & ACK)
		conn_reply(r->c, r->head, r->head->type, "OK", 3);
	else
		conn_reply(r->c, r->head, r->head->type, r->out.data,
			   r->out.len);
	if (!err && r->watch)
		watch_fire_first(r->watch);
	if (control_trace)
		log_info("dom%u tx%u %s %.200s: %s", r->c->who.domid,
			 r->head->tx_id, proto_name(r->head->type),
			 r->args ? r->arg[0] : "", strerror(err));
}

void proto_dispatch(struct conn *c, const struct xsd_sockmsg *head,
		    const char *data)
{
	struct request r = {
		.c = c, .head = head, .data = data, .len = head->len,
	};
	const struct proto_row *row = NULL;
	int err;

	if (head->type < XS_TYPE_COUNT && proto_table[head->type].handle)
		row = &proto_table[head->type];
	err = proto_check(row, &r);
	if (!err)
		err = proto_run(row, &r);
	proto_answer(row, &r, err);
	buf_free(&r.out);
}
