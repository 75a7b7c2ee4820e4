/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a paravirtual guest is told of the processor: the machine's leaves
 * with the features removed that only ring 0 could use, plus our own leaves.
 * Native CPUID cannot be caught everywhere: kernels use the forced form.
 */
#include "core/domain.h"
#include "core/version.h"
#include "x86/cpuid.h"
#include "x86/fpu.h"

#define LEAF_HV		0x40000000

/* Bits of a register of a leaf that guests do not see. */
static const struct {
	u32 leaf, subleaf;
	u32 a, b, c, d;
} hidden[] = {
	{ 0x1, 0, 0, 0,
	  BIT(2) /* DTES64 */ | BIT(3) /* MONITOR */ | BIT(4) /* DS-CPL */ |
	  BIT(5) /* VMX */ | BIT(6) /* SMX */ | BIT(7) /* EIST */ |
	  BIT(8) /* TM2 */ | BIT(15) /* PDCM */ | BIT(17) /* PCID */ |
	  BIT(21) /* X2APIC */ | BIT(24) /* TSC deadline */,
	  BIT(1) /* VME */ | BIT(3) /* PSE */ | BIT(7) /* MCE */ |
	  BIT(12) /* MTRR */ | BIT(13) /* PGE */ | BIT(14) /* MCA */ |
	  BIT(17) /* PSE36 */ | BIT(21) /* DS */ | BIT(22) /* ACPI */ |
	  BIT(29) /* TM */ },
	{ 0x7, 0, 0,
	  BIT(0) /* FSGSBASE */ | BIT(1) /* TSC_ADJUST */ | BIT(2) /* SGX */ |
	  BIT(4) /* HLE */ | BIT(7) /* SMEP */ | BIT(10) /* INVPCID */ |
	  BIT(11) /* RTM */ | BIT(12) /* PQM */ | BIT(14) /* MPX */ |
	  BIT(15) /* PQE */ | BIT(20) /* SMAP */ | BIT(25) /* PT */,
	  BIT(2) /* UMIP */ | BIT(3) /* PKU */ | BIT(4) /* OSPKE */ |
	  BIT(7) /* SHSTK */ | BIT(16) /* LA57 */ | BIT(22) /* RDPID */ |
	  BIT(31) /* PKS */,
	  BIT(20) /* IBT */ | BIT(18) /* PCONFIG */ | BIT(28) /* L1D_FLUSH */ |
	  BIT(30) /* CORE_CAPABILITIES */ },
	{ 0x80000001, 0, 0, 0,
	  BIT(2) /* SVM */ | BIT(3) /* ext. APIC */ | BIT(10) /* IBS */ |
	  BIT(12) /* SKINIT */ | BIT(13) /* WDT */ | BIT(15) /* LWP */ |
	  BIT(19) /* NODEID */ | BIT(23) /* perf counters */ |
	  BIT(24) | BIT(28),
	  BIT(1) /* VME */ | BIT(3) /* PSE */ | BIT(7) /* MCE */ |
	  BIT(12) /* MTRR */ | BIT(13) /* PGE */ | BIT(14) /* MCA */ |
	  BIT(17) /* PSE36 */ | BIT(26) /* 1 GiB pages */ |
	  BIT(27) /* RDTSCP */ },
	{ 0x80000008, 0, 0,
	  BIT(25) /* VIRT_SSBD */ | BIT(28) /* PSFD */, 0, 0 },
	{ 0x80000021, 0, BIT(8) /* automatic IBRS */, 0, 0, 0 },
};

#define XSAVES_FAMILY	0x18	/* leaf 0xd.1 EAX: XSAVES, XFD */

static void hide(u32 leaf, u32 subleaf, struct cpuid *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (hidden[i].leaf != leaf || hidden[i].subleaf != subleaf)
			continue;
		c->a &= ~hidden[i].a;
		c->b &= ~hidden[i].b;
		c->c &= ~hidden[i].c;
		c->d &= ~hidden[i].d;
	}
}

/* Leaf 0xd: only components that we save; sizes for the guest's XCR0. */
static void xsave_leaf(const struct vcpu *v, u32 subleaf, struct cpuid *c)
{
	if (!fpu_xcr0_mask) {
		*c = (struct cpuid){ 0 };
		return;
	}
	if (subleaf == 0) {
		c->a = fpu_xcr0_mask;
		c->d = fpu_xcr0_mask >> 32;
		c->b = fpu_size(v->pv.xcr0);
		c->c = fpu_size(fpu_xcr0_mask);
	} else if (subleaf == 1) {
		c->a &= ~XSAVES_FAMILY;
		c->b = c->c = c->d = 0;
	} else if (subleaf > 62 || !(fpu_xcr0_mask & BIT(subleaf))) {
		*c = (struct cpuid){ 0 };
	}
}

static void leaf1(const struct vcpu *v, struct cpuid *c)
{
	c->b = (c->b & 0x00ffffff) | v->id * 2 << 24;
	c->c |= BIT(31);			/* hypervisor present */
	c->c &= ~(1U << 27);
	if (!fpu_xcr0_mask)
		c->c &= ~(1U << 26);
	else
		c->c |= BIT(27);		/* OSXSAVE: ours is on */
	if (v->domain->privileged)
		return;
	c->d &= ~BIT(9);			/* no APIC for guests */
}

static void hypervisor_leaf(const struct vcpu *v, u32 leaf, u32 subleaf,
			    struct cpuid *c)
{
	*c = (struct cpuid){ 0 };
	switch (leaf - LEAF_HV) {
	case 0:
		*c = (struct cpuid){ LEAF_HV + 5, 0x566e6558, 0x65584d4d,
				     0x4d4d566e };	/* XenVMMXenVMM */
		break;
	case 1:
		c->a = HOSPES_ABI_MAJOR << 16 | HOSPES_ABI_MINOR;
		break;
	case 2:
		c->a = 1;
		c->b = LEAF_HV;
		c->c = 1;		/* MMU_PT_UPDATE_PRESERVE_AD */
		break;
	case 3:
		if (subleaf == 0)
			c->b = 2;	/* native TSC */
		break;
	case 4:
		c->a = BIT(3) | BIT(4);
		c->b = v->id;
		c->c = v->domain->id;
		break;
	case 5:
		c->b = cpu_features.phys_bits;
		break;
	}
}

/* SYSCALL in 32-bit code exists on AMD's processors only. */
static void hide_long_mode(struct cpuid *c)
{
	c->d &= ~BIT(29);			/* LM */
	c->c &= ~BIT(0);			/* LAHF in 64-bit mode */
	if (!cpu_features.amd)
		c->d &= ~BIT(11);
}

void cpuid_guest(const struct vcpu *v, u32 leaf, u32 subleaf,
		 struct cpuid *c)
{
	if ((leaf & 0xffff0000) == LEAF_HV) {
		hypervisor_leaf(v, leaf, subleaf, c);
		return;
	}
	*c = cpuid(leaf, subleaf);
	hide(leaf, subleaf, c);
	switch (leaf) {
	case 0:
		c->a = min(c->a, 0xdU);
		break;
	case 1:
		leaf1(v, c);
		break;
	case 7:
		if (subleaf)
			*c = (struct cpuid){ 0 };
		c->a = 0;
		break;
	case 5: case 6: case 9: case 0xa: case 0xb:
		*c = (struct cpuid){ 0 };
		break;
	case 0xd:
		xsave_leaf(v, subleaf, c);
		break;
	case 0x80000001:
		if (v->domain->pv.is_32bit)
			hide_long_mode(c);
		break;
	}
}
