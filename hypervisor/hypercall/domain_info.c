/* SPDX-License-Identifier: BSD-2-Clause */
/* What domctl and sysctl tell of a domain; sets of bits in their layout. */
#include "core/memory.h"
#include "hypercall/control.h"
#include "lib/string.h"

static u32 vcpus_info(struct domain *d, struct xen_domctl_getdomaininfo *i)
{
	u32 flags = XEN_DOMINF_blocked;
	struct vcpu *v;

	i->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
	for_each_vcpu(d, v) {
		u64 f = READ_ONCE(v->flags);

		i->cpu_time += vcpu_cpu_time(v);
		i->max_vcpu_id = v->id;
		if (f & VCPU_DOWN)
			continue;
		i->nr_online_vcpus++;
		if (!(f & VCPU_BLOCKED))
			flags &= ~XEN_DOMINF_blocked;
		if (READ_ONCE(v->running))
			flags |= XEN_DOMINF_running;
	}
	return i->nr_online_vcpus ? flags : 0;
}

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *i)
{
	memset(i, 0, sizeof(*i));
	i->domain = d->id;
	i->flags = vcpus_info(d, i);
	if (d->dying)
		i->flags |= XEN_DOMINF_dying;
	if (d->shut_down)
		i->flags |= XEN_DOMINF_shutdown | (u32)d->shutdown_code <<
			    XEN_DOMINF_shutdownshift;
	if (d->paused_by_controller)
		i->flags |= XEN_DOMINF_paused;
	i->tot_pages = memory_pages(d);
	i->max_pages = READ_ONCE(d->max_pages);
	i->outstanding_pages = READ_ONCE(d->claim);
	i->shared_info_frame = d->shared_mfn.v;
	memcpy(i->handle, d->handle, sizeof(i->handle));
	i->gpaddr_bits = 64;
}

long bitmap_to_guest(const struct xenctl_bitmap *to, const u64 *bits,
		     unsigned int count)
{
	unsigned int room = DIV_UP((u64)to->nr_bits, 8);
	unsigned int bytes = min(room, count / 8);
	gva_t at = GVA(to->bitmap.p);

	if (copy_to_guest(at, bits, bytes))
		return -EFAULT;
	/* Machines have at most @count of them: the rest is 0. */
	return clear_guest(GVA(at.v + bytes),
			   min(room - bytes, (unsigned int)PAGE_SIZE));
}

long bitmap_from_guest(u64 *bits, unsigned int count,
		       const struct xenctl_bitmap *from)
{
	u32 n = min(from->nr_bits, count);

	memset(bits, 0, count / 8);
	if (copy_from_guest(bits, GVA(from->bitmap.p), DIV_UP(n, 8)))
		return -EFAULT;
	/* Bits behind the last one are not part of the set. */
	if (n % 64)
		bits[n / 64] &= (1UL << n % 64) - 1;
	return 0;
}
