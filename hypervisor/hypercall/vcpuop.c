/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPUs as guests bring them up, register areas for them, and set timers. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/shared_info.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "mm/heap.h"
#include "x86/time.h"

#define PERIOD_MIN	MS

static bool has_info(const struct vcpu *v)
{
	return v->id < XEN_LEGACY_MAX_VCPUS ||
	       !mfn_eq(v->info_mfn, INVALID_MFN);
}

static long op_initialise(struct vcpu *v, gva_t arg, unsigned int id)
{
	vcpu_guest_context_t *c;
	int rc;

	if (!has_info(v))
		return -EINVAL;
	if (READ_ONCE(v->flags) & VCPU_INITIALISED)
		return -EEXIST;
	c = heap_zalloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	rc = copy_from_guest(c, arg, sizeof(*c));
	spin_lock(&v->domain->lock);
	if (!rc && READ_ONCE(v->flags) & VCPU_INITIALISED)
		rc = -EEXIST;
	/* VCPUOP_up starts it, whatever the flags say. */
	c->flags &= ~VGCF_online;
	if (!rc)
		rc = vcpu_set_context(v, c);
	spin_unlock(&v->domain->lock);
	heap_zfree(c);
	if (rc == -ERESTART)
		return hypercall_restart(VCPUOP_initialise, id, arg.v, 0);
	return rc;
}

static long op_down(struct vcpu *v)
{
	struct domain *d = v->domain;
	struct vcpu *other;
	bool last = true;

	for_each_vcpu(d, other)
		if (other != v && !(READ_ONCE(other->flags) & VCPU_DOWN))
			last = false;
	if (last)
		domain_shutdown(d, SHUTDOWN_poweroff);
	else
		vcpu_down(v);
	return 0;
}

static int put_runstate(const struct vcpu *v, gva_t to,
			const struct vcpu_runstate_info *r)
{
	u8 out[sizeof(*r)];
	unsigned int size = shared_runstate(v->domain, r, out);

	return copy_to_guest(to, out, size);
}

static long op_get_runstate(struct vcpu *v, gva_t arg)
{
	struct vcpu_runstate_info r = v->runstate;
	u64 now = time_now();

	/* The time in the present state counts until now. */
	if (now > r.state_entry_time)
		r.time[r.state] += now - r.state_entry_time;
	return put_runstate(v, arg, &r);
}

static long op_register_runstate(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_runstate_memory_area a;

	if (copy_from_guest(&a, arg, sizeof(a)))
		return -EFAULT;
	if (!gva_allowed((u64)a.addr.h.p, sizeof(v->runstate)))
		return -EFAULT;
	v->runstate_guest = GVA(a.addr.h.p);
	return a.addr.h.p ? put_runstate(v, v->runstate_guest, &v->runstate)
			  : 0;
}

static long op_register_info(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_vcpu_info i;

	if (copy_from_guest(&i, arg, sizeof(i)))
		return -EFAULT;
	return vcpu_map_info(v, i.mfn, i.offset);
}

static long op_register_time(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_time_memory_area a;

	if (copy_from_guest(&a, arg, sizeof(a)))
		return -EFAULT;
	return vcpu_register_time(v, GVA(a.addr.h.p));
}

/* APIC id in the low half, ACPI's number of the processor in the high half. */
static long op_physid(struct vcpu *v, gva_t arg)
{
	struct vcpu_get_physid p;
	u64 apic = cpu_by_id(v->cpu)->apic_id;

	if (policy_host(v->domain))
		return -EINVAL;
	p.phys_id = apic | (u64)v->cpu << 32;
	return copy_to_guest(arg, &p, sizeof(p));
}

static long op_send_nmi(struct vcpu *v)
{
	/* One that waits already is on its way: no CPU is called twice for it. */
	if (__atomic_exchange_n(&v->pv.nmi_pending, true, __ATOMIC_SEQ_CST))
		return 0;
	sched_wake(v);
	if (READ_ONCE(v->running))
		cpu_kick(READ_ONCE(v->cpu), WORK_SCHED);
	return 0;
}

/* --- timers ---------------------------------------------------------------------- */

static long op_set_periodic(struct vcpu *v, gva_t arg)
{
	struct vcpu_set_periodic_timer t;

	if (copy_from_guest(&t, arg, sizeof(t)))
		return -EFAULT;
	if (t.period_ns < PERIOD_MIN || t.period_ns > 1UL << 62)
		return -EINVAL;
	v->periodic_period = t.period_ns;
	v->periodic_last = time_now();
	if (v == current) {
		timer_migrate(&v->periodic_timer, v->cpu);
		timer_set(&v->periodic_timer, v->periodic_last + t.period_ns);
	}
	return 0;
}

static long op_stop_periodic(struct vcpu *v)
{
	v->periodic_period = 0;
	timer_stop(&v->periodic_timer);
	return 0;
}

static void set_singleshot(struct vcpu *v, u64 deadline)
{
	timer_migrate(&v->singleshot_timer, v->cpu);
	timer_set(&v->singleshot_timer, deadline);
}

static long op_set_singleshot(struct vcpu *v, gva_t arg)
{
	struct vcpu_set_singleshot_timer t;

	if (v != current)
		return -EINVAL;
	if (copy_from_guest(&t, arg, sizeof(t)))
		return -EFAULT;
	if (t.flags & VCPU_SSHOTTMR_future && t.timeout_abs_ns < time_now())
		return -ETIME;
	set_singleshot(v, t.timeout_abs_ns);
	return 0;
}

static long op_stop_singleshot(struct vcpu *v)
{
	if (v != current)
		return -EINVAL;
	timer_stop(&v->singleshot_timer);
	return 0;
}

/* The older one-shot timer: 0 stops it, the far past comes at once. */
long hc_set_timer_op(u64 timeout)
{
	struct vcpu *v = current;

	if (!timeout)
		timer_stop(&v->singleshot_timer);
	else
		set_singleshot(v, timeout);
	return 0;
}

/* --- the call ---------------------------------------------------------------------- */

static long state_op(int cmd, struct vcpu *v, unsigned int id, gva_t arg)
{
	switch (cmd) {
	case VCPUOP_initialise:
		return op_initialise(v, arg, id);
	case VCPUOP_up:
		if (!(READ_ONCE(v->flags) & VCPU_INITIALISED))
			return -EINVAL;
		vcpu_up(v);
		return 0;
	case VCPUOP_down:
		return op_down(v);
	case VCPUOP_is_up:
		return !(READ_ONCE(v->flags) & VCPU_DOWN);
	case VCPUOP_get_runstate_info:
		return op_get_runstate(v, arg);
	case VCPUOP_register_runstate_memory_area:
		return op_register_runstate(v, arg);
	case VCPUOP_register_vcpu_info:
		return op_register_info(v, arg);
	case VCPUOP_register_vcpu_time_memory_area:
		return op_register_time(v, arg);
	case VCPUOP_get_physid:
		return op_physid(v, arg);
	case VCPUOP_send_nmi:
		return op_send_nmi(v);
	}
	return -ENOSYS;
}

long hc_vcpu_op(int cmd, unsigned int vcpu, gva_t arg)
{
	struct vcpu *v = vcpu_get(current->domain, vcpu);

	if (!v)
		return -ENOENT;
	switch (cmd) {
	case VCPUOP_set_periodic_timer:
		return op_set_periodic(v, arg);
	case VCPUOP_stop_periodic_timer:
		return op_stop_periodic(v);
	case VCPUOP_set_singleshot_timer:
		return op_set_singleshot(v, arg);
	case VCPUOP_stop_singleshot_timer:
		return op_stop_singleshot(v);
	}
	return state_op(cmd, v, vcpu, arg);
}
