/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIFO event delivery, with the guest's half played as its kernel plays it.
 * The rule of the random test: every event that was sent and is not masked is
 * taken exactly once, in the queue of its priority, and none is lost over
 * changes of priority, vCPU and mask, and over closing and reuse of ports.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

/* The C library has a function of that name, too. */
#define sched_yield	hv_sched_yield
#include "tests/unit/fake_domain.h"
#undef sched_yield

#include "core/evtchn_fifo.h"
#include "lib/errno.h"
#include "lib/string.h"

#define VCPUS	3
#define PORTS	60

/* ck_assert() tells its place to the runner each time: too slow in loops. */
#define MUST(x)	do { \
	if (!(x)) \
		ck_abort_msg("%s", #x); \
} while (0)

static struct domain *d, *peer;
static struct evtchn_fifo_control_block *blocks[VCPUS];
static void *block_pages[VCPUS], *word_pages[2];
static u32 *words;

static long init_control(unsigned int vcpu, u64 gfn, u32 offset)
{
	evtchn_init_control_t op = { .control_gfn = gfn, .offset = offset,
				     .vcpu = vcpu };
	long rc = evtchn_op(EVTCHNOP_init_control, GVA(&op));

	if (!rc)
		ck_assert_uint_eq(op.link_bits, 17);
	return rc;
}

static long expand(u64 gfn)
{
	evtchn_expand_array_t op = { .array_gfn = gfn };

	return evtchn_op(EVTCHNOP_expand_array, GVA(&op));
}

static u32 bind_ipi(unsigned int vcpu)
{
	evtchn_bind_ipi_t op = { .vcpu = vcpu };

	ck_assert_int_eq(evtchn_op(EVTCHNOP_bind_ipi, GVA(&op)), 0);
	return op.port;
}

static void begin(void)
{
	fake_hv_reset(3);
	d = fake_domain(1, VCPUS, PORTS_FIFO - 1);
	peer = fake_domain(0, 1, PORTS_FIFO - 1);
	fake_run(d, 0);
}

static void enter_fifo(unsigned int vcpu)
{
	mfn_t m;

	block_pages[vcpu] = fake_page(&m);
	blocks[vcpu] = block_pages[vcpu] + 128;
	ck_assert_int_eq(init_control(vcpu, m.v, 128), 0);
}

static void add_page(void)
{
	mfn_t m;

	word_pages[0] = fake_page(&m);
	words = word_pages[0];
	ck_assert_int_eq(expand(m.v), 0);
}

static void end(void)
{
	d->dying = peer->dying = DYING_YES;
	ck_assert_int_eq(evtchn_destroy(d), 0);
	ck_assert_int_eq(evtchn_destroy(peer), 0);
	ck_assert_ptr_null(d->evtchn.fifo);
	ck_assert_uint_eq(d->refs, 1);
	ck_assert_int_eq(fake_frames_held, 0);
	fake_domain_free(d);
	fake_domain_free(peer);
	ck_assert_uint_eq(fake_heap_used, 0);
	for (unsigned int i = 0; i < VCPUS; i++) {
		free(block_pages[i]);
		block_pages[i] = NULL;
	}
	free(word_pages[0]);
	word_pages[0] = NULL;
	words = NULL;
}

/* --- the guest's half ---------------------------------------------------------- */

static u32 heads[VCPUS][EVTCHN_FIFO_MAX_QUEUES];	/* where we read */
static unsigned int taken[PORTS + 1];
static unsigned int taken_from[PORTS + 1];
static u64 sent[PORTS + 1], seen[PORTS + 1];	/* by senders at once */

/* Take one event of queue @q; true if the queue is empty after it. */
static bool guest_take(unsigned int vcpu, unsigned int q)
{
	struct evtchn_fifo_control_block *b = blocks[vcpu];
	u32 port = heads[vcpu][q], w;

	if (!port) {
		port = b->head[q];
		ck_assert_uint_ne(port, 0);
	}
	MUST(port <= PORTS);
	w = __atomic_fetch_and(&words[port],
			       ~(u32)(FIFO_L | EVTCHN_FIFO_LINK_MASK),
			       __ATOMIC_SEQ_CST);
	heads[vcpu][q] = w & EVTCHN_FIFO_LINK_MASK;
	if (w & FIFO_P && !(w & FIFO_M)) {
		__atomic_fetch_and(&words[port], ~(u32)FIFO_P,
				   __ATOMIC_SEQ_CST);
		taken[port]++;
		taken_from[port] = q;
		seen[port] = __atomic_load_n(&sent[port], __ATOMIC_SEQ_CST);
	}
	return !heads[vcpu][q];
}

/* The upcall: queues by priority as long as one is ready. @max: stop early */
static void guest_upcall(unsigned int vcpu, unsigned int max)
{
	struct evtchn_fifo_control_block *b = blocks[vcpu];
	u32 ready = 0;

	d->vcpus[vcpu]->info->evtchn_upcall_pending = 0;
	ready = __atomic_exchange_n(&b->ready, 0, __ATOMIC_SEQ_CST);
	while (ready && max--) {
		unsigned int q = __builtin_ctz(ready);

		if (guest_take(vcpu, q))
			ready &= ~(1U << q);
		ready |= __atomic_exchange_n(&b->ready, 0, __ATOMIC_SEQ_CST);
	}
	/* Interrupted: it comes back for the rest. */
	__atomic_fetch_or(&b->ready, ready, __ATOMIC_SEQ_CST);
	if (ready)
		d->vcpus[vcpu]->info->evtchn_upcall_pending = 1;
}

/* As the kernel: without a call if the word allows it. */
static void guest_unmask(u32 port)
{
	u32 w = words[port];

	while (!(w & (FIFO_P | FIFO_B)))
		if (__atomic_compare_exchange_n(&words[port], &w,
						w & ~(u32)FIFO_M, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return;
	ck_assert_int_eq(evtchn_op(EVTCHNOP_unmask,
				   GVA(&(evtchn_unmask_t){ port })), 0);
}

static void guest_mask(u32 port)
{
	__atomic_fetch_or(&words[port], (u32)FIFO_M, __ATOMIC_SEQ_CST);
}

static void send(u32 port)
{
	ck_assert_int_eq(evtchn_send(d, port), 0);
}

/* --- answers --------------------------------------------------------------------- */

START_TEST(setup_answers)
{
	mfn_t m;
	void *page;

	begin();
	page = fake_page(&m);
	ck_assert_int_eq(expand(m.v), -EOPNOTSUPP);
	ck_assert_int_eq(init_control(VCPUS, m.v, 0), -ENOENT);
	ck_assert_int_eq(init_control(0, m.v, 4), -EINVAL);
	ck_assert_int_eq(init_control(0, m.v, 4096 - 64), -EINVAL);
	ck_assert_int_eq(init_control(0, FAKE_BAD_FRAME, 0), -EINVAL);
	ck_assert_int_eq(fake_frames_held, 0);
	for (int n = 0; n < 2; n++) {
		fake_heap_fail_in = n;
		ck_assert_int_eq(init_control(0, m.v, 0), -ENOMEM);
		ck_assert_int_eq(fake_frames_held, 0);
		fake_heap_fail_in = -1;
		ck_assert_ptr_null(d->vcpus[0]->fifo);
		ck_assert_ptr_null(d->evtchn.fifo);
	}
	ck_assert_int_eq(init_control(0, m.v, 4096 - 72), 0);
	ck_assert_int_eq(init_control(0, m.v, 0), -EINVAL);
	ck_assert_int_eq(expand(FAKE_BAD_FRAME), -EINVAL);
	for (unsigned int i = 0; i < FIFO_PAGES; i++)
		ck_assert_int_eq(expand(m.v), 0);
	ck_assert_int_eq(expand(m.v), -ENOSPC);
	ck_assert_int_eq(fake_frames_held, FIFO_PAGES + 1);
	end();
	free(page);
}
END_TEST

static long set_priority(u32 port, u32 priority)
{
	evtchn_set_priority_t op = { .port = port, .priority = priority };

	return evtchn_op(EVTCHNOP_set_priority, GVA(&op));
}

START_TEST(priority_answers)
{
	u32 port;

	begin();
	port = bind_ipi(0);
	ck_assert_int_eq(set_priority(port, 3), -ENOSYS);
	enter_fifo(0);
	ck_assert_int_eq(set_priority(port, 16), -EINVAL);
	ck_assert_int_eq(set_priority(5000, 3), -EINVAL);
	ck_assert_int_eq(set_priority(port, 15), 0);
	end();
}
END_TEST

/* What is pending in two levels, or comes before the page, is not lost. */
START_TEST(pending_is_carried_over)
{
	u32 a, b;

	begin();
	a = bind_ipi(0);
	b = bind_ipi(0);
	send(a);
	enter_fifo(0);
	ck_assert_int_eq(evtchn_is_pending(d, a), 1);
	send(b);
	ck_assert_int_eq(evtchn_is_pending(d, b), 1);
	d->vcpus[0]->info->evtchn_upcall_pending = 0;
	add_page();
	ck_assert_uint_eq(d->vcpus[0]->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(blocks[0]->ready, 1U << 7);
	memset(taken, 0, sizeof(taken));
	memset(heads, 0, sizeof(heads));
	guest_upcall(0, ~0U);
	ck_assert_uint_eq(taken[a], 1);
	ck_assert_uint_eq(taken[b], 1);
	end();
}
END_TEST

/* A vCPU without queues: its events wait until it has some. */
START_TEST(late_control_block)
{
	u32 port;

	begin();
	enter_fifo(0);
	add_page();
	port = bind_ipi(2);
	send(port);
	ck_assert_int_eq(evtchn_is_pending(d, port), 1);
	ck_assert(!(words[port] & FIFO_L));
	enter_fifo(2);
	ck_assert(words[port] & FIFO_L);
	ck_assert_uint_eq(d->vcpus[2]->info->evtchn_upcall_pending, 1);
	end();
}
END_TEST

/* A closed port that the guest still has in a queue is not given out. */
START_TEST(linked_port_is_not_reused)
{
	evtchn_close_t op;
	u32 port;

	begin();
	enter_fifo(0);
	add_page();
	op.port = port = bind_ipi(0);
	send(port);
	ck_assert_int_eq(evtchn_op(EVTCHNOP_close, GVA(&op)), 0);
	ck_assert(!(words[port] & FIFO_P));
	ck_assert(words[port] & FIFO_L);
	ck_assert_uint_ne(bind_ipi(0), port);
	memset(heads, 0, sizeof(heads));
	guest_upcall(0, ~0U);
	ck_assert_uint_eq(bind_ipi(0), port);
	end();
}
END_TEST

/* Reset: back to two levels, pages returned, and FIFO may come again. */
START_TEST(reset_and_again)
{
	evtchn_reset_t op = { .dom = DOMID_SELF };

	begin();
	enter_fifo(0);
	add_page();
	bind_ipi(0);
	ck_assert_int_eq(evtchn_op(EVTCHNOP_reset, GVA(&op)), 0);
	ck_assert_uint_eq(d->evtchn.count, 0);
	ck_assert_ptr_null(d->evtchn.fifo);
	ck_assert_int_eq(fake_frames_held, 0);
	free(block_pages[0]);
	free(word_pages[0]);
	enter_fifo(0);
	add_page();
	ck_assert_uint_eq(bind_ipi(0), 1);
	end();
}
END_TEST

/* An event that came before FIFO does not hide those that come after it. */
START_TEST(reset_forgets)
{
	evtchn_reset_t op = { .dom = DOMID_SELF };
	u32 port;

	begin();
	port = bind_ipi(0);
	send(port);
	enter_fifo(0);
	add_page();
	ck_assert_int_eq(evtchn_op(EVTCHNOP_reset, GVA(&op)), 0);
	d->vcpus[0]->info->evtchn_upcall_pending = 0;
	d->vcpus[0]->info->evtchn_pending_sel = 0;
	ck_assert_uint_eq(bind_ipi(0), port);
	ck_assert_int_eq(evtchn_is_pending(d, port), 0);
	send(port);
	ck_assert_uint_eq(d->vcpus[0]->info->evtchn_upcall_pending, 1);
	end();
}
END_TEST

/* A guest that scribbles over words and heads hurts only itself. */
START_TEST(scribbling_guest)
{
	begin();
	for (unsigned int v = 0; v < VCPUS; v++)
		enter_fifo(v);
	add_page();
	for (unsigned int i = 0; i < PORTS; i++)
		bind_ipi(i % VCPUS);
	srand(3);
	for (unsigned int i = 0; i < 20000; i++) {
		u32 port = 1 + rand() % PORTS;

		words[rand() % FIFO_PAGE_WORDS] = (u32)rand() << 4 ^ rand();
		blocks[rand() % VCPUS]->head[rand() % 16] = rand();
		blocks[rand() % VCPUS]->ready = rand();
		if (i % 3 == 0)
			set_priority(port, rand() % 16);
		if (i % 5 == 0)
			guest_unmask(port);
		send(port);
	}
	ck_assert_uint_eq(evtchn_audit(d), 0);
	end();
}
END_TEST

/* --- random operations ---------------------------------------------------------------- */

static unsigned int target[PORTS + 1], priority[PORTS + 1];
static bool raised[PORTS + 1];		/* sent, not taken yet */

static void bind_all(void)
{
	u32 p;

	for (p = 1; p <= PORTS; p++) {
		evtchn_alloc_unbound_t a = { .dom = 1, .remote_dom = 0 };
		evtchn_bind_interdomain_t b = { .remote_dom = 1,
						.remote_port = p };

		fake_run(d, 0);
		ck_assert_int_eq(evtchn_op(EVTCHNOP_alloc_unbound, GVA(&a)), 0);
		ck_assert_uint_eq(a.port, p);
		fake_run(peer, 0);
		ck_assert_int_eq(evtchn_op(EVTCHNOP_bind_interdomain, GVA(&b)),
				 0);
		ck_assert_uint_eq(b.local_port, p);
		target[p] = 0;
		priority[p] = EVTCHN_FIFO_PRIORITY_DEFAULT;
		raised[p] = false;
		taken[p] = 0;
	}
	fake_run(d, 0);
}

/* Events that the guest has taken were sent, once each. */
static void check_taken(void)
{
	for (u32 p = 1; p <= PORTS; p++) {
		MUST(taken[p] <= raised[p]);
		if (taken[p])
			raised[p] = false;
		taken[p] = 0;
		MUST(evtchn_is_pending(d, p) == (int)raised[p]);
	}
}

static void random_step(void)
{
	u32 p = 1 + rand() % PORTS;
	evtchn_bind_vcpu_t move = { .port = p, .vcpu = rand() % VCPUS };

	switch (rand() % 8) {
	case 0:
		guest_mask(p);
		break;
	case 1:
		guest_unmask(p);
		break;
	case 2:
		priority[p] = rand() % 16;
		ck_assert_int_eq(set_priority(p, priority[p]), 0);
		break;
	case 3:
		target[p] = move.vcpu;
		ck_assert_int_eq(evtchn_op(EVTCHNOP_bind_vcpu, GVA(&move)), 0);
		break;
	case 4:
	case 5:
	case 6:
		ck_assert_int_eq(evtchn_send(peer, p), 0);
		raised[p] = true;
		break;
	default:
		guest_upcall(move.vcpu, rand() % 10);
		check_taken();
	}
}

/* In the end all unmasked events come, on ready queues with an upcall. */
static void drain(void)
{
	for (unsigned int v = 0; v < VCPUS; v++) {
		bool waits = blocks[v]->ready;

		ck_assert(!waits || d->vcpus[v]->info->evtchn_upcall_pending);
		guest_upcall(v, ~0U);
	}
	check_taken();
	for (u32 p = 1; p <= PORTS; p++)
		ck_assert(!raised[p] || words[p] & FIFO_M);
}

START_TEST(random_model)
{
	begin();
	for (unsigned int v = 0; v < VCPUS; v++)
		enter_fifo(v);
	add_page();
	bind_all();
	memset(heads, 0, sizeof(heads));
	srand(_i + 11);
	for (unsigned int i = 0; i < 40000; i++) {
		random_step();
		if (i % 500 == 499)
			drain();
	}
	for (u32 p = 1; p <= PORTS; p++)
		guest_unmask(p);
	drain();
	/* Each goes to its own queue now: none is linked elsewhere. */
	for (u32 p = 1; p <= PORTS; p++) {
		ck_assert_int_eq(evtchn_send(peer, p), 0);
		raised[p] = true;
	}
	for (unsigned int v = 0; v < VCPUS; v++)
		guest_upcall(v, ~0U);
	for (u32 p = 1; p <= PORTS; p++) {
		ck_assert_uint_eq(taken[p], 1);
		ck_assert_uint_eq(taken_from[p], priority[p]);
	}
	end();
}
END_TEST

/* --- several senders at once ------------------------------------------------------------- */

#define SENDERS		2
#define RACED		8		/* ports, so that they meet */
#define EVENTS		8000
static unsigned int running;

static void *send_counted(void *arg)
{
	unsigned int cpu = (uintptr_t)arg, seed = cpu;

	fake_cpu_now = cpu;
	fake_cpu(cpu)->current_vcpu = peer->vcpus[0];
	for (unsigned int i = 0; i < EVENTS; i++) {
		u32 p = 1 + rand_r(&seed) % RACED;

		__atomic_fetch_add(&sent[p], 1, __ATOMIC_SEQ_CST);
		if (evtchn_send(peer, p))
			abort();
	}
	__atomic_fetch_sub(&running, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void receive_step(void)
{
	u32 p = 1 + rand() % RACED;
	evtchn_bind_vcpu_t move = { .port = p, .vcpu = rand() % VCPUS };

	switch (rand() % 16) {
	case 0:
		guest_mask(p);
		break;
	case 1:
	case 2:
		guest_unmask(p);
		break;
	case 3:
		ck_assert_int_eq(set_priority(p, rand() % 16), 0);
		break;
	case 4:
		ck_assert_int_eq(evtchn_op(EVTCHNOP_bind_vcpu, GVA(&move)), 0);
		break;
	default:
		guest_upcall(move.vcpu, rand() % 10);
	}
}

static void give_way(void)
{
	sched_yield();
}

START_TEST(raced)
{
	pthread_t threads[SENDERS];

	begin();
	fake_poll_hook = give_way;
	for (unsigned int v = 0; v < VCPUS; v++)
		enter_fifo(v);
	add_page();
	bind_all();
	memset(heads, 0, sizeof(heads));
	for (unsigned int v = 0; v < VCPUS; v++)
		guest_upcall(v, ~0U);
	srand(_i + 5);
	running = SENDERS;
	for (uintptr_t i = 0; i < SENDERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
						send_counted,
						(void *)(i + 1)), 0);
	while (__atomic_load_n(&running, __ATOMIC_SEQ_CST))
		receive_step();
	for (unsigned int i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
	for (u32 p = 1; p <= RACED; p++)
		guest_unmask(p);
	for (unsigned int v = 0; v < VCPUS; v++)
		guest_upcall(v, ~0U);
	for (u32 p = 1; p <= RACED; p++)
		ck_assert_uint_eq(seen[p], sent[p]);
	fake_poll_hook = NULL;
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_fifo");
	TCase *t = tcase_create("fifo");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, setup_answers);
	tcase_add_test(t, priority_answers);
	tcase_add_test(t, pending_is_carried_over);
	tcase_add_test(t, late_control_block);
	tcase_add_test(t, linked_port_is_not_reused);
	tcase_add_test(t, reset_and_again);
	tcase_add_test(t, reset_forgets);
	tcase_add_test(t, scribbling_guest);
	tcase_add_loop_test(t, random_model, 0, 3);
	tcase_add_loop_test(t, raced, 0, 2);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
