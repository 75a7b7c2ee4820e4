/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frontend's end of a ring against the backends' own, on two threads that
 * sleep whenever the ring says that there is nothing: no request or response
 * is lost, damaged or seen twice, and nobody sleeps for ever.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "common/ring.h"
#include "front_ring.h"

enum { STRIDE = 112, REQUESTS = 100000, SLEEP_MS = 20000 };

struct message {
	uint64_t id;
	uint64_t check;
};

struct ends {
	void *memory;
	size_t bytes;
	struct front_ring front;
	int to_front, to_back;	/* eventfds */
	unsigned int events[2];
	bool back_failed;
};

static void notify(struct ends *e, int fd, int which)
{
	uint64_t one = 1;

	e->events[which]++;
	if (write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

/* False: nobody woke us. */
static bool sleep_on(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t count;

	return poll(&p, 1, SLEEP_MS) == 1 &&
	       read(fd, &count, sizeof(count)) == sizeof(count);
}

static uint64_t check_of(uint64_t id)
{
	return (id + 1) * 0x9e3779b97f4a7c15ULL;
}

static bool back_serve(struct ends *e, struct ring *r, uint32_t *served)
{
	struct message m;
	int pending;

	do {
		pending = ring_pending(r);
		for (; pending > 0; pending--) {
			ring_take(r, &m, sizeof(m));
			if (m.id != *served || m.check != check_of(m.id))
				return false;
			m.check = ~m.check;
			ring_put(r, &m, sizeof(m));
			++*served;
		}
		if (ring_push(r))
			notify(e, e->to_front, 0);
		pending = pending < 0 ? pending : ring_rearm(r, 1);
	} while (pending > 0);
	return !pending;
}

static void *back(void *arg)
{
	struct ends *e = arg;
	uint32_t served = 0;
	struct ring r;

	e->back_failed = true;
	if (ring_attach(&r, e->memory, e->bytes, STRIDE))
		return NULL;
	while (served < REQUESTS) {
		if (!back_serve(e, &r, &served))
			return NULL;
		if (served < REQUESTS && !sleep_on(e->to_back))
			return NULL;
	}
	e->back_failed = false;
	return NULL;
}

static void front_take(struct ends *e, uint32_t *ended)
{
	struct message m;
	int pending;

	do {
		pending = front_ring_pending(&e->front);
		ck_assert_int_ge(pending, 0);
		for (; pending; pending--) {
			front_ring_take(&e->front, &m, sizeof(m));
			if (m.id != *ended || m.check != ~check_of(m.id))
				ck_abort_msg("answer %u is damaged", *ended);
			++*ended;
		}
		pending = front_ring_rearm(&e->front);
	} while (pending);
}

static void front(struct ends *e)
{
	uint32_t begun = 0, ended = 0;
	struct message m;

	while (ended < REQUESTS) {
		while (begun < REQUESTS && front_ring_free(&e->front)) {
			m = (struct message){ begun, check_of(begun) };
			front_ring_put(&e->front, &m, sizeof(m));
			if (begun++ % 7 && front_ring_free(&e->front))
				continue;
			if (front_ring_push(&e->front))
				notify(e, e->to_back, 1);
		}
		if (front_ring_push(&e->front))
			notify(e, e->to_back, 1);
		front_take(e, &ended);
		if (ended == REQUESTS ||
		    (begun < REQUESTS && front_ring_free(&e->front)))
			continue;
		if (!sleep_on(e->to_front))
			ck_abort_msg("nobody woke us after %u", ended);
	}
}

START_TEST(two_threads)
{
	static const size_t sizes[] = { 4096, 16384 };
	struct ends e = { .bytes = sizes[_i] };
	pthread_t thread;

	e.memory = aligned_alloc(4096, e.bytes);
	e.to_front = eventfd(0, 0);
	e.to_back = eventfd(0, 0);
	front_ring_init(&e.front, e.memory, e.bytes, STRIDE);
	ck_assert_uint_eq(e.front.size, _i ? 128 : 32);
	ck_assert_int_eq(pthread_create(&thread, NULL, back, &e), 0);
	front(&e);
	pthread_join(thread, NULL);
	ck_assert(!e.back_failed);
	/* The event indices save most of them. */
	ck_assert_uint_lt(e.events[0], REQUESTS);
	ck_assert_uint_lt(e.events[1], REQUESTS);
	free(e.memory);
	close(e.to_front);
	close(e.to_back);
}
END_TEST

/* The slots of both word sizes' requests, in rings of any size. */
START_TEST(slots)
{
	for (size_t pages = 1; pages <= 16; pages++)
		for (uint32_t stride = 4; stride <= 128; stride += 4)
			ck_assert_uint_eq(
				front_ring_slots(pages * 4096, stride),
				ring_entries(pages * 4096, stride));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_ring");
	TCase *tc = tcase_create("ring");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, two_threads, 0, 2);
	tcase_add_test(tc, slots);
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
