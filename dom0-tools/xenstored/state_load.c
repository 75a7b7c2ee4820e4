/* SPDX-License-Identifier: BSD-2-Clause */
/* Doing again what the journal says. A record that makes no sense is skipped. */
#include <errno.h>
#include <string.h>

#include "domain.h"
#include "journal.h"
#include "lib/log.h"
#include "path.h"
#include "state.h"
#include "state_records.h"
#include "watch.h"

static uint32_t state_daemons;
/* The file is of an earlier boot: its domains are gone, ids are new. */
static bool state_stale;

uint32_t state_incarnation(void)
{
	return state_daemons;
}

static struct perms *load_perms(struct reader *r)
{
	uint32_t len;
	const char *p = reader_bytes(r, &len);

	if (!p || len < sizeof(struct perm) || len % sizeof(struct perm)) {
		r->bad = true;
		return NULL;
	}
	return perms_new((const void *)p, len / sizeof(struct perm));
}

static void load_u64(struct reader *r, uint64_t *v)
{
	uint32_t len;
	const char *p = reader_bytes(r, &len);

	if (p && len == sizeof(*v))
		memcpy(v, p, len);
	else
		r->bad = true;
}

static void load_incarnation(struct reader *r)
{
	state_daemons = reader_u32(r) + 1;
	tree_start_gen((uint64_t)state_daemons << 40);
}

static void load_boot(struct reader *r)
{
	const char *boot = reader_str(r);

	state_stale = !r->bad && strcmp(boot, state_boot());
}

static void load_quota(struct reader *r)
{
	enum quota q = quota_find(reader_str(r));
	uint64_t value = 0;

	load_u64(r, &value);
	if (!r->bad && q < QUOTA_COUNT)
		quota_load(q, value);
}

/* The rest of a record: permissions and value. */
static void load_content(const char *path, struct reader *r)
{
	struct perms *perms = load_perms(r);
	struct account a = { 0 };
	uint32_t len;
	const char *data = reader_bytes(r, &len);
	struct blob *value;

	if (perms && !r->bad) {
		value = blob_new(data, len);
		tree_make(&store_root, path, value, perms, &a);
		blob_unref(value);
	}
	perms_unref(perms);
	account_apply(&a);
	account_free(&a);
}

static void load_node(struct reader *r)
{
	const char *path = reader_str(r);

	load_content(path, r);
}

/* The path so far, and where its parts end. */
static void load_tree(struct reader *r)
{
	static char path[XENSTORE_ABS_PATH_MAX + 1];
	static uint16_t end[XENSTORE_ABS_PATH_MAX / 2 + 2];
	static uint32_t last;
	uint32_t depth = reader_u32(r);
	const char *name = reader_str(r);
	size_t len = strlen(name), at;

	if (r->bad || !depth || depth > last + 1 ||
	    depth >= sizeof(end) / sizeof(*end))
		return;
	at = end[depth - 1];
	if (at + 1 + len > XENSTORE_ABS_PATH_MAX)
		return;
	path[at] = '/';
	strcpy(path + at + 1, name);
	end[depth] = at + 1 + len;
	last = depth;
	load_content(path, r);
}

static void load_remove(struct reader *r)
{
	struct account a = { 0 };

	node_unref(tree_remove(&store_root, reader_str(r), &a));
	account_apply(&a);
	account_free(&a);
}

static void load_special(struct reader *r)
{
	struct perms **special = store_special(reader_str(r));
	struct perms *perms = load_perms(r);

	if (!perms || !special) {
		perms_unref(perms);
		return;
	}
	perms_unref(*special);
	*special = perms;
}

static struct domain *load_domain(struct reader *r)
{
	struct domain *d = domain_find(reader_u32(r));

	return r->bad ? NULL : d;
}

static void load_introduce(struct reader *r)
{
	uint32_t domid = reader_u32(r), port, in_pos;
	struct domain *d = domain_find(domid);
	uint64_t gfn = 0;

	load_u64(r, &gfn);
	port = reader_u32(r);
	in_pos = reader_u32(r);
	if (r->bad || domid >= DOMID_LIMIT)
		return;
	if (d)
		d->port = port;
	else
		domain_restore(domid, gfn, port, in_pos);
}

static void load_release(struct reader *r)
{
	struct domain *d = load_domain(r);

	if (d)
		domain_forget(d);
}

static void load_target(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t target = reader_u32(r);

	if (d && !r->bad)
		d->conn.who.target = target;
}

static void load_shutdown(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t shutdown = reader_u32(r);

	if (d && !r->bad)
		d->shutdown = shutdown;
}

static void load_broken(struct reader *r)
{
	struct domain *d = load_domain(r);

	if (!d)
		return;
	conn_reset(&d->conn);
	d->broken = true;
}

static void load_reconnect(struct reader *r)
{
	struct domain *d = load_domain(r);

	if (!d)
		return;
	conn_reset(&d->conn);
	d->broken = false;
	d->ring.in_pos = 0;
	d->conn.out_end = 0;
}

static void load_consumed(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t in_pos = reader_u32(r);

	if (!d || r->bad)
		return;
	d->ring.in_pos = in_pos;
	d->conn.in_len = 0;
}

static void load_partial(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t in_pos = reader_u32(r), in_len = reader_u32(r), head, rest;
	const char *h = reader_bytes(r, &head);
	const char *p = reader_bytes(r, &rest);

	if (!d || r->bad || head > sizeof(d->conn.head) ||
	    rest > sizeof(d->conn.in) || head + rest != in_len)
		return;
	memcpy(&d->conn.head, h, head);
	memcpy(d->conn.in, p, rest);
	d->conn.in_len = in_len;
	d->ring.in_pos = in_pos;
}

static void load_out(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t pos = reader_u32(r), len;
	const char *data = reader_bytes(r, &len);
	struct msg *m;

	if (!d || r->bad)
		return;
	m = conn_queue(&d->conn, data, len);
	m->pos = pos;
	m->journaled = true;
}

static void load_watch(struct reader *r)
{
	struct domain *d = load_domain(r);
	const char *name = reader_str(r), *token;
	struct watch *w;
	struct path p = { .relative = reader_u32(r) };

	token = reader_str(r);
	if (!d || r->bad || strlen(name) >= sizeof(p.s) ||
	    p.relative > strlen(name))
		return;
	strcpy(p.s, name);
	watch_add(&d->conn, &p, token, &w);
}

static void load_unwatch(struct reader *r)
{
	struct domain *d = load_domain(r);
	const char *path = reader_str(r), *token = reader_str(r);

	if (d && !r->bad)
		watch_remove(&d->conn, path, token);
}

static void load_reset_watches(struct reader *r)
{
	struct domain *d = load_domain(r);

	if (d)
		watch_remove_all(&d->conn);
}

static void load_next_tx(struct reader *r)
{
	struct domain *d = load_domain(r);
	uint32_t next = reader_u32(r);

	if (d && !r->bad)
		d->conn.next_tx = next;
}

static void (*const load_table[RECORD_COUNT])(struct reader *r) = {
	[RECORD_INCARNATION] = load_incarnation,
	[RECORD_QUOTA] = load_quota,
	[RECORD_NODE] = load_node,
	[RECORD_REMOVE] = load_remove,
	[RECORD_SPECIAL] = load_special,
	[RECORD_INTRODUCE] = load_introduce,
	[RECORD_RELEASE] = load_release,
	[RECORD_TARGET] = load_target,
	[RECORD_SHUTDOWN] = load_shutdown,
	[RECORD_BROKEN] = load_broken,
	[RECORD_RECONNECT] = load_reconnect,
	[RECORD_CONSUMED] = load_consumed,
	[RECORD_PARTIAL] = load_partial,
	[RECORD_OUT] = load_out,
	[RECORD_WATCH] = load_watch,
	[RECORD_UNWATCH] = load_unwatch,
	[RECORD_RESET_WATCHES] = load_reset_watches,
	[RECORD_NEXT_TX] = load_next_tx,
	[RECORD_BOOT] = load_boot,
	[RECORD_TREE] = load_tree,
};

static bool load_frame(struct reader *r)
{
	while (r->left && !r->bad && !state_stale) {
		uint8_t type = reader_u8(r);

		if (type >= RECORD_COUNT || !load_table[type]) {
			log_warn("state: record of unknown kind %u", type);
			return true;
		}
		load_table[type](r);
	}
	if (r->bad)
		log_warn("state: malformed record");
	return !state_stale;
}

int state_load(const char *path)
{
	int rc;

	state_stale = false;
	rc = journal_load(path, load_frame);
	if (!rc && state_stale) {
		log_info("%s is of an earlier boot: left out", path);
		return -ENOENT;
	}
	return rc;
}
