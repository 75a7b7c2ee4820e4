/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenbus handshake of backends as scenarios, and ring arithmetic. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/xenbus.h>
#include "common/handshake.h"
#include "common/ring.h"

enum {
	GONE = HANDSHAKE_MISSING,
	INITIALISING = XenbusStateInitialising,
	INIT_WAIT = XenbusStateInitWait,
	INITIALISED = XenbusStateInitialised,
	CONNECTED = XenbusStateConnected,
	CLOSING = XenbusStateClosing,
	CLOSED = XenbusStateClosed,
};

/* Does what a backend does until there is nothing to do. */
static enum handshake_action settle(struct handshake *h)
{
	for (int i = 0; i < 8; i++) {
		enum handshake_action action = handshake_next(h);

		switch (action) {
		case HANDSHAKE_NOTHING:
		case HANDSHAKE_EXIT:
			return action;
		case HANDSHAKE_ANNOUNCE:
			h->own = INIT_WAIT;
			break;
		case HANDSHAKE_CONNECT:
			ck_assert(!h->connected);
			h->connected = true;
			h->own = CONNECTED;
			break;
		case HANDSHAKE_DISCONNECT:
			ck_assert(h->connected);
			h->connected = false;
			break;
		case HANDSHAKE_CLOSING:
			h->own = CLOSING;
			break;
		case HANDSHAKE_CLOSED:
			h->own = CLOSED;
			break;
		}
	}
	ck_abort_msg("the handshake never settles");
	return HANDSHAKE_EXIT;
}

static void go(struct handshake *h, int frontend, int own, bool connected)
{
	h->frontend = frontend;
	ck_assert_int_eq(settle(h), HANDSHAKE_NOTHING);
	ck_assert_int_eq(h->own, own);
	ck_assert_int_eq(h->connected, connected);
}

static struct handshake fresh(void)
{
	return (struct handshake){
		.frontend = INITIALISING, .own = INITIALISING, .online = true,
	};
}

START_TEST(connect_and_reconnect)
{
	struct handshake h = fresh();

	for (int i = 0; i < 3; i++) {
		go(&h, INITIALISING, INIT_WAIT, false);
		go(&h, INITIALISED, CONNECTED, true);
		go(&h, CONNECTED, CONNECTED, true);
		go(&h, CLOSING, CLOSING, false);
		go(&h, CLOSED, CLOSED, false);
	}
}
END_TEST

START_TEST(frontends_that_skip_states)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	/* netfront goes straight to Connected. */
	go(&h, CONNECTED, CONNECTED, true);
	/* The driver is removed without Closing. */
	go(&h, CLOSED, CLOSED, false);
	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, CONNECTED, CONNECTED, true);
	/* A new kernel starts over without closing. */
	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, INITIALISED, CONNECTED, true);
}
END_TEST

START_TEST(removal_waits_for_the_frontend)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, CONNECTED, CONNECTED, true);
	h.online = false;
	h.own = CLOSING;
	go(&h, CONNECTED, CLOSING, true);
	h.frontend = CLOSING;
	ck_assert_int_eq(settle(&h), HANDSHAKE_EXIT);
	ck_assert(!h.connected);
	ck_assert_int_eq(h.own, CLOSED);
}
END_TEST

/* Our Connected and the toolstack's Closing crossed. */
START_TEST(removal_is_not_lost)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, CONNECTED, CONNECTED, true);
	h.online = false;
	go(&h, CONNECTED, CLOSING, true);
}
END_TEST

START_TEST(removal_before_any_use)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	h.online = false;
	ck_assert_int_eq(settle(&h), HANDSHAKE_EXIT);
	ck_assert_int_eq(h.own, CLOSED);
}
END_TEST

START_TEST(vanished_nodes_end_it)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, CONNECTED, CONNECTED, true);
	h.frontend = GONE;
	ck_assert_int_eq(settle(&h), HANDSHAKE_EXIT);
	ck_assert(!h.connected);
	h = fresh();
	h.own = GONE;
	ck_assert_int_eq(settle(&h), HANDSHAKE_EXIT);
}
END_TEST

START_TEST(sigterm_closes)
{
	struct handshake h = fresh();

	go(&h, INITIALISING, INIT_WAIT, false);
	go(&h, CONNECTED, CONNECTED, true);
	h.stopping = true;
	ck_assert_int_eq(settle(&h), HANDSHAKE_EXIT);
	ck_assert(!h.connected);
	ck_assert_int_eq(h.own, CLOSED);
}
END_TEST

START_TEST(takes_over_from_another_backend)
{
	struct handshake h = fresh();

	go(&h, CONNECTED, CONNECTED, true);
}
END_TEST

/* Whatever the states are, the handshake settles. */
START_TEST(every_state_settles)
{
	for (int n = 0; n < 10 * 10 * 8; n++) {
		struct handshake h = {
			.frontend = n % 10 - 1, .own = n / 10 % 10 - 1,
			.online = n / 100 & 1, .connected = n / 100 & 2,
			.stopping = n / 100 & 4,
		};

		settle(&h);
	}
}
END_TEST

static union {
	struct ring_shared shared;
	uint8_t bytes[4096];
} page;

static void ring_fresh(struct ring *r, uint32_t start)
{
	memset(&page, 0, sizeof(page));
	page.shared.req_prod = page.shared.rsp_prod = start;
	page.shared.req_event = page.shared.rsp_event = start + 1;
	ck_assert_int_eq(ring_attach(r, &page, sizeof(page), 12), 0);
	ck_assert_uint_eq(r->size, 256);
}

START_TEST(ring_sizes)
{
	ck_assert_uint_eq(ring_entries(4096, 112), 32);
	ck_assert_uint_eq(ring_entries(4096, 108), 32);
	ck_assert_uint_eq(ring_entries(65536, 112), 512);
	ck_assert_uint_eq(ring_entries(65536, 108), 512);
	ck_assert_uint_eq(ring_entries(4096, 8), 256);
}
END_TEST

/* Indices run free through 2^32. */
START_TEST(ring_wraps)
{
	struct ring r;
	uint32_t words[3];

	ring_fresh(&r, UINT32_MAX - 2);
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t value = i;

		memcpy(page.shared.entries +
		       (page.shared.req_prod & 255) * 12, &value, 4);
		page.shared.req_prod++;
		ck_assert_int_eq(ring_pending(&r), 1);
		ring_take(&r, words, sizeof(words));
		ck_assert_uint_eq(words[0], i);
		ck_assert_int_eq(ring_rearm(&r, 1), 0);
		ck_assert_uint_eq(page.shared.req_event, r.req_cons + 1);
		page.shared.rsp_event = r.rsp_prod + 1;
		ring_put(&r, words, 4);
		ck_assert(ring_push(&r));
		ck_assert(!ring_push(&r));
	}
}
END_TEST

START_TEST(ring_overflows)
{
	struct ring r;
	uint32_t words[3];

	ring_fresh(&r, 5);
	page.shared.req_prod = 5 + 256;
	ck_assert_int_eq(ring_pending(&r), 256);
	page.shared.req_prod = 5 + 257;
	ck_assert_int_eq(ring_pending(&r), RING_OVERFLOW);
	page.shared.req_prod = 4;
	ck_assert_int_eq(ring_pending(&r), RING_OVERFLOW);
	/* Back behind what was taken already. */
	page.shared.req_prod = 7;
	ring_take(&r, words, sizeof(words));
	ring_take(&r, words, sizeof(words));
	page.shared.req_prod = 6;
	ck_assert_int_eq(ring_pending(&r), RING_OVERFLOW);
	page.shared.rsp_prod = 0;
	page.shared.req_prod = 300;
	ck_assert_int_eq(ring_attach(&r, &page, sizeof(page), 12),
			 RING_OVERFLOW);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		connect_and_reconnect, frontends_that_skip_states,
		removal_waits_for_the_frontend, removal_is_not_lost,
		removal_before_any_use, vanished_nodes_end_it, sigterm_closes,
		takes_over_from_another_backend, every_state_settles,
		ring_sizes, ring_wraps, ring_overflows,
	};
	Suite *s = suite_create("blk_handshake");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
