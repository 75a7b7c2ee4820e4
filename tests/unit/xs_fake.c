/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's surroundings for tests. */
#include "xs_fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "xenstored/busy.h"
#include "xenstored/domain.h"
#include "xenstored/initial.h"
#include "xenstored/journal.h"
#include "xenstored/watch.h"

struct fake_xen *fake_xen;

void fake_store(void)
{
	quota_defaults();
	store_init();
}

static int fake_read(struct conn *c, void *to, size_t len)
{
	struct fake *f = c->owner;

	if (len > f->in.len - f->in_at)
		len = f->in.len - f->in_at;
	if (len)
		memcpy(to, f->in.data + f->in_at, len);
	f->in_at += len;
	return len;
}

static bool fake_flush(struct conn *c)
{
	struct fake *f = c->owner;

	while (c->out && !f->stuck) {
		buf_put(&f->out, c->out->data, c->out->len);
		conn_sent(c);
	}
	return true;
}

static void fake_broken(struct conn *c, uint32_t why)
{
	(void)why;
	((struct fake *)c->owner)->broken = true;
}

static void fake_close(struct conn *c)
{
	conn_reset(c);
	((struct fake *)c->owner)->closed = true;
}

static const struct transport fake_transport = {
	.read = fake_read,
	.flush = fake_flush,
	.broken = fake_broken,
	.close = fake_close,
};

struct fake *fake_new(uint16_t domid)
{
	struct fake *f = mem_zalloc(sizeof(*f));

	conn_init(&f->conn, &fake_transport, f, domid);
	return f;
}

void fake_send(struct fake *f, uint32_t type, uint32_t tx, const void *data,
	       size_t len)
{
	static uint32_t id;
	struct xsd_sockmsg head = {
		.type = type, .req_id = ++id, .tx_id = tx, .len = len,
	};

	buf_put(&f->in, &head, sizeof(head));
	buf_put(&f->in, data, len);
	conn_mark_ready(&f->conn);
}

void fake_run(void)
{
	do {
		conn_run_all();
		journal_sync();
		conn_flush_all();
	} while (conn_pending());
}

static bool fake_next(struct buf *b, size_t *at, struct xsd_sockmsg *head,
		      const char **data)
{
	if (b->len - *at < sizeof(*head))
		return false;
	memcpy(head, b->data + *at, sizeof(*head));
	*data = b->data + *at + sizeof(*head);
	*at += sizeof(*head) + head->len;
	return true;
}

bool fake_reply(struct fake *f)
{
	while (fake_next(&f->out, &f->out_at, &f->head, &f->data)) {
		if (f->head.type != XS_WATCH_EVENT)
			return true;
		buf_put(&f->events, &f->head, sizeof(f->head));
		buf_put(&f->events, f->data, f->head.len);
	}
	return false;
}

static const char *fake_text(const char *data, size_t len)
{
	static char text[XENSTORE_PAYLOAD_MAX + 1];

	memcpy(text, data, len);
	text[len] = '\0';
	if (len && !text[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = '|';
	return text;
}

const char *fake_event(struct fake *f)
{
	struct xsd_sockmsg head;
	const char *data;

	while (fake_reply(f))
		;
	if (!fake_next(&f->events, &f->events_at, &head, &data))
		return NULL;
	return fake_text(data, head.len);
}

const char *fake_ask(struct fake *f, uint32_t type, uint32_t tx,
		     const void *data, size_t len)
{
	fake_send(f, type, tx, data, len);
	fake_run();
	if (!fake_reply(f))
		return "(no reply)";
	return fake_text(f->data, f->head.len);
}

const char *fake_write(struct fake *f, uint32_t tx, const char *path,
		       const char *value)
{
	struct buf b = { 0 };
	const char *r;

	buf_put(&b, path, strlen(path) + 1);
	buf_put(&b, value, strlen(value));
	r = fake_ask(f, XS_WRITE, tx, b.data, b.len);
	buf_free(&b);
	return r;
}

uint32_t fake_start(struct fake *f)
{
	return atoi(fake_str(f, XS_TRANSACTION_START, 0, ""));
}

const char *fake_end(struct fake *f, uint32_t tx, bool commit)
{
	return fake_ask(f, XS_TRANSACTION_END, tx, commit ? "T" : "F", 2);
}

static void fake_dump_node(const char *path, struct node *n,
			   struct node *parent, void *arg)
{
	struct buf *b = arg;
	struct buf perms = { 0 };

	(void)parent;
	perms_format(n->perms, &perms);
	buf_put(b, path, strlen(path));
	buf_put(b, "=", 1);
	buf_put(b, n->value->data, n->value->len);
	for (size_t i = 0; i < perms.len; i++)
		buf_put(b, perms.data[i] ? perms.data + i : ",", 1);
	buf_put(b, "\n", 1);
	buf_free(&perms);
}

static void fake_dump_domain(struct domain *d, void *arg)
{
	struct list *i, *tmp;
	struct buf *b = arg;
	char line[128];

	buf_put(b, line, snprintf(line, sizeof(line),
		"domain %u gfn %lu port %u target %u shutdown %d tx %u\n",
		d->domid, (long)d->gfn, d->port, d->conn.who.target,
		d->shutdown, d->conn.next_tx));
	list_each(i, tmp, &d->conn.watches) {
		struct watch *w = list_item(i, struct watch, link);

		buf_put(b, w->path->item.key, strlen(w->path->item.key));
		buf_put(b, " ", 1);
		buf_put(b, w->token, strlen(w->token));
		buf_put(b, "\n", 1);
	}
}

char *fake_dump(void)
{
	struct buf b = { 0 };

	tree_walk("/", store_root, fake_dump_node, &b);
	domain_each(fake_dump_domain, &b);
	buf_put(&b, "", 1);
	return b.data;
}

static void fake_forget_domain(struct domain *d, void *arg)
{
	(void)arg;
	domain_forget(d);
}

void fake_forget(void)
{
	journal_stop();
	busy_stop();
	domain_each(fake_forget_domain, NULL);
	store_free();
	usage_reset();
}

void fake_xen_init(void)
{
	fake_xen = mmap(NULL, sizeof(*fake_xen), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fake_xen == MAP_FAILED)
		abort();
}

/* Local port N + 1 belongs to domain N, port 0 to the life of domains. */
int xen_open(void)
{
	return 0;
}

int xen_event_fd(void)
{
	return -1;
}

int xen_next_event(void)
{
	if (!fake_xen)
		return -1;
	if (__atomic_exchange_n(&fake_xen->life, 0, __ATOMIC_SEQ_CST))
		return 0;
	for (int i = 0; i < FAKE_DOMAINS; i++)
		if (__atomic_exchange_n(&fake_xen->dom[i].pending_daemon, 0,
					__ATOMIC_SEQ_CST))
			return i + 1;
	return -1;
}

int xen_bind_domain_events(void)
{
	return 0;
}

int xen_bind(uint16_t domid, uint32_t port)
{
	(void)port;
	return domid < FAKE_DOMAINS ? domid + 1 : -1;
}

void xen_unbind(int local_port)
{
	(void)local_port;
}

void xen_notify(int local_port)
{
	__atomic_store_n(&fake_xen->dom[local_port - 1].pending_guest, 1,
			 __ATOMIC_SEQ_CST);
}

bool xen_map_ring(struct xen_map *m, uint16_t domid, uint64_t gfn)
{
	(void)gfn;
	if (domid >= FAKE_DOMAINS)
		return false;
	m->page = (void *)fake_xen->dom[domid].page;
	return true;
}

void xen_unmap_ring(struct xen_map *m)
{
	m->page = NULL;
}

bool xen_map_kernel_ring(struct xen_map *m, uint32_t *port)
{
	*port = 1;
	return xen_map_ring(m, 0, 0);
}

enum xen_domain_state xen_domain_state(uint16_t domid)
{
	return fake_xen->dom[domid].state;
}
