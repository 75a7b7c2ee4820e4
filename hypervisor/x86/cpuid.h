/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor identification: the machine's, and what guests are told. */
#ifndef HOSPES_X86_CPUID_H
#define HOSPES_X86_CPUID_H

#include "lib/types.h"

struct domain;
struct vcpu;

struct cpuid {
	u32 a, b, c, d;
};

struct cpuid cpuid(u32 leaf, u32 subleaf);

/* Of the machine, found once by cpuid_init(). */
struct cpu_features {
	bool xsave, xsaveopt, smep, smap, nx, page1gb, rdtscp;
	bool saves_fpu_pointers; /* FIP, FDP, FOP: always */
	bool tsc_deadline, x2apic, invariant_tsc, arat, amd, svm, vmx;
	u32 max_leaf, max_ext_leaf;
	unsigned int phys_bits;
	char model[49];		/* brand string */
	u32 words[8];		/* hw_caps as sysctl physinfo tells them */
};

extern struct cpu_features cpu_features;

void cpuid_init(void);

/*
 * The window in which we may touch user-accessible pages (SMAP): only around
 * the copies of core/guest_copy.c.
 */
static inline void user_access_begin(void)
{
	if (cpu_features.smap)
		__asm__ volatile("stac" ::: "memory");
}

static inline void user_access_end(void)
{
	if (cpu_features.smap)
		__asm__ volatile("clac" ::: "memory");
}

/* What a PV vCPU sees (@native: by a plain CPUID in user mode). pv part. */
void cpuid_guest(const struct vcpu *v, u32 leaf, u32 subleaf,
		 struct cpuid *out);

#endif
