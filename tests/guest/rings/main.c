/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store's and the console's ring, as a guest uses them: every request has
 * its reply, in order, also when they are many, in pieces, or over the ring's
 * end; errors have names; transactions, watches; the console takes more than
 * the ring holds. dom0 has neither ring.
 */
#include "xs.h"
#include <xen/io/console.h>

static char reply[XS_MAX + 1];

static bool is(const char *text)
{
	return !memcmp(reply, text, strlen(text) + 1);
}

static void check_values(void)
{
	subject("values");
	CHECK(xs_read("name", reply) > 0);
	CHECK(xs_read("domid", reply) > 0);
	CHECK_EQ(xs_write(0, "data/x", "one"), 3);	/* "OK" */
	CHECK_EQ(xs_read("data/x", reply), 3);
	CHECK(is("one"));
	CHECK_EQ(xs_write(0, "data/x", ""), 3);
	CHECK_EQ(xs_read("data/x", reply), 0);
	CHECK(xs_request(XS_DIRECTORY, 0, "data", 5, reply) > 0);
	CHECK(is("x"));
	CHECK_EQ(xs_request(XS_MKDIR, 0, "data/dir", 9, reply), 3);
	CHECK_EQ(xs_request(XS_DIRECTORY, 0, "data/dir", 9, reply), 0);
	CHECK(xs_request(XS_GET_PERMS, 0, "data/x", 7, reply) > 0);
	CHECK_EQ(reply[0], 'n');
	CHECK_EQ(xs_request(XS_RM, 0, "data/x", 7, reply), 3);
	CHECK_EQ(xs_request(XS_RM, 0, "data/dir", 9, reply), 3);
	CHECK_EQ(xs_read("data/x", reply), -1);
	CHECK(is("ENOENT"));
}

static void check_errors(void)
{
	static char big[XS_MAX + 1];

	subject("errors");
	CHECK_EQ(xs_read("nothing/there", reply), -1);
	CHECK(is("ENOENT"));
	CHECK_EQ(xs_read("/local/domain/0/name", reply), -1);
	CHECK(is("EACCES"));
	CHECK_EQ(xs_write(0, "/local/domain/0/data/y", "1"), -1);
	CHECK_EQ(xs_read("bad//path", reply), -1);
	CHECK(is("EINVAL"));
	CHECK_EQ(xs_request(XS_READ, 0, "name", 4, reply), -1);	/* no end */
	CHECK(is("EINVAL"));
	CHECK_EQ(xs_request(77, 0, "name", 5, reply), -1);
	CHECK(is("ENOSYS"));
	CHECK_EQ(xs_request(XS_READ, 12345, "name", 5, reply), -1);
	CHECK(is("ENOENT"));			/* no such transaction */
	CHECK_EQ(xs_request(XS_INTRODUCE, 0, "1\0001\0001", 6, reply), -1);
	CHECK(is("EACCES"));
	/* As long as may be: a value that nobody wants, but a good message. */
	memset(big, 'a', sizeof(big));
	memcpy(big, "data/big", 9);
	xs_request(XS_WRITE, 0, big, 4096, reply);
	CHECK(xs_read("domid", reply) > 0);
	xs_request(XS_RM, 0, "data/big", 9, reply);
}

static void check_transactions(void)
{
	unsigned long tx = 0;
	char *p;

	subject("transactions");
	CHECK(xs_request(XS_TRANSACTION_START, 0, "", 1, reply) > 0);
	for (p = reply; *p >= '0' && *p <= '9'; p++)
		tx = tx * 10 + *p - '0';
	CHECK(tx != 0);
	CHECK_EQ(xs_write(tx, "data/t", "inside"), 3);
	CHECK_EQ(xs_read("data/t", reply), -1);		/* not yet */
	CHECK_EQ(xs_request(XS_TRANSACTION_END, tx, "T", 2, reply), 3);
	CHECK_EQ(xs_read("data/t", reply), 6);
	CHECK(is("inside"));
	CHECK_EQ(xs_request(XS_TRANSACTION_END, tx, "T", 2, reply), -1);
	CHECK(is("ENOENT"));
	CHECK_EQ(xs_request(XS_RM, 0, "data/t", 7, reply), 3);
}

static void check_watches(void)
{
	u32 before = xs_events;

	subject("watches");
	CHECK_EQ(xs_request(XS_WATCH, 0, "data\0token", 11, reply), 3);
	/* Fires once by itself; another request flushes it out. */
	CHECK(xs_read("domid", reply) > 0);
	CHECK(xs_read("domid", reply) > 0);
	CHECK_EQ(xs_events, before + 1);
	CHECK_EQ(memcmp(xs_event, "data\0token", 11), 0);
	CHECK_EQ(xs_write(0, "data/w", "1"), 3);
	CHECK(xs_read("domid", reply) > 0);
	CHECK(xs_read("domid", reply) > 0);
	CHECK_EQ(xs_events, before + 2);
	CHECK_EQ(memcmp(xs_event, "data/w\0token", 13), 0);
	CHECK_EQ(xs_request(XS_UNWATCH, 0, "data\0token", 11, reply), 3);
	CHECK_EQ(xs_request(XS_UNWATCH, 0, "data\0token", 11, reply), -1);
	CHECK(is("ENOENT"));
	CHECK_EQ(xs_request(XS_RM, 0, "data/w", 7, reply), 3);
	CHECK_EQ(xs_events, before + 2);
}

/* Many, of every length: the ring's end falls everywhere. */
static void check_many(void)
{
	static char name[300];
	unsigned int i;

	subject("many requests");
	memset(name, 'n', sizeof(name));
	for (i = 0; i < 1000; i++) {
		unsigned int n = 1 + i % 200;
		char end = name[n];

		name[n] = 0;
		if (xs_request(XS_READ, 0, name, n + 1, reply) != -1 ||
		    !is("ENOENT"))
			CHECK(!"every request is answered");
		name[n] = end;
	}
	CHECK(xs_read("domid", reply) > 0);
}

/* Sent one after the other before any reply is read. */
static void check_pipeline(void)
{
	struct xsd_sockmsg h;
	u32 i;

	subject("several at once");
	for (i = 0; i < 20; i++)
		xs_put_message(XS_READ, 9000 + i, 0, "domid", 6);
	for (i = 0; i < 20; i++) {
		xs_get_message(&h, reply);
		CHECK_EQ(h.req_id, 9000 + i);
		CHECK_EQ(h.type, XS_READ);
	}
	/* A message that comes in pieces. */
	h = (struct xsd_sockmsg){ XS_READ, 9100, 0, 6 };
	xs_put(&h, 7);
	poll_port(start_info->store_evtchn, time_now() + 5 * MSEC);
	xs_put((char *)&h + 7, sizeof(h) - 7);
	poll_port(start_info->store_evtchn, time_now() + 5 * MSEC);
	xs_put("dom", 3);
	poll_port(start_info->store_evtchn, time_now() + 5 * MSEC);
	xs_put("id", 3);
	xs_get_message(&h, reply);
	CHECK_EQ(h.req_id, 9100);
	CHECK_EQ(h.type, XS_READ);
}

static void check_console(void)
{
	volatile struct xencons_interface *r = (void *)
		(mfn_to_pfn(start_info->console.domU.mfn) * PAGE_SIZE);
	u32 before = r->out_prod;
	unsigned int i;
	u64 limit;

	subject("console");
	for (i = 0; i < 200; i++)
		print("rings: line %u of more than the console's ring holds\n",
		      i);
	CHECK(r->out_prod - before > sizeof(r->out));
	CHECK(r->out_prod - r->out_cons <= sizeof(r->out));
	limit = time_now() + 10000 * MSEC;
	while (r->out_cons != r->out_prod && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(r->out_cons, r->out_prod);
	CHECK_EQ(r->in_prod, r->in_cons);
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	if (!xs_ring()) {
		skip("the rings: dom0 has none");
		return;
	}
	check_values();
	check_errors();
	check_transactions();
	check_watches();
	check_many();
	check_pipeline();
	check_console();
}
