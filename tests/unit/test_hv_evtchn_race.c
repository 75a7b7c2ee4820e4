/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that are sent while their channels are made and closed, by threads that
 * play CPUs.  The rules: no event comes after a close has returned, a sender
 * touches nothing of a domain that is gone (the address sanitizer sees that),
 * and no event is lost while the channel is there.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

/* The C library has a function of that name, too, and we want that. */
#define sched_yield	hv_sched_yield
#include "tests/unit/fake_domain.h"
#undef sched_yield

#include "core/evtchn_internal.h"
#include "lib/bitmap.h"
#include "lib/string.h"

#define SENDERS		2
#define CHANNELS	4
#define LIVES		120
#define EVENTS		5000

#define OP(name, ...) ({ \
	evtchn_##name##_t a_ = { __VA_ARGS__ }; \
	int rc_ = evtchn_op(EVTCHNOP_##name, GVA(&a_)); \
	if (rc_) \
		ck_abort_msg(#name ": %d", rc_); \
	a_; })

static struct domain *sender;
static bool stop;
static u64 sent[CHANNELS + 1];		/* what an event announces */
static unsigned int delivered;		/* upcalls that senders caused */

/*
 * A sender that is about to go: here it may lose the CPU, in the middle of its
 * section, while others close what it sends to.
 */
static void linger(struct vcpu *v)
{
	__atomic_fetch_add(&delivered, 1, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < 3; i++)
		sched_yield();
	/* Still there? */
	if (v->domain->vcpus[v->id] != v ||
	    READ_ONCE(v->domain->shared->vcpu_info[0].evtchn_upcall_mask))
		abort();
}

static void give_way(void)
{
	sched_yield();
}

static void begin(void)
{
	fake_hv_reset(SENDERS + 1);
	fake_event_hook = linger;
	fake_poll_hook = give_way;
	stop = false;
	sender = fake_domain(0, SENDERS + 1, PORTS_FIFO - 1);
	fake_run(sender, 0);
	for (u32 p = 1; p <= CHANNELS; p++)
		ck_assert_uint_eq(OP(alloc_unbound, .dom = DOMID_SELF,
				     .remote_dom = 1).port, p);
}

static void end(void)
{
	fake_event_hook = NULL;
	fake_poll_hook = NULL;
	fake_run(sender, 0);
	sender->dying = DYING_YES;
	ck_assert_int_eq(evtchn_destroy(sender), 0);
	ck_assert_uint_eq(sender->refs, 1);
	fake_domain_free(sender);
	ck_assert_uint_eq(fake_heap_used, 0);
	ck_assert_int_eq(fake_frames_held, 0);
}

/* --- senders -------------------------------------------------------------------- */

static void be_cpu(unsigned int cpu, struct domain *d, unsigned int vcpu)
{
	fake_cpu_now = cpu;
	fake_cpu(cpu)->current_vcpu = d->vcpus[vcpu];
}

static void *send_for_ever(void *arg)
{
	unsigned int cpu = (uintptr_t)arg, seed = cpu;

	be_cpu(cpu, sender, cpu);
	while (!READ_ONCE(stop))
		(void)evtchn_send(sender, 1 + rand_r(&seed) % CHANNELS);
	return NULL;
}

static void *send_counted(void *arg)
{
	unsigned int cpu = (uintptr_t)arg, seed = cpu;

	be_cpu(cpu, sender, cpu);
	for (unsigned int i = 0; i < EVENTS; i++) {
		u32 port = 1 + rand_r(&seed) % CHANNELS;

		__atomic_fetch_add(&sent[port], 1, __ATOMIC_SEQ_CST);
		if (evtchn_send(sender, port))
			abort();
	}
	return NULL;
}

static pthread_t threads[SENDERS];

static void start(void *(*run)(void *))
{
	for (uintptr_t i = 0; i < SENDERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run,
						(void *)(i + 1)), 0);
}

static void join_all(void)
{
	WRITE_ONCE(stop, true);
	for (unsigned int i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
}

/* --- lives of receivers ---------------------------------------------------------- */

static void *pages[2];

static void go_fifo(void)
{
	mfn_t m;

	pages[0] = fake_page(&m);
	OP(init_control, .control_gfn = m.v, .vcpu = 0);
	pages[1] = fake_page(&m);
	OP(expand_array, .array_gfn = m.v);
}

/* Closed by this end: silent from then on, and when it is opened anew. */
static void close_and_look(struct domain *d, u32 port)
{
	u32 ipi;

	OP(close, .port = port);
	for (unsigned int i = 0; i < 3; i++) {
		ck_assert_int_eq(evtchn_is_pending(d, port), 0);
		sched_yield();
	}
	ck_assert_int_eq(evtchn_is_pending(d, port), 0);
	/* It waits as long as a queue holds it. */
	if (d->evtchn.fifo)
		return;
	ipi = OP(bind_ipi, .vcpu = 0).port;
	ck_assert_uint_eq(ipi, port);
	ck_assert_int_eq(evtchn_is_pending(d, port), 0);
	ck_assert_int_eq(evtchn_send(d, port), 0);
	ck_assert_int_eq(evtchn_is_pending(d, port), 1);
}

static void live(unsigned int n)
{
	struct domain *d = fake_domain(1, 1, PORTS_FIFO - 1);
	u32 ports[CHANNELS + 1];

	memset(pages, 0, sizeof(pages));
	fake_run(d, 0);
	if (n % 3 == 1)
		go_fifo();
	for (u32 p = 1; p <= CHANNELS; p++)
		ports[p] = OP(bind_interdomain, .remote_port = p).local_port;
	if (n % 3 == 2)
		go_fifo();
	sched_yield();
	close_and_look(d, ports[1 + n % CHANNELS]);
	/* By the other end; the sender opens it again for the next life. */
	fake_cpu(0)->current_vcpu = sender->vcpus[0];
	OP(close, .port = 1 + (n + 1) % CHANNELS);
	OP(alloc_unbound, .dom = DOMID_SELF, .remote_dom = 1);
	fake_cpu(0)->current_vcpu = d->vcpus[0];
	d->dying = DYING_YES;
	ck_assert_int_eq(evtchn_destroy(d), 0);
	ck_assert_uint_eq(d->refs, 1);
	fake_cpu(0)->current_vcpu = NULL;
	fake_domain_free(d);
	free(pages[0]);
	free(pages[1]);
}

START_TEST(closed_while_sent_to)
{
	begin();
	start(send_for_ever);
	for (unsigned int n = 0; n < LIVES; n++)
		live(n);
	join_all();
	ck_assert_uint_gt(delivered, 0);
	end();
}
END_TEST

/* --- none is lost ------------------------------------------------------------------ */

static u64 seen[CHANNELS + 1];

static void take(struct domain *d, const u32 *ports)
{
	for (u32 p = 1; p <= CHANNELS; p++)
		if (bit_test_and_clear_atomic(shared_pending_bits(d), ports[p]))
			seen[p] = __atomic_load_n(&sent[p], __ATOMIC_SEQ_CST);
}

START_TEST(none_is_lost)
{
	struct domain *d;
	u32 ports[CHANNELS + 1];

	begin();
	memset(sent, 0, sizeof(sent));
	memset(seen, 0, sizeof(seen));
	d = fake_domain(1, 1, PORTS_FIFO - 1);
	fake_run(d, 0);
	for (u32 p = 1; p <= CHANNELS; p++)
		ports[p] = OP(bind_interdomain, .remote_port = p).local_port;
	start(send_counted);
	while (__atomic_load_n(&sent[1], __ATOMIC_SEQ_CST) < EVENTS / 4)
		take(d, ports);
	join_all();
	take(d, ports);
	for (u32 p = 1; p <= CHANNELS; p++)
		ck_assert_uint_eq(seen[p], sent[p]);
	d->dying = DYING_YES;
	ck_assert_int_eq(evtchn_destroy(d), 0);
	fake_cpu(0)->current_vcpu = NULL;
	fake_domain_free(d);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_evtchn_race");
	TCase *t = tcase_create("race");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_test(t, closed_while_sent_to);
	tcase_add_test(t, none_is_lost);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
