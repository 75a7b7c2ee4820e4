/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical CPUs. */
#ifndef HOSPES_LIB_CPUMASK_H
#define HOSPES_LIB_CPUMASK_H

#include "lib/bitmap.h"

#define NR_CPUS		256

struct cpumask {
	u64 bits[BITMAP_WORDS(NR_CPUS)];
};

static inline void cpumask_set(struct cpumask *m, unsigned int cpu)
{
	__atomic_fetch_or(&m->bits[cpu / 64], 1UL << (cpu % 64),
			  __ATOMIC_SEQ_CST);
}

static inline void cpumask_clear(struct cpumask *m, unsigned int cpu)
{
	__atomic_fetch_and(&m->bits[cpu / 64], ~(1UL << (cpu % 64)),
			   __ATOMIC_SEQ_CST);
}

static inline bool cpumask_test(const struct cpumask *m, unsigned int cpu)
{
	return bit_test(m->bits, cpu);
}

static inline bool cpumask_empty(const struct cpumask *m)
{
	return bit_next(m->bits, NR_CPUS, 0) == NR_CPUS;
}

#define for_each_cpu(n, mask)	for_each_bit(n, (mask)->bits, NR_CPUS)

#endif
