/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plays a long random game over <xen/io/ring.h> and prints a number made of
 * everything its macros said. Built with our headers and with Debian's it must
 * print the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define xen_mb()  __sync_synchronize()
#define xen_rmb() __sync_synchronize()
#define xen_wmb() __sync_synchronize()
#include <xen/io/ring.h>

struct ask { uint32_t a; uint64_t b; };
struct answer { uint32_t a; };
DEFINE_RING_TYPES(game, struct ask, struct answer);

static union {
	struct game_sring ring;
	unsigned char bytes[4096];
} page;
static struct game_front_ring front;
static struct game_back_ring back;
static uint64_t sum = 14695981039346656037ull;
static uint64_t seed = 1;

static void say(uint64_t what)
{
	sum = (sum ^ what) * 1099511628211ull;
}

static unsigned int dice(unsigned int sides)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(seed >> 33) % sides;
}

static void ask(unsigned int n)
{
	int notify;

	while (n-- && !RING_FULL(&front)) {
		struct ask *q = RING_GET_REQUEST(&front, front.req_prod_pvt);

		q->a = front.req_prod_pvt++;
		q->b = seed;
	}
	if (!dice(8)) {
		RING_PUSH_REQUESTS(&front);
		return;
	}
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&front, notify);
	say(notify);
}

static void serve(unsigned int n)
{
	int notify, more;

	while (n-- && RING_HAS_UNCONSUMED_REQUESTS(&back) &&
	       !RING_REQUEST_CONS_OVERFLOW(&back, back.req_cons)) {
		struct ask q;

		RING_COPY_REQUEST(&back, back.req_cons, &q);
		back.req_cons++;
		RING_GET_RESPONSE(&back, back.rsp_prod_pvt)->a = q.a ^ 5;
		back.rsp_prod_pvt++;
		say(q.b);
	}
	if (!dice(8)) {
		RING_PUSH_RESPONSES(&back);
		return;
	}
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&back, notify);
	RING_FINAL_CHECK_FOR_REQUESTS(&back, more);
	say(notify * 2 + !!more);
}

static void collect(unsigned int n)
{
	int more;

	while (n-- && RING_HAS_UNCONSUMED_RESPONSES(&front)) {
		struct answer r;

		RING_COPY_RESPONSE(&front, front.rsp_cons, &r);
		front.rsp_cons++;
		say(r.a);
	}
	RING_FINAL_CHECK_FOR_RESPONSES(&front, more);
	say(!!more);
}

/* What the other side wrote need not make sense. */
static void lie(void)
{
	RING_IDX good = page.ring.req_prod;

	page.ring.req_prod = good + dice(400) - 100;
	say(RING_REQUEST_PROD_OVERFLOW(&back, page.ring.req_prod));
	say(RING_RESPONSE_PROD_OVERFLOW(&front, front.rsp_cons + dice(400)));
	say(XEN_RING_NR_UNCONSUMED_REQUESTS(&back));
	page.ring.req_prod = good;
}

static void play(RING_IDX start)
{
	XEN_FRONT_RING_INIT(&front, &page.ring, sizeof(page));
	BACK_RING_INIT(&back, &page.ring, sizeof(page));
	page.ring.req_prod = page.ring.rsp_prod = start;
	page.ring.req_event = page.ring.rsp_event = start + 1;
	FRONT_RING_ATTACH(&front, &page.ring, start, sizeof(page));
	BACK_RING_ATTACH(&back, &page.ring, start, sizeof(page));
	say(RING_SIZE(&front));
	say(__CONST_RING_SIZE(game, 16384));
	for (int i = 0; i < 200000; i++) {
		switch (dice(4)) {
		case 0:
			ask(dice(40));
			break;
		case 1:
			serve(dice(40));
			break;
		case 2:
			collect(dice(40));
			break;
		default:
			lie();
		}
		say(RING_FREE_REQUESTS(&front));
		say(XEN_RING_NR_UNCONSUMED_RESPONSES(&front));
	}
}

int main(void)
{
	play(0);
	play(~0U - 1000);	/* indices wrap */
	printf("%016llx\n", (unsigned long long)sum);
	return 0;
}
