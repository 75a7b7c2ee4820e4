/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Model-specific registers of a paravirtual guest: a table of what may be
 * read and what a write does.  All else is #GP.
 */
#include "pv/internal.h"
#include "x86/cpuid.h"
#include "x86/spec_ctrl.h"

#define MSR_TSC			0x10
#define MSR_PLATFORM_INFO	0xce
#define MSR_UCODE_REV		0x8b
#define MSR_MCG_CAP		0x179
#define MSR_MCG_STATUS		0x17a
#define MSR_MISC_ENABLE		0x1a0
#define MSR_MISC_FEATURES	0x140
#define MSR_K8_SYSCFG		0xc0010010
#define MSR_HWCR		0xc0010015
#define MSR_AMD_PATCH		0xc001008b
#define MSR_AMD_DE_CFG		0xc0011029

#define APIC_BASE_DEFAULT	0xfee00800UL
#define APIC_BASE_BSP		BIT(8)

/* Only what says that the processor does not have some hole, or IBRS_ALL. */
#define ARCH_CAPS_SHOWN	(0x3fUL | BIT(6) | BIT(8) | 7UL << 13 | BIT(17))

enum msr_kind {
	FIXED,			/* reads value; writes of anything ignored */
	BASE,			/* a base register; value: which MSR */
	MACHINE,		/* reads the machine's; writes ignored */
	SPECIAL
};

static const struct msr_row {
	u32 msr;
	enum msr_kind kind;
	u64 value;
} rows[] = {
	{ MSR_FS_BASE, BASE, 0 },
	{ MSR_GS_BASE, BASE, 0 },
	{ MSR_KERNEL_GS_BASE, BASE, 0 },
	{ MSR_EFER, SPECIAL, 0 },
	{ MSR_APIC_BASE, SPECIAL, 0 },
	{ MSR_TSC, SPECIAL, 0 },
	{ MSR_TSC_AUX, SPECIAL, 0 },
	{ MSR_SPEC_CTRL, SPECIAL, 0 },
	{ MSR_PRED_CMD, SPECIAL, 0 },
	{ MSR_ARCH_CAPS, SPECIAL, 0 },
	{ MSR_PAT, FIXED, HOSPES_PAT },
	{ MSR_MCG_CAP, FIXED, 0 },
	{ MSR_MCG_STATUS, FIXED, 0 },
	{ MSR_MISC_FEATURES, FIXED, 0 },
	{ MSR_MISC_ENABLE, MACHINE, 0 },
	{ MSR_PLATFORM_INFO, FIXED, 0 },
	{ MSR_UCODE_REV, MACHINE, 0 },
	{ MSR_K8_SYSCFG, MACHINE, 0 },
	{ MSR_HWCR, MACHINE, 0 },
	{ MSR_AMD_PATCH, MACHINE, 0 },
	{ MSR_AMD_DE_CFG, MACHINE, 0 },
};

static const struct msr_row *find(u32 msr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].msr == msr)
			return &rows[i];
	return NULL;
}

/*
 * Base registers are loaded as the guest sees them: in kernel mode GS_BASE is
 * the kernel's and KERNEL_GS_BASE the user's.
 */
static bool read_special(const struct vcpu *v, u32 msr, u64 *value)
{
	switch (msr) {
	case MSR_EFER:
		*value = rdmsr(MSR_EFER) & ~(EFER_SVME | EFER_AUTO_IBRS);
		/* A 32-bit kernel takes long mode for its own otherwise. */
		if (v->domain->pv.is_32bit)
			*value &= ~(EFER_LME | EFER_LMA);
		return true;
	case MSR_APIC_BASE:
		*value = APIC_BASE_DEFAULT | (v->id ? 0 : APIC_BASE_BSP);
		return true;
	case MSR_TSC:
		*value = rdtsc();
		return true;
	case MSR_TSC_AUX:
		*value = v->pv.tsc_aux;
		return cpu_features.rdtscp;
	case MSR_SPEC_CTRL:
		*value = v->pv.spec_ctrl;
		return spec_ctrl.guest_mask;
	case MSR_ARCH_CAPS:
		if (!(cpuid(7, 0).d & CPUID_ARCH_CAPS))
			return false;
		*value = rdmsr(MSR_ARCH_CAPS) & ARCH_CAPS_SHOWN;
		return true;
	default:
		return false;
	}
}

bool pv_msr_read(struct vcpu *v, u32 msr, u64 *value)
{
	const struct msr_row *row = find(msr);

	if (!row)
		return false;
	switch (row->kind) {
	case FIXED:
		*value = row->value;
		return true;
	case BASE:
		*value = rdmsr(msr);
		return !v->domain->pv.is_32bit;
	case MACHINE:
		return rdmsr_safe(msr, value);
	default:
		return read_special(v, msr, value);
	}
}

static bool write_spec_ctrl(struct vcpu *v, u64 value)
{
	if (!spec_ctrl.guest_mask || value & ~spec_ctrl.guest_mask)
		return false;
	v->pv.spec_ctrl = value;
	spec_ctrl_set(value);
	return true;
}

static bool write_pred_cmd(u64 value)
{
	if (spec_ctrl.lacking & SPEC_IBPB || value & ~PRED_CMD_IBPB)
		return false;
	if (value)
		spec_ctrl_barrier();
	return true;
}

static bool write_special(struct vcpu *v, u32 msr, u64 value)
{
	u64 now;

	if (msr == MSR_TSC_AUX && cpu_features.rdtscp) {
		v->pv.tsc_aux = (u32)value;
		return true;
	}
	if (msr == MSR_SPEC_CTRL)
		return write_spec_ctrl(v, value);
	if (msr == MSR_PRED_CMD)
		return write_pred_cmd(value);
	/* EFER and the APIC's base: only what they hold already. */
	return read_special(v, msr, &now) && now == value;
}

bool pv_msr_write(struct vcpu *v, u32 msr, u64 value)
{
	const struct msr_row *row = find(msr);

	if (!row)
		return false;
	switch (row->kind) {
	case BASE:
		if (v->domain->pv.is_32bit || !gva_canonical(value))
			return false;
		wrmsr(msr, value);
		return true;
	case SPECIAL:
		return write_special(v, msr, value);
	default:
		return true;
	}
}
