/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store's ring: messages out, messages in, watches. See xenbus.h.
 *
 * xenbus_pump() is the one place that reads the ring. It is also what the
 * kernel's wait hook asks, so it neither waits nor calls anybody: watch events
 * only mark their watch, an answer stays until the request takes it.
 */
#include <xen/errno.h>
#include "xenbus.h"

/* A piece of a message; the last one is followed by nothing. */
struct xenbus_part {
	const void *data;
	uint32_t len;
};

static uint32_t xenbus_length(const char *text)
{
	uint32_t len = 0;

	while (text[len])
		len++;
	return len;
}

static bool xenbus_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* ---- The ring ----------------------------------------------------------- */

static void xenbus_event(void *arg)
{
	/* The wait hook asks again after any event: nothing to do here. */
	(void)arg;
}

static void xenbus_break(struct xenbus *x, const char *why)
{
	if (!x->error)
		x->os->log(x->os->context, "xenbus", why);
	x->error = -XEN_EPROTO;
}

/* Copies what has come, at most `len` bytes; the ring is left as it is. */
static uint32_t xenbus_take(struct xenbus *x, void *to, uint32_t len)
{
	struct xenstore_domain_interface *ring = x->ring;
	const volatile char *from = ring->rsp;
	uint32_t i, cons = x->rsp_cons;
	uint32_t there;

	there = __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE) - cons;
	if (there > XENSTORE_RING_SIZE) {
		xenbus_break(x, "impossible index of responses");
		return 0;
	}
	if (len > there)
		len = there;
	for (i = 0; i < len; i++)
		((char *)to)[i] = from[MASK_XENSTORE_IDX(cons + i)];
	x->rsp_cons = cons + len;
	return len;
}

/* PATH and TOKEN, each with its zero byte. */
static void xenbus_fire(struct xenbus *x)
{
	uint32_t path = xenbus_length(x->message) + 1;
	struct xenbus_watch *w;
	uint64_t token;

	if (path >= x->header.len || x->message[x->header.len - 1]) {
		xenbus_break(x, "malformed watch event");
		return;
	}
	/* Watches of a kernel before us may still be set: not ours. */
	if (!xenbus_parse(x->message + path, UINT32_MAX, &token))
		return;
	for (w = x->watches; w; w = w->next)
		if (w->token == token)
			w->fired = true;
}

static void xenbus_received(struct xenbus *x)
{
	x->have = 0;
	x->message[x->header.len] = '\0';
	if (x->header.type == XS_WATCH_EVENT)
		xenbus_fire(x);
	else if (x->awaiting)
		x->answered = true;
	else
		xenbus_break(x, "answer to no request");
}

/* Takes in what completes the header, then the message. True: go on. */
static bool xenbus_receive(struct xenbus *x)
{
	uint32_t got;

	if (x->have < sizeof(x->header)) {
		got = xenbus_take(x, (char *)&x->header + x->have,
				  sizeof(x->header) - x->have);
		x->have += got;
		if (x->have < sizeof(x->header))
			return got != 0;
		if (x->header.len > XENSTORE_PAYLOAD_MAX) {
			xenbus_break(x, "message is too long");
			return false;
		}
	}
	got = x->have - sizeof(x->header);
	x->have += xenbus_take(x, x->message + got, x->header.len - got);
	if (x->have < sizeof(x->header) + x->header.len)
		return x->have - sizeof(x->header) != got;
	xenbus_received(x);
	return true;
}

/* Takes in what there is, up to an answer. */
static void xenbus_pump(struct xenbus *x)
{
	uint32_t before = x->rsp_cons;

	while (!x->error && !x->answered && xenbus_receive(x))
		;
	if (x->rsp_cons == before)
		return;
	__atomic_store_n(&x->ring->rsp_cons, x->rsp_cons, __ATOMIC_RELEASE);
	/* The store may be waiting for room. */
	x->os->event_send(x->os->context, x->port);
}

static bool xenbus_has_answer(void *arg)
{
	struct xenbus *x = arg;

	xenbus_pump(x);
	return x->answered || x->error;
}

static uint32_t xenbus_room(struct xenbus *x)
{
	uint32_t cons = __atomic_load_n(&x->ring->req_cons, __ATOMIC_ACQUIRE);
	uint32_t used = x->req_prod - cons;

	if (used <= XENSTORE_RING_SIZE)
		return XENSTORE_RING_SIZE - used;
	xenbus_break(x, "impossible index of requests");
	return 0;
}

static bool xenbus_has_room(void *arg)
{
	struct xenbus *x = arg;

	/* It may be watch events that keep the store from reading. */
	xenbus_pump(x);
	return xenbus_room(x) || x->error;
}

static void xenbus_push(struct xenbus *x)
{
	__atomic_store_n(&x->ring->req_prod, x->req_prod, __ATOMIC_RELEASE);
	x->os->event_send(x->os->context, x->port);
}

static void xenbus_send(struct xenbus *x, const struct xenbus_part *part)
{
	const char *from = part->data;
	uint32_t room, len = part->len;

	while (len && !x->error) {
		room = xenbus_room(x);
		if (!room) {
			xenbus_push(x);
			x->os->wait(x->os->context, xenbus_has_room, x,
				    FRONTEND_FOREVER);
			continue;
		}
		for (; room && len; room--, len--)
			x->ring->req[MASK_XENSTORE_IDX(x->req_prod++)] =
				*from++;
	}
}

/* ---- Requests ----------------------------------------------------------- */

#define XENBUS_ERROR(name) { #name, XEN_##name }
static const struct {
	char name[12];
	int number;
} xenbus_errors[] = {
	XENBUS_ERROR(EINVAL), XENBUS_ERROR(E2BIG), XENBUS_ERROR(EACCES),
	XENBUS_ERROR(EAGAIN), XENBUS_ERROR(EBUSY), XENBUS_ERROR(EEXIST),
	XENBUS_ERROR(EIO), XENBUS_ERROR(EISCONN), XENBUS_ERROR(EISDIR),
	XENBUS_ERROR(ENOENT), XENBUS_ERROR(ENOMEM), XENBUS_ERROR(ENOSPC),
	XENBUS_ERROR(ENOSYS), XENBUS_ERROR(ENOTEMPTY), XENBUS_ERROR(EPERM),
	XENBUS_ERROR(EROFS), { "EQUOTA", XEN_ENOSPC },
};

static int xenbus_error(const struct xenbus *x)
{
	size_t i;

	for (i = 0; i < sizeof(xenbus_errors) / sizeof(*xenbus_errors); i++)
		if (xenbus_equal(x->message, xenbus_errors[i].name))
			return -xenbus_errors[i].number;
	return -XEN_EIO;
}

static int xenbus_answer(struct xenbus *x, uint32_t type)
{
	x->awaiting = true;
	x->answered = false;
	x->os->wait(x->os->context, xenbus_has_answer, x, FRONTEND_FOREVER);
	x->awaiting = false;
	if (x->error)
		return x->error;
	if (!x->answered || x->header.req_id != x->last_id ||
	    (x->header.type != type && x->header.type != XS_ERROR))
		xenbus_break(x, "answer to another request");
	x->answered = false;
	if (x->error)
		return x->error;
	return x->header.type == XS_ERROR ? xenbus_error(x) :
	       (int)x->header.len;
}

/* Sends and returns how many bytes of x->message are the answer. */
static int xenbus_request(struct xenbus *x, uint32_t type, uint32_t tx,
			  const struct xenbus_part *parts, unsigned int count)
{
	struct xsd_sockmsg header = { type, 0, tx, 0 };
	struct xenbus_part first = { &header, sizeof(header) };
	unsigned int i;

	if (x->error)
		return x->error;
	for (i = 0; i < count; i++) {
		if (parts[i].len > XENSTORE_PAYLOAD_MAX - header.len)
			return -XEN_E2BIG;
		header.len += parts[i].len;
	}
	header.req_id = ++x->last_id;
	xenbus_send(x, &first);
	for (i = 0; i < count; i++)
		xenbus_send(x, &parts[i]);
	xenbus_push(x);
	return xenbus_answer(x, type);
}

/* FOLDER[/NODE] and a zero byte, then `len` bytes of data. */
static int xenbus_ask(struct xenbus *x, uint32_t type, uint32_t tx,
		      const char *folder, const char *node, const void *data,
		      size_t len)
{
	struct xenbus_part parts[5] = {
		{ folder, xenbus_length(folder) },
		{ "/", node ? 1 : 0 },
		{ node, node ? xenbus_length(node) : 0 },
		{ "", 1 },
		{ data, (uint32_t)len },
	};

	if (len > XENSTORE_PAYLOAD_MAX)
		return -XEN_E2BIG;
	return xenbus_request(x, type, tx, parts, 5);
}

static int xenbus_done(int rc)
{
	return rc < 0 ? rc : 0;
}

int xenbus_read(struct xenbus *x, uint32_t tx, const char *folder,
		const char *node, char *value, size_t size)
{
	int len = xenbus_ask(x, XS_READ, tx, folder, node, NULL, 0);

	if (len < 0)
		return len;
	if ((size_t)len >= size)
		return -XEN_E2BIG;
	memcpy(value, x->message, (size_t)len + 1);
	return len;
}

int xenbus_directory(struct xenbus *x, uint32_t tx, const char *folder,
		     const char *node, char *names, size_t size)
{
	int len = xenbus_ask(x, XS_DIRECTORY, tx, folder, node, NULL, 0);

	if (len <= 0)
		return len;
	if (x->message[len - 1]) {
		xenbus_break(x, "malformed list of names");
		return x->error;
	}
	if ((size_t)len > size)
		return -XEN_E2BIG;
	memcpy(names, x->message, (size_t)len);
	return len;
}

int xenbus_write(struct xenbus *x, uint32_t tx, const char *folder,
		 const char *node, const char *value)
{
	return xenbus_done(xenbus_ask(x, XS_WRITE, tx, folder, node, value,
				      xenbus_length(value)));
}

int xenbus_mkdir(struct xenbus *x, uint32_t tx, const char *folder,
		 const char *node)
{
	return xenbus_done(xenbus_ask(x, XS_MKDIR, tx, folder, node, NULL, 0));
}

int xenbus_rm(struct xenbus *x, uint32_t tx, const char *folder,
	      const char *node)
{
	return xenbus_done(xenbus_ask(x, XS_RM, tx, folder, node, NULL, 0));
}

int xenbus_set_perms(struct xenbus *x, uint32_t tx, const char *folder,
		     const char *node, const char *perms, size_t size)
{
	return xenbus_done(xenbus_ask(x, XS_SET_PERMS, tx, folder, node, perms,
				      size));
}

int xenbus_transaction_start(struct xenbus *x, uint32_t *tx)
{
	static const struct xenbus_part empty = { "", 1 };
	int rc = xenbus_request(x, XS_TRANSACTION_START, XENBUS_NO_TX, &empty,
				1);
	uint64_t number;

	if (rc < 0)
		return rc;
	if (!xenbus_parse(x->message, UINT32_MAX, &number) || !number) {
		xenbus_break(x, "malformed transaction number");
		return x->error;
	}
	*tx = (uint32_t)number;
	return 0;
}

int xenbus_transaction_end(struct xenbus *x, uint32_t tx, bool commit)
{
	struct xenbus_part part = { commit ? "T" : "F", 2 };

	return xenbus_done(xenbus_request(x, XS_TRANSACTION_END, tx, &part,
					  1));
}

/* ---- Watches ------------------------------------------------------------ */

static int xenbus_watch_send(struct xenbus *x, uint32_t type,
			     const struct xenbus_watch *w)
{
	char token[XENBUS_DIGITS];

	xenbus_format(token, w->token);
	return xenbus_done(xenbus_ask(x, type, XENBUS_NO_TX, w->path, NULL,
				      token, xenbus_length(token) + 1));
}

static void xenbus_forget(struct xenbus *x, struct xenbus_watch *w)
{
	struct xenbus_watch **at = &x->watches;

	while (*at && *at != w)
		at = &(*at)->next;
	if (*at)
		*at = w->next;
	w->set = false;
	w->fired = false;
}

int xenbus_watch(struct xenbus *x, struct xenbus_watch *w)
{
	int rc;

	w->token = ++x->last_token;
	w->fired = false;
	w->set = true;
	w->next = x->watches;
	/* It may fire before the answer comes. */
	x->watches = w;
	rc = xenbus_watch_send(x, XS_WATCH, w);
	if (rc)
		xenbus_forget(x, w);
	return rc;
}

int xenbus_unwatch(struct xenbus *x, struct xenbus_watch *w)
{
	if (!w->set)
		return 0;
	xenbus_forget(x, w);
	return xenbus_watch_send(x, XS_UNWATCH, w);
}

static struct xenbus_watch *xenbus_fired(const struct xenbus *x)
{
	struct xenbus_watch *w = x->watches;

	while (w && !w->fired)
		w = w->next;
	return w;
}

bool xenbus_pending(struct xenbus *x)
{
	xenbus_pump(x);
	return xenbus_fired(x) != NULL;
}

void xenbus_poll(struct xenbus *x)
{
	unsigned int budget = 1;
	struct xenbus_watch *w;

	for (w = x->watches; w; w = w->next)
		budget++;
	xenbus_pump(x);
	/* Handlers may set and remove watches; new events come in meanwhile. */
	while (budget-- && (w = xenbus_fired(x)) != NULL) {
		w->fired = false;
		w->changed(w->arg);
	}
}

/* ---- Start -------------------------------------------------------------- */

static int xenbus_start(struct xenbus *x, void *ring, evtchn_port_t port)
{
	x->ring = ring;
	x->port = port;
	x->error = 0;
	x->awaiting = false;
	x->answered = false;
	x->have = 0;
	x->req_prod = __atomic_load_n(&x->ring->req_prod, __ATOMIC_ACQUIRE);
	/* What was meant for a kernel before us is not for us. */
	x->rsp_cons = __atomic_load_n(&x->ring->rsp_prod, __ATOMIC_ACQUIRE);
	__atomic_store_n(&x->ring->rsp_cons, x->rsp_cons, __ATOMIC_RELEASE);
	return x->os->event_bind(x->os->context, port, xenbus_event, x);
}

int xenbus_init(struct xenbus *x, const struct frontend_os *os, void *ring,
		evtchn_port_t port)
{
	x->os = os;
	x->watches = NULL;
	x->last_token = 0;
	x->last_id = 0;
	return xenbus_start(x, ring, port);
}

int xenbus_resume(struct xenbus *x, void *ring, evtchn_port_t port)
{
	int rc = xenbus_start(x, ring, port);
	struct xenbus_watch *w;

	for (w = x->watches; w && !rc; w = w->next) {
		w->fired = true;
		rc = xenbus_watch_send(x, XS_WATCH, w);
	}
	return rc;
}
