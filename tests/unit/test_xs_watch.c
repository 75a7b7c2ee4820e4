/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is told what, and who is not. */
#include <stdio.h>
#include <string.h>
#include "xs_check.h"
#include "xs_fake.h"

static struct fake *dom0, *guest;

static void setup(void)
{
	fake_store();
	dom0 = fake_new(0);
	guest = fake_new(5);
	fake_str(dom0, XS_MKDIR, 0, "/local/domain/5");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5\0n5");
}

/* The event, or "none". */
static const char *event(struct fake *f)
{
	const char *e = fake_event(f);

	return e ? e : "none";
}

START_TEST(fires_at_once_and_above)
{
	setup();
	ck_assert_str_eq(fake_str(dom0, XS_WATCH, 0, "/a\0tok"), "OK");
	ck_assert_str_eq(event(dom0), "/a|tok");
	ck_assert_str_eq(event(dom0), "none");
	fake_write(dom0, 0, "/a/b/c", "1");
	ck_assert_str_eq(event(dom0), "/a/b/c|tok");
	fake_write(dom0, 0, "/ab", "1");
	ck_assert_str_eq(event(dom0), "none");
	ck_assert_str_eq(fake_str(dom0, XS_WATCH, 0, "/a\0tok"), "EEXIST");
	ck_assert_str_eq(fake_str(dom0, XS_WATCH, 0, "/a\0tok2"), "OK");
	ck_assert_str_eq(fake_str(dom0, XS_UNWATCH, 0, "/a\0tok"), "OK");
	ck_assert_str_eq(fake_str(dom0, XS_UNWATCH, 0, "/a\0tok"), "ENOENT");
	ck_assert_str_eq(event(dom0), "/a|tok2");
	fake_str(dom0, XS_MKDIR, 0, "/a/b");
	ck_assert_str_eq(event(dom0), "none");
	fake_str(dom0, XS_RESET_WATCHES, 0, "");
	fake_write(dom0, 0, "/a/b", "1");
	ck_assert_str_eq(event(dom0), "none");
	ck_assert_uint_eq(usage_of(0)->watches, 0);
	fake_forget();
}
END_TEST

/* The reply is first, then the first event. */
START_TEST(order)
{
	struct xsd_sockmsg m;
	size_t at;

	setup();
	at = dom0->out.len;
	fake_str(dom0, XS_WATCH, 0, "/a\0tok");
	memcpy(&m, dom0->out.data + at, sizeof(m));
	ck_assert_uint_eq(m.type, XS_WATCH);
	memcpy(&m, dom0->out.data + at + sizeof(m) + m.len, sizeof(m));
	ck_assert_uint_eq(m.type, XS_WATCH_EVENT);
	ck_assert_uint_eq(m.req_id, 0);
	ck_assert_uint_eq(m.tx_id, 0);
	fake_forget();
}
END_TEST

START_TEST(removal_tells_below)
{
	setup();
	fake_write(dom0, 0, "/a/b/c", "1");
	fake_str(dom0, XS_WATCH, 0, "/a/b/c\0low");
	event(dom0);
	fake_str(dom0, XS_WATCH, 0, "/a/b/none\0never");
	event(dom0);
	fake_str(dom0, XS_RM, 0, "/a");
	ck_assert_str_eq(event(dom0), "/a/b/c|low");
	ck_assert_str_eq(event(dom0), "none");
	fake_forget();
}
END_TEST

START_TEST(relative)
{
	setup();
	ck_assert_str_eq(fake_str(guest, XS_WATCH, 0, "device\0d"), "OK");
	ck_assert_str_eq(event(guest), "device|d");
	fake_str(dom0, XS_MKDIR, 0, "/local/domain/5/device");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5/device\0n0\0r5");
	fake_write(dom0, 0, "/local/domain/5/device/vbd/1/state", "1");
	ck_assert_str_eq(event(guest), "device|d");
	/* The new permissions are another change. */
	ck_assert_str_eq(event(guest), "device|d");
	ck_assert_str_eq(event(guest), "device/vbd/1/state|d");
	ck_assert_str_eq(fake_str(guest, XS_UNWATCH, 0,
				  "/local/domain/5/device\0d"), "OK");
	fake_forget();
}
END_TEST

START_TEST(only_the_readable)
{
	setup();
	fake_write(dom0, 0, "/secret", "1");
	fake_write(dom0, 0, "/open", "1");
	fake_str(dom0, XS_SET_PERMS, 0, "/open\0n0\0r5");
	fake_str(guest, XS_WATCH, 0, "/secret\0s");
	fake_str(guest, XS_WATCH, 0, "/open\0o");
	ck_assert_str_eq(event(guest), "/secret|s");
	ck_assert_str_eq(event(guest), "/open|o");
	fake_write(dom0, 0, "/secret", "2");
	fake_write(dom0, 0, "/secret/x", "2");
	ck_assert_str_eq(event(guest), "none");
	fake_write(dom0, 0, "/open", "2");
	ck_assert_str_eq(event(guest), "/open|o");
	/* The right ends: that it is told, nothing later. */
	fake_str(dom0, XS_SET_PERMS, 0, "/open\0n0");
	ck_assert_str_eq(event(guest), "/open|o");
	fake_write(dom0, 0, "/open", "3");
	fake_str(dom0, XS_RM, 0, "/open");
	fake_str(dom0, XS_RM, 0, "/secret");
	ck_assert_str_eq(event(guest), "none");
	fake_forget();
}
END_TEST

START_TEST(removed_readable)
{
	setup();
	fake_write(dom0, 0, "/p/open", "1");
	fake_str(dom0, XS_SET_PERMS, 0, "/p/open\0r0");
	fake_str(guest, XS_WATCH, 0, "/p/open\0o");
	event(guest);
	fake_str(dom0, XS_RM, 0, "/p");
	ck_assert_str_eq(event(guest), "/p/open|o");
	fake_forget();
}
END_TEST

START_TEST(transaction_fires_at_the_end)
{
	uint32_t tx;

	setup();
	fake_str(dom0, XS_WATCH, 0, "/a\0t");
	event(dom0);
	tx = fake_start(guest);
	fake_end(guest, tx, false);
	tx = fake_start(dom0);
	fake_write(dom0, tx, "/a/1", "x");
	fake_write(dom0, tx, "/a/1", "y");
	fake_write(dom0, tx, "/a/2", "y");
	ck_assert_str_eq(event(dom0), "none");
	ck_assert_str_eq(fake_end(dom0, tx, true), "OK");
	ck_assert_str_eq(event(dom0), "/a/1|t");
	ck_assert_str_eq(event(dom0), "/a/2|t");
	ck_assert_str_eq(event(dom0), "none");
	fake_forget();
}
END_TEST

/* Unread events do not pile up without bound, and none is forgotten. */
START_TEST(unread_events)
{
	char path[64];
	int count = 0;

	setup();
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5\0b5");
	fake_str(guest, XS_WATCH, 0, "/local/domain/5\0w");
	event(guest);
	guest->stuck = true;
	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/local/domain/5/n%d", i);
		fake_write(dom0, 0, path, "1");
		fake_ask(dom0, XS_RM, 0, path, strlen(path) + 1);
	}
	ck_assert_uint_lt(guest->conn.event_bytes, 70000);
	guest->stuck = false;
	conn_mark_dirty(&guest->conn);
	fake_run();
	while (fake_event(guest))
		count++;
	ck_assert_int_gt(count, 10);
	/* One for all that were dropped. */
	ck_assert(!guest->conn.overflowed);
	fake_write(dom0, 0, "/local/domain/5/last", "1");
	ck_assert_str_eq(event(guest), "/local/domain/5/last|w");
	fake_forget();
}
END_TEST

START_TEST(same_event_once)
{
	int count = 0;

	setup();
	fake_str(guest, XS_WATCH, 0, "/local/domain/5\0w");
	event(guest);
	guest->stuck = true;
	for (int i = 0; i < 1000; i++)
		fake_write(dom0, 0, "/local/domain/5", "1");
	guest->stuck = false;
	conn_mark_dirty(&guest->conn);
	fake_run();
	while (fake_event(guest))
		count++;
	ck_assert_int_eq(count, 1);
	fake_forget();
}
END_TEST

START_TEST(special)
{
	setup();
	fake_xen_init();
	fake_str(guest, XS_WATCH, 0, "@releaseDomain\0g");
	fake_str(dom0, XS_WATCH, 0, "@introduceDomain\0i");
	fake_str(dom0, XS_WATCH, 0, "@releaseDomain\0r");
	event(guest);
	ck_assert_str_eq(event(dom0), "@introduceDomain|i");
	ck_assert_str_eq(event(dom0), "@releaseDomain|r");
	ck_assert_str_eq(fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3"),
			 "OK");
	ck_assert_str_eq(event(dom0), "@introduceDomain|i");
	ck_assert_str_eq(fake_str(dom0, XS_IS_DOMAIN_INTRODUCED, 0, "1"), "T");
	ck_assert_str_eq(fake_str(dom0, XS_RELEASE, 0, "1"), "OK");
	ck_assert_str_eq(event(dom0), "@releaseDomain|r");
	ck_assert_str_eq(event(guest), "none");
	/* A domain that may see it. */
	fake_str(dom0, XS_SET_PERMS, 0, "@releaseDomain\0n0\0r5");
	fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3");
	fake_str(dom0, XS_RELEASE, 0, "1");
	ck_assert_str_eq(event(guest), "@releaseDomain|g");
	ck_assert_str_eq(fake_str(guest, XS_SET_PERMS, 0,
				  "@releaseDomain\0n0\0r5"), "EACCES");
	fake_forget();
}
END_TEST

XS_SUITE(xs_watch, fires_at_once_and_above, order, removal_tells_below,
	relative, only_the_readable, removed_readable,
	transaction_fires_at_the_end, unread_events, same_event_once, special)
