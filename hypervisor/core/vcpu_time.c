/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clocks that guests compute from what we publish: of a vCPU, a copy of it
 * where the guest wants one, and the wall clock of the domain.
 *
 * All of it is in memory that the guest, or a tool, may overwrite, and a guest
 * may count with few bits from the moment that is published.  So it is written
 * again whenever a vCPU is started or unpaused, before its guest runs, and
 * twice a second while it runs: schedule() comes by at each end of a slice.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/shared_info.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "x86/time.h"

#define TIME_PERIOD	(NS_PER_SEC / 2)

/* One scale for all CPUs, and moments at which no part of a nanosecond is
   lost: whichever of them a clock is computed from, it says the same. */
static void fill_time(struct vcpu_time_info *t)
{
	time_reference(&t->tsc_timestamp, &t->system_time);
	t->tsc_to_system_mul = time_scale.mul;
	t->tsc_shift = time_scale.shift;
	t->flags = XEN_PVCLOCK_TSC_STABLE_BIT;
}

/* Field by field: nothing reaches the guest before the version is odd. */
void vcpu_update_time(struct vcpu *v)
{
	struct vcpu_time_info *t = &v->info->time, now = { 0 };
	u32 version = READ_ONCE(t->version) | 1;

	fill_time(&now);
	WRITE_ONCE(t->version, version);
	smp_wmb();
	WRITE_ONCE(t->tsc_timestamp, now.tsc_timestamp);
	WRITE_ONCE(t->system_time, now.system_time);
	WRITE_ONCE(t->tsc_to_system_mul, now.tsc_to_system_mul);
	WRITE_ONCE(t->tsc_shift, now.tsc_shift);
	WRITE_ONCE(t->flags, now.flags);
	smp_wmb();
	WRITE_ONCE(t->version, version + 1);
}

/* --- the copy ------------------------------------------------------------------ */

static int put_version(gva_t at, u32 version)
{
	int rc;

	smp_wmb();
	rc = copy_to_guest(at, &version, sizeof(version));
	smp_wmb();
	return rc;
}

static int put_time(struct vcpu *v, gva_t at)
{
	const size_t body = offsetof(struct vcpu_time_info, tsc_timestamp);
	u32 version = v->time_version | 1;
	struct vcpu_time_info t = { 0 };

	fill_time(&t);
	v->time_version = version + 1;
	if (put_version(at, version) ||
	    copy_to_guest(GVA(at.v + body), (u8 *)&t + body,
			  sizeof(t) - body))
		return -EFAULT;
	return put_version(at, version + 1);
}

/* Current; its address means something only in its kernel's page tables. */
void vcpu_publish_time(struct vcpu *v)
{
	gva_t at = v->time_guest;

	if (!at.v)
		return;
	if (v->pv.kernel_mode)
		put_time(v, at);
	else
		v->areas_stale |= AREA_TIME;
}

int vcpu_register_time(struct vcpu *v, gva_t where)
{
	/* 0 takes the area away. */
	if (where.v && put_time(v, where))
		return -EFAULT;
	v->time_guest = where;
	return 0;
}

void vcpu_publish_stale(struct vcpu *v)
{
	u8 stale = v->areas_stale;

	v->areas_stale = 0;
	if (stale & AREA_RUNSTATE)
		vcpu_publish_runstate(v);
	if (stale & AREA_TIME)
		vcpu_publish_time(v);
}

/* --- the wall clock --------------------------------------------------------------- */

static u32 *field32(const struct domain *d, u16 offset)
{
	return (u32 *)((u8 *)d->shared + offset);
}

static void write_wallclock(struct domain *d)
{
	const struct shared_layout *l = shared_layout(d);
	u64 ns = time_wallclock_base() + (u64)d->time_offset * NS_PER_SEC;
	u32 *version = field32(d, l->wc_version);
	u32 odd = READ_ONCE(*version) | 1;

	WRITE_ONCE(*version, odd);
	smp_wmb();
	WRITE_ONCE(*field32(d, l->wc_sec), (u32)(ns / NS_PER_SEC));
	WRITE_ONCE(*field32(d, l->wc_sec_hi), ns / NS_PER_SEC >> 32);
	WRITE_ONCE(*field32(d, l->wc_nsec), ns % NS_PER_SEC);
	smp_wmb();
	WRITE_ONCE(*version, odd + 1);
}

/* One writer at a time; a dead domain has no page to write to. */
void domain_update_wallclock(struct domain *d)
{
	spin_lock(&d->memory_lock);
	if (d->shared)
		write_wallclock(d);
	spin_unlock(&d->memory_lock);
}

/* --- all of it ---------------------------------------------------------------------- */

void vcpu_refresh_time(struct vcpu *v, u64 now)
{
	/* Who asks for it from here on finds it due again. */
	WRITE_ONCE(v->time_due, now + TIME_PERIOD);
	smp_mb();
	vcpu_update_time(v);
	vcpu_publish_time(v);
	domain_update_wallclock(v->domain);
}
