/* SPDX-License-Identifier: BSD-2-Clause */
/* From a guest's set of vCPUs to the CPUs that have to flush. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "pv/mmu.h"

int mmu_flush_mask(struct domain *d, gva_t bits, struct cpumask *mask)
{
	u64 map[BITMAP_WORDS(MAX_VCPUS)] = { 0 };
	struct vcpu *v;
	unsigned int i;

	*mask = (struct cpumask){ 0 };
	if (copy_from_guest(map, bits, DIV_UP(d->max_vcpus, 8)))
		return -EFAULT;
	smp_mb();	/* entries are changed before the CPUs are known */
	for_each_bit(i, map, d->max_vcpus) {
		v = READ_ONCE(d->vcpus[i]);
		/* A CPU that left the domain flushes when it comes back. */
		if (v && cpumask_test(&d->dirty, READ_ONCE(v->cpu)))
			cpumask_set(mask, READ_ONCE(v->cpu));
	}
	return 0;
}
