/* SPDX-License-Identifier: BSD-2-Clause */
/* A ring whose other end writes what it likes. */
#include <string.h>
#include "xenstored/domain_ring.h"
#include "xs_check.h"
#include "xs_fake.h"

static struct xenstore_domain_interface *page;
static struct fake *dom0;
static uint32_t taken;

static void setup(void)
{
	fake_store();
	fake_xen_init();
	page = (void *)fake_xen->dom[1].page;
	dom0 = fake_new(0);
	taken = 0;
}

static void introduce(void)
{
	ck_assert_str_eq(fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3"),
			 "OK");
}

static void serve(void)
{
	__atomic_store_n(&fake_xen->dom[1].pending_daemon, 1,
			 __ATOMIC_SEQ_CST);
	fake_xen->dom[0].pending_daemon = 0;
	domain_serve(domain_find(1));
	fake_run();
}

static void put(const void *data, size_t len)
{
	const char *p = data;

	while (len--)
		page->req[MASK_XENSTORE_IDX(page->req_prod++)] = *p++;
}

static void request(uint32_t type, const char *data, size_t len)
{
	struct xsd_sockmsg head = { .type = type, .req_id = 9, .len = len };

	put(&head, sizeof(head));
	put(data, len);
}

static size_t get(char *to, size_t len)
{
	size_t n = 0;

	while (n < len && taken != page->rsp_prod)
		to[n++] = page->rsp[MASK_XENSTORE_IDX(taken++)];
	page->rsp_cons = taken;
	return n;
}

static const char *reply(void)
{
	static char data[XENSTORE_PAYLOAD_MAX + 1];
	struct xsd_sockmsg head;

	if (get((char *)&head, sizeof(head)) != sizeof(head))
		return "none";
	ck_assert_uint_eq(head.req_id, head.type == XS_WATCH_EVENT ? 0 : 9);
	ck_assert_uint_eq(get(data, head.len), head.len);
	data[head.len] = '\0';
	return data;
}

START_TEST(works)
{
	setup();
	introduce();
	ck_assert_uint_eq(page->server_features, 3);
	request(XS_GET_DOMAIN_PATH, "1", 2);
	serve();
	ck_assert_str_eq(reply(), "/local/domain/1");
	ck_assert_uint_eq(page->req_cons, page->req_prod);
	ck_assert_int_eq(fake_xen->dom[1].pending_guest, 1);
	/* Far enough to wrap many times. */
	for (int i = 0; i < 5000; i++) {
		request(XS_GET_DOMAIN_PATH, "0", 2);
		serve();
		ck_assert_str_eq(reply(), "/local/domain/0");
	}
	fake_forget();
}
END_TEST

/* A message may be larger than the ring, both ways. */
START_TEST(large)
{
	static char value[2000], data[2010];
	struct xsd_sockmsg head = { .type = XS_WRITE, .req_id = 9 };
	size_t sent = 0;

	setup();
	introduce();
	fake_str(dom0, XS_MKDIR, 0, "/local/domain/1");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/1\0n1");
	memset(value, 'v', sizeof(value) - 1);
	memcpy(data, "x", 2);
	memcpy(data + 2, value, sizeof(value));
	head.len = 2 + sizeof(value);
	put(&head, sizeof(head));
	while (sent < head.len) {
		size_t n = XENSTORE_RING_SIZE -
			(page->req_prod - page->req_cons);

		if (n > head.len - sent)
			n = head.len - sent;
		put(data + sent, n);
		sent += n;
		serve();
	}
	ck_assert_str_eq(reply(), "OK");
	request(XS_READ, "x", 2);
	serve();
	sent = get((char *)&head, sizeof(head));
	ck_assert_uint_eq(head.len, sizeof(value));
	for (sent = 0; sent < head.len; serve())
		sent += get(data + sent, head.len - sent);
	ck_assert_int_eq(memcmp(data, value, sizeof(value)), 0);
	fake_forget();
}
END_TEST

START_TEST(bad_indices)
{
	static const uint32_t ahead[] = { 1025, 4096, 0x80000000, 0xffffffff };

	for (int i = 0; i < 8; i++) {
		setup();
		introduce();
		request(XS_GET_DOMAIN_PATH, "1", 2);
		serve();
		if (i < 4)
			page->req_prod += ahead[i];
		else
			page->rsp_cons = page->rsp_prod - ahead[i - 4];
		if (i >= 4)
			request(XS_GET_DOMAIN_PATH, "1", 2);
		serve();
		ck_assert_uint_eq(page->error, XENSTORE_ERROR_RINGIDX);
		ck_assert(domain_find(1)->broken);
		/* Only its own: the others are served, it can be released. */
		ck_assert_str_eq(fake_str(dom0, XS_RELEASE, 0, "1"), "OK");
		fake_forget();
	}
}
END_TEST

START_TEST(bad_at_introduction)
{
	setup();
	page->req_prod = 5000;
	introduce();
	fake_run();
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_RINGIDX);
	fake_forget();
}
END_TEST

START_TEST(bad_length)
{
	struct xsd_sockmsg head = { .type = XS_READ, .len = 4097 };

	setup();
	introduce();
	put(&head, sizeof(head));
	serve();
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_PROTO);
	ck_assert(domain_find(1)->broken);
	ck_assert_uint_eq(usage_of(1)->watches, 0);
	fake_forget();
}
END_TEST

START_TEST(reconnects)
{
	setup();
	introduce();
	request(XS_WATCH, "a\0t", 4);
	request(XS_TRANSACTION_START, "", 1);
	serve();
	ck_assert_str_eq(reply(), "OK");
	ck_assert_str_eq(reply(), "a");
	ck_assert_str_eq(reply(), "1");
	page->req_prod = 77777;
	serve();
	ck_assert(domain_find(1)->broken);
	page->connection = XENSTORE_RECONNECT;
	serve();
	ck_assert_uint_eq(page->connection, XENSTORE_CONNECTED);
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_NONE);
	ck_assert_uint_eq(page->req_prod, 0);
	ck_assert_uint_eq(usage_of(1)->watches, 0);
	ck_assert_uint_eq(usage_of(1)->transactions, 0);
	taken = 0;
	request(XS_GET_DOMAIN_PATH, "1", 2);
	serve();
	ck_assert_str_eq(reply(), "/local/domain/1");
	fake_forget();
}
END_TEST

/* The page is filled with noise between all steps. */
START_TEST(noise)
{
	setup();
	srandom(5);
	for (int i = 0; i < 3000; i++) {
		introduce();
		for (int k = 0; k < 20; k++) {
			for (size_t n = 0; n < sizeof(*page); n++)
				if (!(random() % 8))
					((char *)page)[n] = random();
			if (random() % 2)
				page->req_prod = page->req_cons +
					random() % 1025;
			if (random() % 2)
				page->rsp_cons = page->rsp_prod -
					random() % 1025;
			page->connection = !(random() % 8);
			serve();
		}
		fake_str(dom0, XS_RELEASE, 0, "1");
	}
	ck_assert(store_check());
	fake_forget();
}
END_TEST

XS_SUITE(xs_ring, works, large, bad_indices, bad_at_introduction, bad_length,
	 reconnects, noise)
