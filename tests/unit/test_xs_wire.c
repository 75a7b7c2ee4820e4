/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of every shape, well and ill formed. */
#include <stdio.h>
#include <string.h>
#include "xs_check.h"
#include "xs_fake.h"

static struct fake *dom0;

static void setup(void)
{
	fake_store();
	dom0 = fake_new(0);
}

/* Every byte on its own gives the same as all at once. */
START_TEST(bytewise)
{
	struct buf whole = { 0 };
	int replies = 0;

	setup();
	fake_send(dom0, XS_WRITE, 0, "/a\0v", 4);
	fake_send(dom0, XS_READ, 0, "/a", 3);
	fake_send(dom0, XS_TRANSACTION_START, 0, NULL, 0);
	buf_put(&whole, dom0->in.data, dom0->in.len);
	dom0->in.len = 0;
	for (size_t i = 0; i < whole.len; i++) {
		buf_put(&dom0->in, whole.data + i, 1);
		conn_mark_ready(&dom0->conn);
		fake_run();
		while (fake_reply(dom0)) {
			replies++;
			ck_assert_uint_ne(dom0->head.type, XS_ERROR);
		}
	}
	ck_assert_int_eq(replies, 3);
	buf_free(&whole);
	fake_forget();
}
END_TEST

START_TEST(too_long)
{
	struct xsd_sockmsg head = { .type = XS_READ };

	for (uint64_t len = XENSTORE_PAYLOAD_MAX + 1; len <= UINT32_MAX;
	     len = len * 3 + 1) {
		setup();
		head.len = len;
		buf_put(&dom0->in, &head, sizeof(head));
		buf_put(&dom0->in, "garbage", 7);
		conn_mark_ready(&dom0->conn);
		fake_run();
		ck_assert(dom0->broken);
		ck_assert(dom0->closed);
		ck_assert(!fake_reply(dom0));
		fake_forget();
	}
}
END_TEST

START_TEST(unknown_types)
{
	static const uint32_t types[] = {
		XS_WATCH_EVENT, XS_ERROR, 20, XS_TYPE_COUNT, XS_INVALID,
		0x7fffffff, 0xffffffff,
	};

	setup();
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		ck_assert_str_eq(fake_str(dom0, types[i], 0, "/"), "ENOSYS");
	fake_forget();
}
END_TEST

START_TEST(malformed)
{
	static const struct {
		uint32_t type;
		const char *data;
		size_t len;
	} bad[] = {
		{ XS_READ, "", 0 }, { XS_READ, "/a", 2 },
		{ XS_READ, "/a\0b", 5 }, { XS_READ, "\0", 1 },
		{ XS_WRITE, "/a", 2 }, { XS_WRITE, "", 0 },
		{ XS_WATCH, "/a", 3 }, { XS_WATCH, "/a\0t", 4 },
		{ XS_SET_PERMS, "/", 2 }, { XS_SET_PERMS, "/\0n0", 4 },
		{ XS_SET_PERMS, "/\0", 3 },
		{ XS_INTRODUCE, "1\0" "2", 4 },
		{ XS_INTRODUCE, "1\0" "2\0" "0", 6 },
		{ XS_INTRODUCE, "0\0" "2\0" "1", 6 },
		{ XS_INTRODUCE, "-1\0" "2\0" "1", 7 },
		{ XS_INTRODUCE, "40000\0" "2\0" "1", 10 },
		{ XS_RELEASE, "0", 2 }, { XS_RELEASE, "x", 2 },
		{ XS_GET_DOMAIN_PATH, "", 1 },
		{ XS_DIRECTORY_PART, "/", 2 }, { XS_CONTROL, "", 0 },
		{ XS_CONTROL, "nothing", 8 },
		{ XS_TRANSACTION_END, "TT", 3 },
	};

	setup();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!strcmp(fake_ask(dom0, bad[i].type, 0,
					       bad[i].data, bad[i].len),
				      "EINVAL"), "row %zu", i);
	fake_forget();
}
END_TEST

START_TEST(values_are_bytes)
{
	setup();
	ck_assert_str_eq(fake_ask(dom0, XS_WRITE, 0, "/b\0\0\1\xff", 6), "OK");
	fake_send(dom0, XS_READ, 0, "/b", 3);
	fake_run();
	ck_assert(fake_reply(dom0));
	ck_assert_uint_eq(dom0->head.len, 3);
	ck_assert_int_eq(memcmp(dom0->data, "\0\1\xff", 3), 0);
	fake_forget();
}
END_TEST

/* 1,000 children do not fit into one message: the list comes in parts. */
START_TEST(directory_in_parts)
{
	char ask[64], path[32];
	size_t off = 0, names = 0;
	bool end = false;

	setup();
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/d/name%d", i);
		fake_write(dom0, 0, path, "");
	}
	ck_assert_str_eq(fake_str(dom0, XS_DIRECTORY, 0, "/d"), "E2BIG");
	while (!end) {
		int len = snprintf(ask, sizeof(ask), "/d%c%zu", 0, off) + 1;
		const char *p, *stop;

		fake_send(dom0, XS_DIRECTORY_PART, 0, ask, len);
		fake_run();
		ck_assert(fake_reply(dom0));
		ck_assert_uint_eq(dom0->head.type, XS_DIRECTORY_PART);
		stop = dom0->data + dom0->head.len;
		for (p = dom0->data + strlen(dom0->data) + 1; p < stop;
		     p += strlen(p) + 1) {
			end = !*p;
			names += !end;
			off += end ? 0 : strlen(p) + 1;
		}
	}
	ck_assert_uint_eq(names, 1000);
	fake_forget();
}
END_TEST

START_TEST(control)
{
	setup();
	ck_assert_ptr_nonnull(strstr(fake_str(dom0, XS_CONTROL, 0, "help"),
				     "memreport"));
	ck_assert_ptr_nonnull(strstr(fake_str(dom0, XS_CONTROL, 0, "quota"),
				     "transactions"));
	ck_assert_ptr_nonnull(strstr(fake_str(dom0, XS_CONTROL, 0,
					      "memreport"), "domain 0"));
	ck_assert_str_eq(fake_str(dom0, XS_CONTROL, 0, "check"), "OK\n");
	ck_assert_str_eq(fake_str(dom0, XS_CONTROL, 0, "quota\0" "5"),
			 "domain 5: nodes 0, watches 0, transactions 0, "
			 "memory 0\n");
	ck_assert_str_eq(fake_str(dom0, XS_CONTROL, 0, "quota\0set\0x\0" "5"),
			 "EINVAL");
	fake_forget();
}
END_TEST

/* Random bytes as requests of a guest and of dom0. */
START_TEST(noise)
{
	static const char *const words[] = {
		"/", "/a", "a", "/a/b", "T", "F", "1", "@releaseDomain", "",
		"n0", "b5", "tok", "//", "quota",
	};
	struct fake *who[2];

	setup();
	fake_xen_init();
	who[0] = fake_new(0);
	who[1] = fake_new(5);
	srandom(3);
	for (int i = 0; i < 200000; i++) {
		struct fake *f = who[random() % 2];
		char data[128];
		size_t len = 0;

		for (int k = random() % 5; k > 0; k--)
			len += sprintf(data + len, "%s",
				       words[random() % 14]) + random() % 2;
		fake_send(f, random() % 25, random() % 3 ? 0 : random() % 8,
			  data, len);
		fake_run();
		ck_assert(fake_reply(f));
		f->in.len = f->in_at = f->out.len = f->out_at = 0;
		f->events.len = f->events_at = 0;
	}
	ck_assert(store_check());
	fake_forget();
}
END_TEST

XS_SUITE(xs_wire, bytewise, too_long, unknown_types, malformed,
	 values_are_bytes, directory_in_parts, control, noise)
