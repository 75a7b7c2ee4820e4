/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPUs: creation, context, timers, and what they share with the guest. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/shared_info.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/time.h"

/*
 * For vCPUs that have no place in the shared info page and registered none
 * yet: written to, never read by a guest.
 */
static struct vcpu_info nowhere[1];

struct vcpu *vcpu_get(struct domain *d, unsigned int id)
{
	return id < d->max_vcpus ? READ_ONCE(d->vcpus[id]) : NULL;
}

/* --- timers of the guest ------------------------------------------------------ */

static void periodic_arm(struct vcpu *v, u64 now)
{
	u64 next = v->periodic_last + v->periodic_period;

	if (!v->periodic_period)
		return;
	if (next <= now) {
		v->periodic_last = now;
		next = now + v->periodic_period;
		evtchn_send_virq(v, VIRQ_TIMER);
	}
	timer_migrate(&v->periodic_timer, v->cpu);
	timer_set(&v->periodic_timer, next);
}

static void periodic_tick(void *data)
{
	periodic_arm(data, time_now());
}

static void singleshot_fires(void *data)
{
	evtchn_send_virq(data, VIRQ_TIMER);
}

static void poll_ends(void *data)
{
	struct vcpu *v = data;

	if (READ_ONCE(v->flags) & VCPU_POLLING)
		sched_wake(v);
}

void vcpu_stop_timers(struct vcpu *v)
{
	timer_stop(&v->periodic_timer);
	timer_stop(&v->singleshot_timer);
	timer_stop(&v->poll_timer);
}

/* Its timer is this CPU's, so its function does not run now. */
void vcpu_leave_cpu(struct vcpu *v)
{
	timer_cancel(&v->periodic_timer);
	vcpu_publish_runstate(v);
}

void vcpu_enter_cpu(struct vcpu *v, u64 now)
{
	if (timer_active(&v->singleshot_timer))
		timer_migrate(&v->singleshot_timer, v->cpu);
	periodic_arm(v, now);
	vcpu_publish_runstate(v);
	vcpu_keep_time(v, now);
}

/* --- creation and end ---------------------------------------------------------- */

static struct vcpu *vcpu_alloc(struct domain *d, unsigned int id)
{
	struct vcpu *v = heap_zalloc(sizeof(*v));

	if (!v)
		return NULL;
	v->id = id;
	v->domain = d;
	v->flags = VCPU_DOWN;
	v->info = nowhere;
	v->info_mfn = INVALID_MFN;
	v->pv.kernel_cr3 = v->pv.user_cr3 = INVALID_MFN;
	timer_init(&v->periodic_timer, periodic_tick, v, 0);
	timer_init(&v->singleshot_timer, singleshot_fires, v, 0);
	timer_init(&v->poll_timer, poll_ends, v, 0);
	return v;
}

struct vcpu *vcpu_create_idle(unsigned int cpu)
{
	struct vcpu *v = vcpu_alloc(domain_idle, cpu);

	if (!v)
		panic("no memory for the idle vCPU of CPU %u", cpu);
	v->flags = 0;
	v->time_due = ~0UL;
	domain_idle->vcpus[cpu] = v;
	return v;
}

/* Spread the first places over the CPUs. */
static unsigned int first_cpu(const struct domain *d, unsigned int id)
{
	return (d->id + id) % max(cpu_online_count, 1U);
}

struct vcpu *vcpu_create(struct domain *d, unsigned int id)
{
	struct vcpu *v;

	if (id >= d->max_vcpus || d->vcpus[id])
		return NULL;
	v = vcpu_alloc(d, id);
	if (!v)
		return NULL;
	v->cpu = first_cpu(d, id);
	v->periodic_period = 10 * MS;
	if (id < XEN_LEGACY_MAX_VCPUS)
		v->info = (struct vcpu_info *)&d->shared->vcpu_info[id];
	sched_vcpu_init(v);
	if (d->kind->vcpu_init(v)) {
		heap_zfree(v);
		return NULL;
	}
	vcpu_update_time(v);
	spin_lock(&d->lock);
	v->pause_count = d->pause_count;
	WRITE_ONCE(d->vcpus[id], v);
	spin_unlock(&d->lock);
	return v;
}

void vcpu_free(struct vcpu *v)
{
	sched_vcpu_destroy(v);
	vcpu_stop_timers(v);
	v->domain->kind->vcpu_destroy(v);
	heap_zfree(v->xlat.area);
	heap_zfree(v);
}

void vcpu_up(struct vcpu *v)
{
	u64 old = __atomic_fetch_and(&v->flags, ~VCPU_DOWN, __ATOMIC_SEQ_CST);

	vcpu_time_stale(v);
	if (old & VCPU_DOWN)
		sched_resume(v);
}

void vcpu_down(struct vcpu *v)
{
	__atomic_fetch_or(&v->flags, VCPU_DOWN, __ATOMIC_SEQ_CST);
	sched_sleep(v, false);
}

int vcpu_set_context(struct vcpu *v, const vcpu_guest_context_t *c)
{
	int rc = v->domain->kind->set_context(v, c);

	if (rc)
		return rc;
	__atomic_fetch_or(&v->flags, VCPU_INITIALISED, __ATOMIC_SEQ_CST);
	if (c->flags & VGCF_online)
		vcpu_up(v);
	else
		vcpu_down(v);
	return 0;
}

/* --- vcpu_info ------------------------------------------------------------------ */

static int info_move(struct vcpu *v, mfn_t m, unsigned int offset)
{
	struct vcpu_info *to = mfn_to_virt(m) + offset;

	if (!mfn_eq(v->info_mfn, INVALID_MFN))
		return -EINVAL;
	if (v->info == nowhere) {
		memset(to, 0, sizeof(*to));
		to->evtchn_upcall_mask = 1;
	} else {
		memcpy(to, v->info, sizeof(*to));
	}
	v->info_mfn = m;
	WRITE_ONCE(v->info, to);
	smp_mb();
	/* Events that went to the old place: let the guest look at all. */
	shared_select_all(v);
	WRITE_ONCE(to->evtchn_upcall_pending, 1);
	return 0;
}

int vcpu_map_info(struct vcpu *v, u64 gfn, unsigned int offset)
{
	struct domain *d = v->domain;
	mfn_t m = MFN(gfn);
	int rc;

	if (offset > PAGE_SIZE - sizeof(struct vcpu_info))
		return -ENXIO;
	if (offset % (domain_is_32bit(d) ? 4 : 8))
		return -EINVAL;
	if (v != current && !(READ_ONCE(v->flags) & VCPU_DOWN))
		return -EINVAL;
	if (!frame_get_writable(m, d->id))
		return -EINVAL;
	spin_lock(&d->lock);
	rc = info_move(v, m, offset);
	spin_unlock(&d->lock);
	if (rc)
		frame_put_writable(m);
	else
		vcpu_update_time(v);
	return rc;
}

void vcpu_unmap_info(struct vcpu *v)
{
	mfn_t m = v->info_mfn;

	WRITE_ONCE(v->info, nowhere);
	if (mfn_eq(m, INVALID_MFN))
		return;
	v->info_mfn = INVALID_MFN;
	frame_put_writable(m);
}

/* --- run states ------------------------------------------------------------------ */

void runstate_change(struct vcpu *v, int state, u64 now)
{
	struct vcpu_runstate_info *r = &v->runstate;

	if (r->state == state)
		return;
	if (now > r->state_entry_time) {
		r->time[r->state] += now - r->state_entry_time;
		r->state_entry_time = now;
	}
	r->state = state;
}

u64 vcpu_cpu_time(const struct vcpu *v)
{
	u64 t = READ_ONCE(v->runstate.time[RUNSTATE_running]);
	u64 since = READ_ONCE(v->runstate.state_entry_time), now = time_now();

	if (READ_ONCE(v->runstate.state) == RUNSTATE_running && now > since)
		t += now - since;
	return t;
}
