/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific and control registers that every CPU gets alike. */
#include "boot/boot.h"
#include "x86/cpu_init.h"
#include "x86/cpuid.h"
#include "x86/spec_ctrl.h"

void cpu_init_early(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NX | EFER_SCE);
	wrmsr(MSR_PAT, HOSPES_PAT);
}

u64 cpu_cr4 __ro_after_init;

/*
 * What is on here is what guests know of, or what they cannot notice.  Not on
 * though we could use it: FSGSBASE, which lets programs change bases behind
 * their kernel's back, and UMIP, which kills programs that use SGDT, SIDT, SLDT,
 * STR and SMSW; guests are told of neither (pv/cpuid.c).
 */
static u64 wanted_cr4(void)
{
	u64 cr4 = CR4_PAE | CR4_PGE | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (cpu_features.words[0] & BIT(7))
		cr4 |= CR4_MCE;
	if (cpu_features.xsave)
		cr4 |= CR4_OSXSAVE;
	if (cpu_features.smep && options.smep)
		cr4 |= CR4_SMEP;
	if (cpu_features.smap && options.smap)
		cr4 |= CR4_SMAP;
	return cr4;
}

void cpu_init_control(void)
{
	struct cpu *c = this_cpu();

	WRITE_CR(0, CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM |
		 CR0_PG);
	if (!cpu_cr4)
		cpu_cr4 = wanted_cr4();
	c->cr4 = cpu_cr4;
	WRITE_CR(4, c->cr4);
	/* Whatever the firmware left. */
	__asm__ volatile("mov %0, %%db7" :: "r"(DR7_DEFAULT));
	take_debug_status();
	spec_ctrl_init_cpu();
}
