/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels: every operation's answers, and random operations of three
 * domains against a naive model (2-level and FIFO).
 */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_domain.h"

#include "core/evtchn_internal.h"
#include "lib/errno.h"
#include "lib/string.h"

/* ck_assert() tells its place to the runner each time: too slow in loops. */
#define MUST(x)	do { \
	if (!(x)) \
		ck_abort_msg("%s", #x); \
} while (0)

static struct domain *dom[3];

static void begin(u32 max_port)
{
	fake_hv_reset(2);
	fake_wakes = 0;
	for (unsigned int i = 0; i < 3; i++)
		dom[i] = fake_domain(i, 2, max_port);
	fake_run(dom[0], 0);
}

/* All ports closed: no reference, no page, no memory is left. */
static void end(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		dom[i]->dying = DYING_YES;
		ck_assert_int_eq(evtchn_destroy(dom[i]), 0);
		ck_assert_uint_eq(dom[i]->evtchn.count, 0);
		ck_assert_ptr_null(dom[i]->evtchn.fifo);
	}
	for (unsigned int i = 0; i < 3; i++) {
		ck_assert_uint_eq(dom[i]->refs, 1);
		fake_domain_free(dom[i]);
	}
	ck_assert_uint_eq(fake_heap_used, 0);
	ck_assert_int_eq(fake_frames_held, 0);
}

#define OP(name, ...) ({ \
	evtchn_##name##_t a_ = { __VA_ARGS__ }; \
	long rc_ = evtchn_op(EVTCHNOP_##name, GVA(&a_)); \
	last.name = a_; \
	rc_; })

static union {
	evtchn_alloc_unbound_t alloc_unbound;
	evtchn_bind_interdomain_t bind_interdomain;
	evtchn_bind_virq_t bind_virq;
	evtchn_bind_pirq_t bind_pirq;
	evtchn_bind_ipi_t bind_ipi;
	evtchn_close_t close;
	evtchn_send_t send;
	evtchn_status_t status;
	evtchn_bind_vcpu_t bind_vcpu;
	evtchn_unmask_t unmask;
	evtchn_reset_t reset;
	evtchn_init_control_t init_control;
	evtchn_expand_array_t expand_array;
	evtchn_set_priority_t set_priority;
} last;

static u32 new_unbound(domid_t remote)
{
	ck_assert_int_eq(OP(alloc_unbound, .dom = DOMID_SELF,
			    .remote_dom = remote), 0);
	return last.alloc_unbound.port;
}

static bool pending(struct domain *d, u32 port)
{
	return evtchn_is_pending(d, port) == 1;
}

/* --- answers ------------------------------------------------------------------ */

START_TEST(interdomain_life)
{
	u32 a, b;

	begin(PORTS_FIFO - 1);
	a = new_unbound(1);
	ck_assert_uint_eq(a, 1);
	ck_assert_int_eq(OP(send, .port = a), 0);
	fake_run(dom[2], 0);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 0,
			    .remote_port = a), -EINVAL);
	fake_run(dom[1], 0);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 3,
			    .remote_port = a), -ESRCH);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 0,
			    .remote_port = a + 1), -EINVAL);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 0,
			    .remote_port = a), 0);
	b = last.bind_interdomain.local_port;
	/* A new end is told to look once. */
	ck_assert(pending(dom[1], b));
	ck_assert_uint_eq(dom[1]->vcpus[0]->info->evtchn_upcall_pending, 1);
	ck_assert(!pending(dom[0], a));
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 0,
			    .remote_port = a), -EINVAL);
	ck_assert_int_eq(OP(send, .port = b), 0);
	ck_assert(pending(dom[0], a));
	ck_assert_int_eq(OP(status, .dom = DOMID_SELF, .port = b), 0);
	ck_assert_uint_eq(last.status.status, EVTCHNSTAT_interdomain);
	ck_assert_uint_eq(last.status.u.interdomain.dom, 0);
	ck_assert_uint_eq(last.status.u.interdomain.port, a);
	ck_assert_int_eq(OP(close, .port = b), 0);
	ck_assert_int_eq(OP(close, .port = b), -EINVAL);
	fake_run(dom[0], 0);
	ck_assert_int_eq(OP(status, .dom = DOMID_SELF, .port = a), 0);
	ck_assert_uint_eq(last.status.status, EVTCHNSTAT_unbound);
	ck_assert_uint_eq(last.status.u.unbound.dom, 1);
	end();
}
END_TEST

START_TEST(loopback)
{
	u32 a, b;

	begin(PORTS_FIFO - 1);
	a = new_unbound(DOMID_SELF);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = DOMID_SELF,
			    .remote_port = a), 0);
	b = last.bind_interdomain.local_port;
	ck_assert_uint_ne(a, b);
	ck_assert_int_eq(OP(send, .port = b), 0);
	ck_assert(pending(dom[0], a));
	ck_assert_uint_eq(evtchn_audit(dom[0]), 0);
	ck_assert_int_eq(OP(close, .port = a), 0);
	end();
}
END_TEST

START_TEST(virqs)
{
	u32 port;

	begin(PORTS_FIFO - 1);
	ck_assert_int_eq(OP(bind_virq, .virq = NR_VIRQS), -EINVAL);
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_DOM_EXC, .vcpu = 1),
			 -EINVAL);
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_TIMER, .vcpu = 2),
			 -ENOENT);
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_TIMER, .vcpu = 1), 0);
	port = last.bind_virq.port;
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_TIMER, .vcpu = 1),
			 -EEXIST);
	ck_assert_int_eq(OP(send, .port = port), -EINVAL);
	ck_assert_int_eq(OP(bind_vcpu, .port = port, .vcpu = 0), -EINVAL);
	evtchn_send_virq(dom[0]->vcpus[0], VIRQ_TIMER);
	ck_assert(!pending(dom[0], port));
	evtchn_send_virq(dom[0]->vcpus[1], VIRQ_TIMER);
	ck_assert(pending(dom[0], port));
	ck_assert_uint_eq(dom[0]->vcpus[1]->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(dom[0]->vcpus[0]->info->evtchn_upcall_pending, 0);
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_DOM_EXC), 0);
	port = last.bind_virq.port;
	ck_assert_int_eq(OP(bind_vcpu, .port = port, .vcpu = 1), 0);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
	ck_assert(pending(dom[0], port));
	ck_assert_int_eq(OP(close, .port = port), 0);
	ck_assert_int_eq(OP(bind_virq, .virq = VIRQ_DOM_EXC), 0);
	end();
}
END_TEST

START_TEST(ipis_and_pirqs)
{
	u32 port;

	begin(PORTS_FIFO - 1);
	ck_assert_int_eq(OP(bind_ipi, .vcpu = 2), -ENOENT);
	ck_assert_int_eq(OP(bind_ipi, .vcpu = 1), 0);
	port = last.bind_ipi.port;
	ck_assert_int_eq(OP(bind_vcpu, .port = port, .vcpu = 0), -EINVAL);
	ck_assert_int_eq(OP(send, .port = port), 0);
	ck_assert_uint_eq(dom[0]->vcpus[1]->info->evtchn_upcall_pending, 1);
	ck_assert_int_eq(OP(bind_pirq, .pirq = NR_PIRQS), -EINVAL);
	ck_assert_int_eq(OP(bind_pirq, .pirq = 9), 0);
	port = last.bind_pirq.port;
	ck_assert_int_eq(OP(bind_pirq, .pirq = 9), -EEXIST);
	ck_assert_int_eq(OP(bind_vcpu, .port = port, .vcpu = 1), 0);
	evtchn_send_pirq(dom[0], port);
	ck_assert(pending(dom[0], port));
	ck_assert_uint_eq(evtchn_audit(dom[0]), 0);
	fake_run(dom[1], 0);
	ck_assert_int_eq(OP(bind_pirq, .pirq = 10), -EPERM);
	end();
}
END_TEST

START_TEST(bad_arguments)
{
	begin(PORTS_FIFO - 1);
	ck_assert_int_eq(evtchn_op(-1, GVA(&last)), -ENOSYS);
	ck_assert_int_eq(evtchn_op(14, GVA(&last)), -ENOSYS);
	ck_assert_int_eq(OP(send, .port = 0), -EINVAL);
	ck_assert_int_eq(OP(send, .port = 5), -EINVAL);
	ck_assert_int_eq(OP(send, .port = ~0U), -EINVAL);
	ck_assert_int_eq(OP(unmask, .port = 0), -EINVAL);
	ck_assert_int_eq(OP(close, .port = 4096), -EINVAL);
	ck_assert_int_eq(OP(bind_vcpu, .port = 1, .vcpu = 0), -EINVAL);
	ck_assert_int_eq(OP(bind_vcpu, .port = 1, .vcpu = 9), -ENOENT);
	ck_assert_int_eq(OP(expand_array, .array_gfn = 1), -EOPNOTSUPP);
	ck_assert_int_eq(OP(status, .dom = 0, .port = 4096), -EINVAL);
	fake_run(dom[1], 0);
	ck_assert_int_eq(OP(alloc_unbound, .dom = 2, .remote_dom = 1), -EPERM);
	ck_assert_int_eq(OP(status, .dom = 0, .port = 1), -EPERM);
	end();
}
END_TEST

START_TEST(port_limit)
{
	begin(10);
	for (unsigned int i = 1; i <= 10; i++)
		ck_assert_uint_eq(new_unbound(1), i);
	ck_assert_int_eq(OP(alloc_unbound, .dom = 0, .remote_dom = 1),
			 -ENOSPC);
	ck_assert_int_eq(OP(close, .port = 4), 0);
	ck_assert_uint_eq(new_unbound(1), 4);
	end();
}
END_TEST

/* An allocation that fails leaves nothing behind. */
START_TEST(out_of_memory)
{
	begin(PORTS_FIFO - 1);
	fake_heap_fail_in = 0;
	ck_assert_int_eq(OP(alloc_unbound, .dom = 0, .remote_dom = 1),
			 -ENOMEM);
	ck_assert_uint_eq(dom[0]->evtchn.count, 0);
	ck_assert_uint_eq(new_unbound(1), 1);
	end();
}
END_TEST

/* Masked ports do not raise the upcall; a poll sees them all the same. */
START_TEST(mask_and_poll)
{
	struct vcpu *v;
	u32 port;

	begin(PORTS_FIFO - 1);
	v = dom[0]->vcpus[1];
	ck_assert_int_eq(OP(bind_ipi, .vcpu = 1), 0);
	port = last.bind_ipi.port;
	dom[0]->shared->evtchn_mask[0] = 1UL << port;
	v->flags = VCPU_BLOCKED | VCPU_POLLING;
	dom[0]->evtchn.pollers = 1;
	ck_assert_int_eq(OP(send, .port = port), 0);
	ck_assert_uint_eq(v->info->evtchn_upcall_pending, 0);
	ck_assert_uint_eq(v->flags, 0);
	ck_assert_uint_eq(fake_wakes, 1);
	ck_assert_uint_eq(dom[0]->evtchn.pollers, 0);
	ck_assert_int_eq(OP(unmask, .port = port), 0);
	ck_assert_uint_eq(v->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(v->info->evtchn_pending_sel, 1);
	end();
}
END_TEST

/* --- resets that are preempted ---------------------------------------------------- */

/* Many ports in domain 1, whose reset stops after some of them. */
static evtchn_reset_t half_reset(void)
{
	begin(PORTS_2L - 1);
	fake_run(dom[1], 0);
	for (unsigned int i = 1; i <= 600; i++)
		ck_assert_uint_eq(new_unbound(2), i);
	fake_preempt_in = 1;
	ck_assert_int_eq(evtchn_op(EVTCHNOP_reset,
				   GVA(&(evtchn_reset_t){ DOMID_SELF })),
			 -ERESTART);
	ck_assert_uint_eq(dom[1]->evtchn.count, 600 - 256);
	return (evtchn_reset_t){ DOMID_SELF };
}

/* What was opened behind the place where it stopped goes with the domain. */
START_TEST(end_after_half_a_reset)
{
	u32 its, ours;

	half_reset();
	its = new_unbound(2);
	ck_assert_uint_eq(its, 1);
	fake_run(dom[2], 0);
	ck_assert_int_eq(OP(bind_interdomain, .remote_dom = 1,
			    .remote_port = its), 0);
	ours = last.bind_interdomain.local_port;
	dom[1]->dying = DYING_YES;
	fake_preempt_in = 1;
	ck_assert_int_eq(evtchn_destroy(dom[1]), -ERESTART);
	ck_assert_int_eq(evtchn_destroy(dom[1]), 0);
	ck_assert_uint_eq(dom[1]->evtchn.count, 0);
	ck_assert_int_eq(OP(status, .dom = DOMID_SELF, .port = ours), 0);
	ck_assert_uint_eq(last.status.status, EVTCHNSTAT_unbound);
	/* The page is given back next: a send must not come near it. */
	memset(dom[1]->shared, 0, PAGE_SIZE);
	ck_assert_int_eq(OP(send, .port = ours), 0);
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		MUST(!((char *)dom[1]->shared)[i]);
	end();
}
END_TEST

/* Two at once: each closes all, and goes on where it was itself. */
START_TEST(two_resets)
{
	evtchn_reset_t r = half_reset();
	u64 first = fake_restart[0];

	ck_assert_uint_eq(new_unbound(2), 1);
	fake_run(dom[1], 1);
	ck_assert_int_eq(evtchn_op(EVTCHNOP_reset, GVA(&r)), 0);
	ck_assert_uint_eq(dom[1]->evtchn.count, 0);
	for (unsigned int i = 1; i <= 300; i++)
		ck_assert_uint_eq(new_unbound(2), i);
	fake_run(dom[1], 0);
	ck_assert_int_eq(evtchn_op((int)first, GVA(&r)), 0);
	/* Those it had behind it stay, those before it are closed. */
	ck_assert_uint_eq(dom[1]->evtchn.count, 256);
	end();
}
END_TEST

/* --- random operations ----------------------------------------------------------- */

#define MODEL_PORTS	40

struct model_port {
	int state;
	unsigned int domid, port;	/* other end, or for whom */
	unsigned int virq, vcpu;
	bool pending;
};

static struct model_port model[3][MODEL_PORTS + 1];

static struct model_port *model_of(unsigned int d, u32 port)
{
	return port && port <= MODEL_PORTS ? &model[d][port] : NULL;
}

static u32 model_free(unsigned int d)
{
	for (u32 p = 1; p <= MODEL_PORTS; p++)
		if (model[d][p].state == ECS_FREE)
			return p;
	return 0;
}

static void random_alloc(unsigned int d, unsigned int r)
{
	u32 p = model_free(d);
	long rc = OP(alloc_unbound, .dom = DOMID_SELF, .remote_dom = r);

	ck_assert_int_eq(rc, p ? 0 : -ENOSPC);
	if (!p)
		return;
	ck_assert_uint_eq(last.alloc_unbound.port, p);
	model[d][p] = (struct model_port){ .state = ECS_UNBOUND, .domid = r };
}

static void random_join(unsigned int d, unsigned int r, u32 port)
{
	struct model_port *o = model_of(r, port), *m;
	bool ok = o && o->state == ECS_UNBOUND && o->domid == d;
	u32 p = model_free(d);
	long rc = OP(bind_interdomain, .remote_dom = r, .remote_port = port);

	ck_assert_int_eq(rc, !ok ? -EINVAL : p ? 0 : -ENOSPC);
	if (rc)
		return;
	ck_assert_uint_eq(last.bind_interdomain.local_port, p);
	m = &model[d][p];
	*m = (struct model_port){ .state = ECS_INTERDOMAIN, .domid = r,
				  .port = port, .pending = true };
	o->state = ECS_INTERDOMAIN;
	o->domid = d;
	o->port = p;
}

static void random_virq(unsigned int d, unsigned int virq, unsigned int vcpu)
{
	bool global = evtchn_is_global(virq), taken = false;
	u32 p = model_free(d);
	long rc = OP(bind_virq, .virq = virq, .vcpu = vcpu), want;

	for (u32 i = 1; i <= MODEL_PORTS; i++)
		taken |= model[d][i].state == ECS_VIRQ &&
			 model[d][i].virq == virq && model[d][i].vcpu == vcpu;
	want = global && vcpu ? -EINVAL : taken ? -EEXIST : p ? 0 : -ENOSPC;
	ck_assert_int_eq(rc, want);
	if (!rc)
		model[d][p] = (struct model_port){
			.state = ECS_VIRQ, .virq = virq, .vcpu = vcpu };
}

static void random_close(unsigned int d, u32 port)
{
	struct model_port *m = model_of(d, port);
	bool ok = m && m->state != ECS_FREE;

	ck_assert_int_eq(OP(close, .port = port), ok ? 0 : -EINVAL);
	if (!ok)
		return;
	if (m->state == ECS_INTERDOMAIN) {
		struct model_port *o = &model[m->domid][m->port];

		o->state = ECS_UNBOUND;
		o->domid = d;
	}
	memset(m, 0, sizeof(*m));
}

static void random_send(unsigned int d, u32 port)
{
	struct model_port *m = model_of(d, port);
	long rc = OP(send, .port = port);

	if (!m || (m->state != ECS_INTERDOMAIN && m->state != ECS_UNBOUND)) {
		ck_assert_int_eq(rc, -EINVAL);
		return;
	}
	ck_assert_int_eq(rc, 0);
	if (m->state == ECS_INTERDOMAIN)
		model[m->domid][m->port].pending = true;
}

static void random_raise_virq(unsigned int d, unsigned int virq,
			      unsigned int vcpu)
{
	evtchn_send_virq(dom[d]->vcpus[vcpu], virq);
	for (u32 i = 1; i <= MODEL_PORTS; i++)
		if (model[d][i].state == ECS_VIRQ &&
		    model[d][i].virq == virq && model[d][i].vcpu == vcpu)
			model[d][i].pending = true;
}

/* The guest consumes what is pending, in two levels. */
static void consume(unsigned int d)
{
	struct shared_info *s = dom[d]->shared;

	for (unsigned int v = 0; v < 2; v++) {
		s->vcpu_info[v].evtchn_upcall_pending = 0;
		s->vcpu_info[v].evtchn_pending_sel = 0;
	}
	memset(s->evtchn_pending, 0, sizeof(s->evtchn_pending));
	for (u32 i = 1; i <= MODEL_PORTS; i++)
		model[d][i].pending = false;
}

static void compare(void)
{
	for (unsigned int d = 0; d < 3; d++) {
		MUST(evtchn_audit(dom[d]) == 0);
		for (u32 p = 1; p <= MODEL_PORTS; p++) {
			struct evtchn *c = evtchn_at(dom[d], p);

			MUST((c ? c->state : ECS_FREE) == model[d][p].state);
			MUST(pending(dom[d], p) == model[d][p].pending);
		}
	}
}

static void random_step(void)
{
	unsigned int d = rand() % 3, r = rand() % 3;
	u32 port = rand() % (MODEL_PORTS + 3);

	fake_run(dom[d], rand() % 2);
	switch (rand() % 9) {
	case 0:
		random_alloc(d, r);
		break;
	case 1:
	case 2:
		random_join(d, r, port);
		break;
	case 3:
		random_virq(d, rand() % 4, rand() % 2);
		break;
	case 4:
		random_close(d, port);
		break;
	case 5:
	case 6:
		random_send(d, port);
		break;
	case 7:
		random_raise_virq(d, rand() % 4, rand() % 2);
		break;
	default:
		consume(d);
	}
}

START_TEST(random_model)
{
	begin(MODEL_PORTS);
	memset(model, 0, sizeof(model));
	srand(_i + 1);
	for (unsigned int i = 0; i < 20000; i++) {
		random_step();
		if (i % 20 == 0)
			compare();
	}
	compare();
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_evtchn");
	TCase *t = tcase_create("evtchn");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, interdomain_life);
	tcase_add_test(t, loopback);
	tcase_add_test(t, virqs);
	tcase_add_test(t, ipis_and_pirqs);
	tcase_add_test(t, bad_arguments);
	tcase_add_test(t, port_limit);
	tcase_add_test(t, out_of_memory);
	tcase_add_test(t, mask_and_poll);
	tcase_add_test(t, end_after_half_a_reset);
	tcase_add_test(t, two_resets);
	tcase_add_loop_test(t, random_model, 0, 3);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
