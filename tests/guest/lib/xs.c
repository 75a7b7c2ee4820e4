/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's ring from the guest's side: see xs.h. */
#include "xs.h"

char xs_event[XS_MAX + 1];
u32 xs_events;
static u32 next_request = 1;

struct xenstore_domain_interface *xs_ring(void)
{
	if (!start_info->store_mfn)
		return 0;
	return (void *)(mfn_to_pfn(start_info->store_mfn) * PAGE_SIZE);
}

static void notify_and_wait(bool wait)
{
	port_send(start_info->store_evtchn);
	if (!wait)
		return;
	poll_port(start_info->store_evtchn, time_now() + 20 * MSEC);
	port_clear(start_info->store_evtchn);
}

void xs_put(const void *from, u32 n)
{
	volatile struct xenstore_domain_interface *r = xs_ring();
	const char *p = from;

	while (n) {
		while (r->req_prod - r->req_cons == XENSTORE_RING_SIZE)
			notify_and_wait(true);
		while (n && r->req_prod - r->req_cons < XENSTORE_RING_SIZE) {
			r->req[MASK_XENSTORE_IDX(r->req_prod)] = *p++;
			barrier();
			r->req_prod++;
			n--;
		}
	}
	notify_and_wait(false);
}

void xs_get(void *to, u32 n)
{
	volatile struct xenstore_domain_interface *r = xs_ring();
	char *p = to;

	while (n) {
		while (r->rsp_prod == r->rsp_cons)
			notify_and_wait(true);
		barrier();
		while (n && r->rsp_prod != r->rsp_cons) {
			*p++ = r->rsp[MASK_XENSTORE_IDX(r->rsp_cons)];
			barrier();
			r->rsp_cons++;
			n--;
		}
	}
	notify_and_wait(false);
}

void xs_put_message(u32 type, u32 req, u32 tx, const void *payload, u32 len)
{
	struct xsd_sockmsg h = { type, req, tx, len };

	xs_put(&h, sizeof(h));
	xs_put(payload, len);
}

u32 xs_get_message(struct xsd_sockmsg *h, char *payload)
{
	xs_get(h, sizeof(*h));
	if (h->len > XS_MAX) {
		CHECK(h->len <= XS_MAX);
		h->len = XS_MAX;
	}
	xs_get(payload, h->len);
	payload[h->len] = 0;
	return h->len;
}

int xs_request(u32 type, u32 tx, const void *payload, u32 len, char *reply)
{
	u32 req = next_request++;
	struct xsd_sockmsg h;

	xs_put_message(type, req, tx, payload, len);
	for (;;) {
		xs_get_message(&h, reply);
		if (h.type != XS_WATCH_EVENT)
			break;
		memcpy(xs_event, reply, h.len + 1);
		xs_events++;
	}
	CHECK_EQ(h.req_id, req);
	CHECK_EQ(h.tx_id, tx);
	if (h.type == XS_ERROR)
		return -1;
	CHECK_EQ(h.type, type);
	return h.len;
}

int xs_read(const char *path, char *reply)
{
	return xs_request(XS_READ, 0, path, strlen(path) + 1, reply);
}

int xs_write(u32 tx, const char *path, const char *value)
{
	char buffer[512], reply[XS_MAX + 1];
	size_t n = strlen(path) + 1;

	memcpy(buffer, path, n);
	memcpy(buffer + n, value, strlen(value));
	return xs_request(XS_WRITE, tx, buffer, n + strlen(value), reply);
}

unsigned long xs_number(const char *path)
{
	char reply[XS_MAX + 1], *p = reply;
	unsigned long n = 0;

	if (xs_read(path, reply) <= 0)
		return ~0UL;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + *p - '0';
	return n;
}

void xs_write_number(const char *path, unsigned long value)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do {
		*--p = '0' + value % 10;
		value /= 10;
	} while (value);
	CHECK(xs_write(0, path, p) >= 0);
}
