/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling as guests ask for it: yield, block, poll, shutdown, watchdog. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/watchdog.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "x86/time.h"

#define POLL_PORTS	128
#define POLL_CHUNK	16

static long op_block(void)
{
	WRITE_ONCE(current->info->evtchn_upcall_mask, 0);
	sched_block();
	return 0;
}

/* --- poll -------------------------------------------------------------------- */

/* 1: one of the ports is pending, 0: none is. -errno. */
static int poll_look(const sched_poll_t *p)
{
	evtchn_port_t ports[POLL_CHUNK];
	gva_t at = GVA(p->ports.p);
	unsigned int done = 0;

	while (done < p->nr_ports) {
		unsigned int n = min(p->nr_ports - done, (u32)POLL_CHUNK);

		if (copy_from_guest(ports, GVA(at.v + done * sizeof(ports[0])),
				    n * sizeof(ports[0])))
			return -EFAULT;
		for (unsigned int i = 0; i < n; i++) {
			int rc = evtchn_is_pending(current->domain, ports[i]);

			if (rc)
				return rc;
		}
		done += n;
	}
	return 0;
}

static void poll_mark(struct vcpu *v)
{
	__atomic_fetch_add(&v->domain->evtchn.pollers, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&v->flags, VCPU_POLLING | VCPU_BLOCKED,
			  __ATOMIC_SEQ_CST);
}

/*
 * The mark comes before the look, so an event is either seen by us or its
 * sender sees the mark.  Waking for another port of the domain is allowed: the
 * guest looks again.
 */
static long op_poll(gva_t arg)
{
	struct vcpu *v = current;
	sched_poll_t p;
	int rc;

	if (copy_from_guest(&p, arg, sizeof(p)))
		return -EFAULT;
	if (p.nr_ports > POLL_PORTS)
		return -EINVAL;
	timer_stop(&v->poll_timer);
	poll_mark(v);
	rc = poll_look(&p);
	if (!rc && v->domain->kind->event_deliverable(v))
		rc = 1;
	if (!rc && p.timeout && p.timeout <= time_now())
		rc = 1;
	if (rc) {
		sched_wake(v);
		return rc < 0 ? rc : 0;
	}
	if (p.timeout) {
		timer_migrate(&v->poll_timer, v->cpu);
		timer_set(&v->poll_timer, p.timeout);
	}
	cpu_kick(this_cpu()->id, WORK_SCHED);
	return 0;
}

/* --- shutdown ------------------------------------------------------------------- */

static long op_shutdown(gva_t arg)
{
	sched_shutdown_t s;

	if (copy_from_guest(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.reason > SHUTDOWN_MAX)
		return -EINVAL;
	if (s.reason == SHUTDOWN_crash)
		pr_guest("d%u reports a crash of its own\n",
			 current->domain->id);
	domain_shutdown(current->domain, s.reason);
	return 0;
}

/* What a later shutdown of this domain means, whatever it says then. */
static long op_shutdown_code(gva_t arg)
{
	sched_shutdown_t s;

	if (copy_from_guest(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.reason > SHUTDOWN_MAX)
		return -EINVAL;
	current->domain->shutdown_code = s.reason;
	return 0;
}

static long op_remote_shutdown(gva_t arg)
{
	sched_remote_shutdown_t s;
	struct domain *d;
	int rc;

	if (copy_from_guest(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.reason > SHUTDOWN_MAX)
		return -EINVAL;
	d = domain_get_target(s.domain_id, &rc);
	if (!d)
		return rc;
	domain_shutdown(d, s.reason);
	domain_put(d);
	return 0;
}

/* --- watchdog --------------------------------------------------------------------- */

/* id 0: a new one, whose number is the answer; timeout 0: end it. */
static long op_watchdog(gva_t arg)
{
	sched_watchdog_t w;

	if (copy_from_guest(&w, arg, sizeof(w)))
		return -EFAULT;
	return watchdog_set(current->domain, w.id, w.timeout);
}

/* --- pinning ------------------------------------------------------------------------ */

/* dom0 wants one of its vCPUs on a certain CPU for firmware calls. */
static long op_pin_override(gva_t arg)
{
	struct vcpu *v = current;
	sched_pin_override_t p;
	struct cpumask mask = { { 0 } };

	if (policy_host(v->domain))
		return -EPERM;
	if (copy_from_guest(&p, arg, sizeof(p)))
		return -EFAULT;
	if (p.pcpu >= NR_CPUS)
		return -EINVAL;
	if (p.pcpu < 0) {
		for (unsigned int i = 0; i < ARRAY_SIZE(mask.bits); i++)
			mask.bits[i] = ~0UL;
	} else {
		cpumask_set(&mask, p.pcpu);
	}
	return sched_set_affinity(v, &mask);
}

long hc_sched_op(int cmd, gva_t arg)
{
	switch (cmd) {
	case SCHEDOP_yield:
		sched_yield();
		return 0;
	case SCHEDOP_block:
		return op_block();
	case SCHEDOP_shutdown:
		return op_shutdown(arg);
	case SCHEDOP_poll:
		return op_poll(arg);
	case SCHEDOP_remote_shutdown:
		return op_remote_shutdown(arg);
	case SCHEDOP_shutdown_code:
		return op_shutdown_code(arg);
	case SCHEDOP_watchdog:
		return op_watchdog(arg);
	case SCHEDOP_pin_override:
		return op_pin_override(arg);
	}
	return -ENOSYS;
}
