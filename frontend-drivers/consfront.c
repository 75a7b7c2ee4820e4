/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console rings: see consfront.h. The own indices are read back from the page,
 * as somebody before us (a boot loader, the kernel's first messages) may have
 * moved them: the other end can thereby garble the text, but not more, since
 * every place is taken modulo the ring.
 */
#include "consfront.h"

static void consfront_event(void *arg)
{
	struct consfront *c = arg;

	if (c->input)
		c->input(c->arg);
}

void consfront_init(struct consfront *c, const struct frontend_os *os,
		    void *ring, evtchn_port_t port)
{
	c->os = os;
	c->ring = ring;
	c->port = port;
	c->input = NULL;
	c->arg = NULL;
	c->listening = false;
}

int consfront_listen(struct consfront *c, void (*input)(void *arg), void *arg)
{
	int rc;

	c->input = input;
	c->arg = arg;
	if (c->listening)
		return 0;
	rc = c->os->event_bind(c->os->context, c->port, consfront_event, c);
	c->listening = !rc;
	return rc;
}

int consfront_resume(struct consfront *c, void *ring, evtchn_port_t port)
{
	bool listened = c->listening;

	c->ring = ring;
	c->port = port;
	c->listening = false;
	return listened ? consfront_listen(c, c->input, c->arg) : 0;
}

size_t consfront_write(struct consfront *c, const char *text, size_t len)
{
	struct xencons_interface *ring = c->ring;
	uint32_t prod = ring->out_prod;
	uint32_t used, room;
	size_t done;

	used = prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
	/* Nonsense makes the ring look full. */
	room = used > sizeof(ring->out) ? 0 : sizeof(ring->out) - used;
	for (done = 0; done < len && done < room; done++)
		ring->out[MASK_XENCONS_IDX(prod + done, ring->out)] =
			text[done];
	if (!done)
		return 0;
	__atomic_store_n(&ring->out_prod, prod + (uint32_t)done,
			 __ATOMIC_RELEASE);
	c->os->event_send(c->os->context, c->port);
	return done;
}

bool consfront_print(struct consfront *c, const char *text, size_t len,
		     void (*relax)(void), unsigned int patience)
{
	unsigned int idle = 0;
	size_t done;

	while (len) {
		done = consfront_write(c, text, len);
		text += done;
		len -= done;
		if (done) {
			idle = 0;
			continue;
		}
		if (idle++ == patience)
			return false;
		if (relax)
			relax();
	}
	return true;
}

size_t consfront_read(struct consfront *c, char *text, size_t size)
{
	struct xencons_interface *ring = c->ring;
	const volatile char *from = ring->in;
	uint32_t cons = ring->in_cons;
	uint32_t there;
	size_t done;

	there = __atomic_load_n(&ring->in_prod, __ATOMIC_ACQUIRE) - cons;
	if (there > sizeof(ring->in))
		return 0;
	for (done = 0; done < size && done < there; done++)
		text[done] = from[MASK_XENCONS_IDX(cons + done, ring->in)];
	if (!done)
		return 0;
	__atomic_store_n(&ring->in_cons, cons + (uint32_t)done,
			 __ATOMIC_RELEASE);
	/* There is room again for what the other end holds back. */
	c->os->event_send(c->os->context, c->port);
	return done;
}
