/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A backend's end of the store against a scripted xenstored, which dies and
 * comes back at every point of a conversation; and the limit of its messages.
 */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>
#include "common/store.h"
#include "common/trouble.h"

static int server = -1, wire[2];
static struct store *store;

static int connection(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	server = pair[0];
	return pair[1];
}

/* As hospesd does when xenstored is back. */
static void pass(int fd)
{
	char space[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { "c", 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(wire[1], &m, 0), 1);
	close(fd);
}

static void setup(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, wire), 0);
	store = store_open(connection(), wire[0]);
	ck_assert_ptr_nonnull(store);
}

static struct xsd_sockmsg request;
static char payload[XENSTORE_PAYLOAD_MAX + 1];

static void take(void)
{
	ck_assert_int_eq(recv(server, &request, sizeof(request), MSG_WAITALL),
			 sizeof(request));
	ck_assert_int_eq(recv(server, payload, request.len, MSG_WAITALL),
			 request.len);
	payload[request.len] = '\0';
}

static void say(uint32_t type, const char *text, size_t len)
{
	struct xsd_sockmsg m = {
		.type = type, .req_id = request.req_id, .len = len,
	};

	ck_assert_int_eq(write(server, &m, sizeof(m)), sizeof(m));
	ck_assert_int_eq(write(server, text, len), len);
}

static void say_event(void)
{
	say(XS_WATCH_EVENT, "/a\0w", 5);
}

static void *serve_values(void *arg)
{
	(void)arg;
	take();
	ck_assert_uint_eq(request.type, XS_READ);
	ck_assert_str_eq(payload, "/a/7");
	/* An event may come before an answer. */
	say_event();
	say(XS_READ, "12", 2);
	take();
	say(XS_READ, "12x", 3);
	take();
	say(XS_ERROR, "ENOENT", 7);
	take();
	ck_assert_uint_eq(request.type, XS_WRITE);
	ck_assert_uint_eq(request.len, 6);
	ck_assert_mem_eq(payload, "/a\0" "-5x", 5);
	say(XS_ERROR, "EACCES", 7);
	return NULL;
}

START_TEST(values_and_errors)
{
	pthread_t thread;
	int64_t value;

	pthread_create(&thread, NULL, serve_values, NULL);
	ck_assert_int_eq(store_read_int(store, &value, "/a/%d", 7), 0);
	ck_assert_int_eq(value, 12);
	ck_assert_int_eq(store_read_int(store, &value, "/a"), -EINVAL);
	ck_assert_ptr_null(store_read(store, "/b"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(store_write(store, "-5x", "/a"), -EACCES);
	pthread_join(thread, NULL);
}
END_TEST

/* It dies before the answer, and in the middle of one. */
static void *serve_dying(void *arg)
{
	const char half[4] = { 0 };

	(void)arg;
	take();
	say(XS_WATCH, "OK", 3);
	for (int i = 0; i < 3; i++) {
		take();
		ck_assert_uint_eq(request.type, XS_WRITE);
		if (i == 1)
			ck_assert_int_eq(write(server, half, 4), 4);
		close(server);
		pass(connection());
		/* The watch is set again before anything else. */
		take();
		ck_assert_uint_eq(request.type, XS_WATCH);
		ck_assert_str_eq(payload, "/a/state");
		say(XS_WATCH, "OK", 3);
	}
	take();
	ck_assert_uint_eq(request.type, XS_WRITE);
	say(XS_WRITE, "OK", 3);
	return NULL;
}

START_TEST(requests_outlive_xenstored)
{
	pthread_t thread;

	pthread_create(&thread, NULL, serve_dying, NULL);
	ck_assert_int_eq(store_watch(store, "/a/%s", "state"), 0);
	ck_assert_int_eq(store_write_int(store, 4, "/a/state"), 0);
	pthread_join(thread, NULL);
}
END_TEST

static int calls;

static void changed(void *arg)
{
	struct event_base *base = arg;

	calls++;
	event_base_loopbreak(base);
}

START_TEST(events_are_counted_as_one)
{
	struct event_base *base = event_base_new();

	ck_assert_int_eq(store_attach(store, base, changed, base), 0);
	for (int i = 0; i < 50; i++)
		say_event();
	calls = 0;
	event_base_dispatch(base);
	ck_assert_int_eq(calls, 1);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(calls, 1);
	/* Its end is no event, and no reason to spin; a new one is an event. */
	close(server);
	ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(calls, 1);
	pass(connection());
	event_base_dispatch(base);
	ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(trouble_is_limited)
{
	struct trouble t = { 0 };
	uint32_t left_out = 77, said = 0;

	for (int i = 0; i < 1000; i++)
		said += trouble_may_say(&t, 5000, &left_out);
	ck_assert_uint_eq(said, TROUBLE_BURST);
	ck_assert_uint_eq(left_out, 0);
	ck_assert(!trouble_may_say(&t, 5999, &left_out));
	ck_assert(trouble_may_say(&t, 6000, &left_out));
	ck_assert_uint_eq(left_out, 1000 - TROUBLE_BURST + 1);
	ck_assert(!trouble_may_say(&t, 6001, &left_out));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("backend_store");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, values_and_errors);
	tcase_add_test(t, requests_outlive_xenstored);
	tcase_add_test(t, events_are_counted_as_one);
	tcase_add_test(t, trouble_is_limited);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
