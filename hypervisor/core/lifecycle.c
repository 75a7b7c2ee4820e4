/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains that are paused, shut themselves down, or crash. */
#include "core/console.h"
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "x86/tlb.h"

/* --- pause ------------------------------------------------------------------ */

void vcpu_pause(struct vcpu *v)
{
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	sched_sleep(v, true);
}

static void vcpu_pause_async(struct vcpu *v)
{
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	sched_sleep(v, false);
}

void vcpu_unpause(struct vcpu *v)
{
	vcpu_time_stale(v);
	if (__atomic_sub_fetch(&v->pause_count, 1, __ATOMIC_SEQ_CST) == 0)
		sched_resume(v);
}

/* Under d->lock, so that a vCPU created meanwhile counts the same. */
static void pause_all(struct domain *d)
{
	struct vcpu *v;

	d->pause_count++;
	for_each_vcpu(d, v)
		vcpu_pause_async(v);
}

static void unpause_all(struct domain *d)
{
	struct vcpu *v;

	d->pause_count--;
	for_each_vcpu(d, v)
		vcpu_unpause(v);
}

/* A vCPU that runs may want d->lock before it stops: wait without it. */
static void wait_stopped(struct domain *d)
{
	struct vcpu *v;

	lock_may_wait(LOCK_WAIT_VCPU);
	for_each_vcpu(d, v)
		while (v != current && READ_ONCE(v->running)) {
			smp_poll();
			cpu_relax();
		}
}

void domain_pause(struct domain *d)
{
	spin_lock(&d->lock);
	pause_all(d);
	spin_unlock(&d->lock);
	wait_stopped(d);
}

void domain_unpause(struct domain *d)
{
	spin_lock(&d->lock);
	unpause_all(d);
	spin_unlock(&d->lock);
}

int domain_pause_by_controller(struct domain *d)
{
	bool was;

	spin_lock(&d->lock);
	was = d->paused_by_controller;
	d->paused_by_controller = true;
	if (!was)
		pause_all(d);
	spin_unlock(&d->lock);
	wait_stopped(d);
	return was ? -EINVAL : 0;
}

int domain_unpause_by_controller(struct domain *d)
{
	bool was;

	spin_lock(&d->lock);
	was = d->paused_by_controller && !d->dying;
	if (was) {
		d->paused_by_controller = false;
		d->being_built = false;
		unpause_all(d);
	}
	spin_unlock(&d->lock);
	return was ? 0 : -EINVAL;
}

/* --- shutdown ---------------------------------------------------------------- */

static void __noreturn dom0_shutdown(u8 reason)
{
	switch (reason) {
	case SHUTDOWN_poweroff:
		pr_info("Domain 0 powers the machine off\n");
		machine_poweroff();
	case SHUTDOWN_reboot:
		pr_info("Domain 0 restarts the machine\n");
		break;
	case SHUTDOWN_watchdog:
		pr_err("Domain 0's watchdog ran out: restarting the machine\n");
		break;
	default:
		panic("Domain 0 crashed: the machine can not go on");
	}
	machine_reboot();
}

void domain_shutdown(struct domain *d, u8 reason)
{
	if (d == dom0)
		dom0_shutdown(reason);
	spin_lock(&d->lock);
	if (d->shutting_down) {
		spin_unlock(&d->lock);
		return;
	}
	d->shutting_down = true;
	d->shutdown_code = reason;
	pause_all(d);
	spin_unlock(&d->lock);
	domain_check_shutdown(d);
}

/* It is complete, and the tools are told, when no vCPU runs any more. */
void domain_check_shutdown(struct domain *d)
{
	struct vcpu *v;
	bool tell;

	if (!READ_ONCE(d->shutting_down) || READ_ONCE(d->shut_down))
		return;
	for_each_vcpu(d, v)
		if (READ_ONCE(v->running))
			return;
	spin_lock(&d->lock);
	tell = d->shutting_down && !d->shut_down;
	if (tell)
		d->shut_down = true;
	spin_unlock(&d->lock);
	if (tell)
		evtchn_send_global_virq(VIRQ_DOM_EXC);
}

void domain_resume(struct domain *d)
{
	spin_lock(&d->lock);
	if (d->shutting_down) {
		d->shutting_down = d->shut_down = false;
		d->shutdown_code = 0;
		unpause_all(d);
	}
	spin_unlock(&d->lock);
}

/* --- crash -------------------------------------------------------------------- */

void domain_crash(struct domain *d, const char *fmt, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (READ_ONCE(d->shutting_down))
		return;
	if (d == dom0)
		pr_err("Domain 0 crashed: %s\n", why);
	else
		pr_guest("d%u crashed: %s\n", d->id, why);
	if (current->domain == d && (d == dom0 || console_report_allowed()))
		d->kind->dump_vcpu(current);
	domain_shutdown(d, SHUTDOWN_crash);
}
