/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's client: requests, watches, transactions; and a hostile store. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "front_fake.h"

static struct front_fake fake;
static struct xenbus *const bus = &fake.xenbus;

static void setup(void)
{
	front_fake_init(&fake);
}

static void teardown(void)
{
	front_fake_free(&fake);
}

/* ---- Numbers ------------------------------------------------------------ */

START_TEST(numbers_as_text)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 9, "9" }, { 10, "10" }, { 65536, "65536" },
		{ 4294967295, "4294967295" }, { 4294967296, "4294967296" },
		{ UINT64_MAX, "18446744073709551615" },
		{ 10000000000000000000U, "10000000000000000000" },
	};
	char text[XENBUS_DIGITS];
	uint64_t value;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		xenbus_format(text, rows[i].value);
		ck_assert_str_eq(text, rows[i].text);
		ck_assert(xenbus_parse(text, UINT64_MAX, &value));
		ck_assert_uint_eq(value, rows[i].value);
	}
}
END_TEST

START_TEST(what_is_no_number)
{
	static const char *const texts[] = {
		"", " 1", "1 ", "-1", "+1", "0x10", "18446744073709551616",
		"29999999999999999999", "99999999999999999999999", "1e3",
	};
	uint64_t value = 77;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_msg(!xenbus_parse(texts[i], UINT64_MAX, &value),
			      "'%s'", texts[i]);
	ck_assert(!xenbus_parse("101", 100, &value));
	ck_assert_uint_eq(value, 77);
}
END_TEST

/* ---- Requests ----------------------------------------------------------- */

START_TEST(values)
{
	char text[32];
	uint64_t number;

	ck_assert_int_eq(xenbus_write(bus, 0, "device/vbd", "a", "hello"), 0);
	ck_assert_str_eq(fake_get(&fake, "device/vbd/a"), "hello");
	ck_assert_int_eq(xenbus_read(bus, 0, "device/vbd", "a", text,
				     sizeof(text)), 5);
	ck_assert_str_eq(text, "hello");
	ck_assert_int_eq(xenbus_read(bus, 0, "device/vbd/a", NULL, text,
				     sizeof(text)), 5);
	ck_assert_int_eq(xenbus_read(bus, 0, "device/vbd", "b", text,
				     sizeof(text)), -XEN_ENOENT);
	ck_assert_int_eq(xenbus_read(bus, 0, "device/vbd", "a", text, 5),
			 -XEN_E2BIG);
	ck_assert_int_eq(xenbus_read_number(bus, 0, "device/vbd", "a", 9,
					    &number), -XEN_EINVAL);
	ck_assert_int_eq(xenbus_write_number(bus, 0, "n", NULL, 1234), 0);
	ck_assert_int_eq(xenbus_read_number(bus, 0, "n", NULL, 1234, &number),
			 0);
	ck_assert_uint_eq(number, 1234);
	ck_assert_uint_eq(xenbus_read_feature(bus, "n", NULL, 1233, 5), 5);
	ck_assert_int_eq(xenbus_rm(bus, 0, "device", "vbd/a"), 0);
	ck_assert_int_eq(xenbus_rm(bus, 0, "device", "vbd/a"), -XEN_ENOENT);
	ck_assert_int_eq(xenbus_mkdir(bus, 0, "folder", NULL), 0);
	ck_assert_int_eq(xenbus_set_perms(bus, 0, "folder", NULL, "n7", 3), 0);
}
END_TEST

START_TEST(names_in_a_folder)
{
	char names[32];

	fake_set(&fake, "1", "device/vbd/51712");
	fake_set(&fake, "1", "device/vbd/51728");
	fake_set(&fake, "1", "device/vbd/51728/deeper");
	ck_assert_int_eq(xenbus_directory(bus, 0, "device", "vbd", names,
					  sizeof(names)), 12);
	ck_assert_mem_eq(names, "51712\00051728", 12);
	ck_assert_int_eq(xenbus_directory(bus, 0, "device", "vbd", names, 11),
			 -XEN_E2BIG);
	ck_assert_int_eq(xenbus_directory(bus, 0, "device", "vif", names, 11),
			 0);
}
END_TEST

/* Messages larger than the ring, in steps of any size. */
START_TEST(long_messages)
{
	static const uint32_t steps[] = { 1, 7, 1000, 0 };
	char value[201], back[256], perms[3000];

	memset(value, 'x', 200);
	value[200] = '\0';
	memset(perms, 0, sizeof(perms));
	fake.store.step = steps[_i];
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(xenbus_write(bus, 0, "long", NULL, value),
				 0);
		ck_assert_int_eq(xenbus_read(bus, 0, "long", NULL, back,
					     sizeof(back)), 200);
		ck_assert_str_eq(back, value);
	}
	if (fake.store.step == 1)
		return;
	fake.store.step *= 10;
	ck_assert_int_eq(xenbus_set_perms(bus, 0, "long", NULL, perms,
					  sizeof(perms)), 0);
	ck_assert_int_eq(xenbus_set_perms(bus, 0, "long", NULL, perms, 4096),
			 -XEN_E2BIG);
	ck_assert_int_eq(xenbus_set_perms(bus, 0, "long", NULL, perms,
					  (size_t)1 << 32), -XEN_E2BIG);
}
END_TEST

static unsigned int body_calls;

static int body(struct xenbus *x, uint32_t tx, void *arg)
{
	body_calls++;
	ck_assert_uint_ne(tx, 0);
	if (arg)
		return -XEN_EROFS;
	return xenbus_write_number(x, tx, "t", NULL, body_calls);
}

START_TEST(transactions)
{
	body_calls = 0;
	fake.store.conflicts = 3;
	ck_assert_int_eq(xenbus_transaction(bus, body, NULL), 0);
	ck_assert_uint_eq(body_calls, 4);
	ck_assert_int_eq(fake_number(&fake, "t"), 4);
	ck_assert_int_eq(xenbus_transaction(bus, body, bus), -XEN_EROFS);
	fake.store.conflicts = 1000;
	ck_assert_int_eq(xenbus_transaction(bus, body, NULL), -XEN_EAGAIN);
}
END_TEST

/* ---- Watches ------------------------------------------------------------ */

static unsigned int seen[2];

static void changed(void *arg)
{
	++*(unsigned int *)arg;
}

static void settle(void)
{
	fake_store_run(&fake);
	xenbus_poll(bus);
}

START_TEST(watches)
{
	struct xenbus_watch a = { .path = "a", .changed = changed,
				  .arg = &seen[0] };
	struct xenbus_watch b = { .path = "b", .changed = changed,
				  .arg = &seen[1] };

	memset(seen, 0, sizeof(seen));
	ck_assert_int_eq(xenbus_watch(bus, &a), 0);
	ck_assert_int_eq(xenbus_watch(bus, &b), 0);
	settle();
	ck_assert_uint_eq(seen[0], 1);
	ck_assert_uint_eq(seen[1], 1);
	fake_set(&fake, "1", "a/below");
	fake_set(&fake, "2", "a/below");
	fake_set(&fake, "1", "another");
	settle();
	ck_assert_uint_eq(seen[0], 2);
	ck_assert_uint_eq(seen[1], 1);
	/* Events come before the answer to a request. */
	fake_set(&fake, "1", "b");
	ck_assert_int_eq(xenbus_write(bus, 0, "x", NULL, "y"), 0);
	ck_assert(xenbus_pending(bus));
	settle();
	ck_assert_uint_eq(seen[1], 2);
	ck_assert(!xenbus_pending(bus));
	/* The guest wakes up elsewhere. */
	front_fake_resume(&fake);
	settle();
	ck_assert_uint_eq(seen[0], 3);
	ck_assert_uint_eq(seen[1], 3);
	ck_assert_int_eq(xenbus_unwatch(bus, &a), 0);
	ck_assert_int_eq(xenbus_unwatch(bus, &a), 0);
	fake_set(&fake, "3", "a");
	settle();
	ck_assert_uint_eq(seen[0], 3);
	ck_assert_int_eq(xenbus_unwatch(bus, &b), 0);
}
END_TEST

/* More events than the ring holds, while a request is waiting for room. */
START_TEST(flood_of_events)
{
	struct xenbus_watch a = { .path = "a", .changed = changed,
				  .arg = &seen[0] };
	char text[8];

	memset(seen, 0, sizeof(seen));
	ck_assert_int_eq(xenbus_watch(bus, &a), 0);
	for (int i = 0; i < 1000; i++)
		fake_set(&fake, "1", "a");
	ck_assert_int_eq(xenbus_read(bus, 0, "a", NULL, text, sizeof(text)),
			 1);
	settle();
	ck_assert_uint_eq(seen[0], 1);
	ck_assert_int_eq(xenbus_unwatch(bus, &a), 0);
}
END_TEST

static struct xenbus_watch nested;

static void unwatch_nested(void *arg)
{
	++*(unsigned int *)arg;
	ck_assert_int_eq(xenbus_unwatch(bus, &nested), 0);
}

START_TEST(handlers_may_unwatch)
{
	struct xenbus_watch a = { .path = "a", .changed = unwatch_nested,
				  .arg = &seen[0] };

	memset(seen, 0, sizeof(seen));
	nested = (struct xenbus_watch){ .path = "n", .changed = unwatch_nested,
					.arg = &seen[1] };
	ck_assert_int_eq(xenbus_watch(bus, &nested), 0);
	ck_assert_int_eq(xenbus_watch(bus, &a), 0);
	settle();
	settle();
	ck_assert_uint_eq(seen[0], 1);
	ck_assert_uint_le(seen[1], 1);
	ck_assert_int_eq(xenbus_unwatch(bus, &a), 0);
}
END_TEST

/* ---- Devices ------------------------------------------------------------ */

static void backend_comes(struct front_fake *f)
{
	static int rounds;

	if (++rounds == 20)
		fake_set(f, "2", "/b/state");
}

START_TEST(devices)
{
	struct xenbus_device d;

	ck_assert_int_eq(xenbus_device_find(bus, &d, "device/vbd/1"),
			 -XEN_ENOENT);
	fake_set(&fake, "/b", "device/vbd/1/backend");
	ck_assert_int_eq(xenbus_device_find(bus, &d, "device/vbd/1"),
			 -XEN_ENOENT);
	fake_set(&fake, "-5", "device/vbd/1/backend-id");
	ck_assert_int_eq(xenbus_device_find(bus, &d, "device/vbd/1"),
			 -XEN_EINVAL);
	fake_set(&fake, "32752", "device/vbd/1/backend-id");
	ck_assert_int_eq(xenbus_device_find(bus, &d, "device/vbd/1"),
			 -XEN_EINVAL);
	fake_set(&fake, "3", "device/vbd/1/backend-id");
	ck_assert_int_eq(xenbus_device_find(bus, &d, "device/vbd/1"), 0);
	ck_assert_uint_eq(d.backend_id, 3);
	ck_assert_str_eq(d.backend, "/b");
	ck_assert_int_eq(xenbus_set_state(bus, &d, XenbusStateClosed), 0);
	ck_assert_int_eq(fake_number(&fake, "device/vbd/1/state"), 6);
	fake_set(&fake, "hm", "/b/state");
	ck_assert_int_eq(xenbus_state(bus, "/b"), XenbusStateUnknown);
	ck_assert_int_eq(xenbus_wait_backend(bus, &d, 1 << 2,
					     fake.now + 50000),
			 -XEN_ETIMEDOUT);
	fake.peer = backend_comes;
	ck_assert_int_eq(xenbus_wait_backend(bus, &d, 1 << 2 | 1 << 6,
					     FRONTEND_FOREVER), 2);
	ck_assert_uint_eq(fake.store.nr_watches, 0);
}
END_TEST

/* ---- A hostile store ---------------------------------------------------- */

static void ring_write(const void *data, size_t len)
{
	struct xenstore_domain_interface *ring = fake.store.ring;

	for (size_t i = 0; i < len; i++)
		ring->rsp[MASK_XENSTORE_IDX(ring->rsp_prod + i)] =
			((const char *)data)[i];
	ring->rsp_prod += (uint32_t)len;
}

static struct xsd_sockmsg bad_header;
static const char *bad_data;
static uint32_t bad_len;
static bool bad_sent;

static void bad_peer(struct front_fake *f)
{
	if (!bad_sent) {
		bad_header.req_id += f->xenbus.last_id;
		ring_write(&bad_header, sizeof(bad_header));
		ring_write(bad_data, bad_len);
	}
	bad_sent = true;
}

static void bad_answer(struct xsd_sockmsg header, const char *data,
		       uint32_t len)
{
	char text[32];

	fake.store.dead = true;
	fake.peer = bad_peer;
	bad_header = header;
	bad_data = data;
	bad_len = len;
	bad_sent = false;
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
	/* For good. */
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
	ck_assert_uint_eq(fake.logged, 1);
	fake.logged = 0;
	fake.store.dead = false;
	front_fake_resume(&fake);
	fake_set(&fake, "1", "x");
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 1);
}

START_TEST(bad_answers)
{
	bad_answer((struct xsd_sockmsg){ XS_READ, 1, 0, 1 }, "1", 1);
	bad_answer((struct xsd_sockmsg){ XS_WRITE, 0, 0, 1 }, "1", 1);
	bad_answer((struct xsd_sockmsg){ XS_READ, 0, 0, 4097 }, "1", 1);
	bad_answer((struct xsd_sockmsg){ XS_READ, 0, 0, UINT32_MAX }, "1", 1);
	bad_answer((struct xsd_sockmsg){ XS_WATCH_EVENT, 0, 0, 0 }, "", 0);
	bad_answer((struct xsd_sockmsg){ XS_WATCH_EVENT, 0, 0, 3 }, "abc", 3);
	bad_answer((struct xsd_sockmsg){ XS_WATCH_EVENT, 0, 0, 3 }, "a\0b", 3);
	bad_answer((struct xsd_sockmsg){ XS_WATCH_EVENT, 0, 0, 2 }, "ab", 2);
}
END_TEST

START_TEST(answer_to_nothing)
{
	struct xsd_sockmsg header = { XS_READ, 0, 0, 0 };
	char text[8];

	ring_write(&header, sizeof(header));
	xenbus_poll(bus);
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
}
END_TEST

static void too_far_peer(struct front_fake *f)
{
	struct xsd_sockmsg header = { XS_READ, f->xenbus.last_id, 0, 0 };

	ring_write(&header, sizeof(header));
	f->store.ring->rsp_prod += XENSTORE_RING_SIZE;
}

START_TEST(impossible_indices)
{
	char text[8];

	fake.store.ring->rsp_prod = XENSTORE_RING_SIZE + 1;
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
	front_fake_resume(&fake);
	fake.store.dead = true;
	fake.store.ring->req_cons = 1;
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
	fake.store.dead = false;
	front_fake_resume(&fake);
	/* A right answer before it does not count. */
	fake.store.dead = true;
	fake.peer = too_far_peer;
	ck_assert_int_eq(xenbus_read(bus, 0, "x", NULL, text, sizeof(text)),
			 -XEN_EPROTO);
	fake.peer = NULL;
	fake.store.dead = false;
	front_fake_resume(&fake);
	/* Our own index is not read back. */
	fake.store.ring->rsp_cons = 12345;
	fake.store.dead = true;
	fake.store.ring->rsp_prod = XENSTORE_RING_SIZE * 2;
	ck_assert_int_eq(xenbus_write(bus, 0, "x", NULL, text), -XEN_EPROTO);
}
END_TEST

/* Headers that are nearly right, and bytes that are nothing. */
static void random_peer(struct front_fake *f)
{
	struct xsd_sockmsg h = { fake_random() % 18, f->xenbus.last_id, 0,
				 fake_random() % 40 };
	char data[48];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = fake_random() % 4 ? (char)fake_random() : '\0';
	switch (fake_random() % 16) {
	case 0:
		h.len = fake_random() >> fake_random() % 32;
		break;
	case 1:
		h.req_id = fake_random();
		break;
	case 2:
		h.type = fake_random();
		break;
	case 3:
		f->store.ring->rsp_prod = fake_random();
		return;
	case 4:
		f->store.ring->req_cons = fake_random();
		break;
	default:
		f->store.ring->req_cons = f->store.ring->req_prod;
		break;
	}
	if (f->store.ring->rsp_prod - f->xenbus.rsp_cons > 900)
		f->store.ring->rsp_prod = f->xenbus.rsp_cons;
	ring_write(&h, sizeof(h));
	ring_write(data, h.len < sizeof(data) ? h.len : sizeof(data));
}

START_TEST(garbage)
{
	struct xenbus_watch a = { .path = "a", .changed = changed,
				  .arg = &seen[0] };
	unsigned int broken = 0, answered = 0;
	char text[64];
	uint64_t number;
	uint32_t tx;

	fake.store.dead = true;
	fake.peer = random_peer;
	a.set = true;
	bus->watches = &a;
	for (int i = 0; i < 100000; i++) {
		int rc;

		switch (i % 5) {
		case 0:
			rc = xenbus_read(bus, 0, "x", "y", text,
					 sizeof(text));
			break;
		case 1:
			rc = xenbus_directory(bus, 0, "x", "y", text,
					      sizeof(text));
			break;
		case 2:
			rc = xenbus_read_number(bus, 0, "x", "y", 999,
						&number);
			break;
		case 3:
			rc = xenbus_write(bus, 0, "x", "y", "value");
			break;
		default:
			rc = xenbus_transaction_start(bus, &tx);
			break;
		}
		answered += rc >= 0;
		xenbus_poll(bus);
		if (!bus->error)
			continue;
		broken++;
		bus->watches = NULL;
		front_fake_resume(&fake);
		bus->watches = &a;
	}
	bus->watches = NULL;
	ck_assert_uint_gt(broken, 10000);
	ck_assert_uint_gt(answered, 500);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_xenbus");
	TCase *tc = tcase_create("xenbus");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, numbers_as_text);
	tcase_add_test(tc, what_is_no_number);
	tcase_add_test(tc, values);
	tcase_add_test(tc, names_in_a_folder);
	tcase_add_loop_test(tc, long_messages, 0, 4);
	tcase_add_test(tc, transactions);
	tcase_add_test(tc, watches);
	tcase_add_test(tc, flood_of_events);
	tcase_add_test(tc, handlers_may_unwatch);
	tcase_add_test(tc, devices);
	tcase_add_test(tc, bad_answers);
	tcase_add_test(tc, answer_to_nothing);
	tcase_add_test(tc, impossible_indices);
	tcase_add_test(tc, garbage);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
