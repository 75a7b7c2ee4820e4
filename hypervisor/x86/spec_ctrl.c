/* SPDX-License-Identifier: BSD-2-Clause */
/* Mitigations for speculative execution on this machine.  See spec_ctrl.h. */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"
#include "x86/spec_ctrl.h"

/* entry.S: where, where to for the MSR, the other, both; what kind of place. */
struct spec_site {
	u64 at, msr, other, both, kind;
};

extern const struct spec_site spec_sites_start[], spec_sites_end[];

struct spec_choice spec_ctrl __ro_after_init;
/* For entry.S: SPEC_CTRL of our own; a writable segment, as VERW wants it. */
u32 spec_ctrl_own __ro_after_init;
u16 spec_ctrl_selector __ro_after_init = SEL_HV_DATA;

/* ---- At start ----------------------------------------------------------- */

static __init struct spec_facts read_facts(void)
{
	struct cpuid vendor = cpuid(0, 0);
	struct spec_facts f = {
		.intel = vendor.b == 0x756e6547,	/* Genu(ineIntel) */
		.amd = cpu_features.amd,
		.smep = cpu_features.smep && options.smep,
	};

	if (cpu_features.max_leaf >= 7)
		f.leaf7_edx = cpuid(7, 0).d;
	if (cpu_features.max_ext_leaf >= 0x80000008)
		f.ext8_ebx = cpuid(0x80000008, 0).b;
	if (cpu_features.max_ext_leaf >= 0x80000021)
		f.ext21_eax = cpuid(0x80000021, 0).a;
	/* There is nobody yet who would catch a fault. */
	if (f.leaf7_edx & CPUID_ARCH_CAPS)
		f.arch_caps = rdmsr(MSR_ARCH_CAPS);
	return f;
}

/* The text is writable as long as the tables of head.S are in use. */
static __init void make_jump(u64 at, u64 to)
{
	s32 distance = (s32)(to - (at + 5));
	u8 *p = (u8 *)at;

	p[0] = 0xe9;
	memcpy(p + 1, &distance, sizeof(distance));
}

static __init bool wants_other(u64 kind)
{
	switch (kind) {
	case SPEC_SITE_TRAP:
		return spec_ctrl.used & SPEC_RSB;
	case SPEC_SITE_SYSCALL:
		return spec_ctrl.rsb_syscall;
	default:
		return spec_ctrl.used & SPEC_VERW;
	}
}

static __init void patch(void)
{
	const struct spec_site *s;

	for (s = spec_sites_start; s < spec_sites_end; s++) {
		bool other = wants_other(s->kind);

		if (spec_ctrl.switched)
			make_jump(s->at, other ? s->both : s->msr);
		else if (other)
			make_jump(s->at, s->other);
	}
	cpuid(0, 0);		/* serializes: SDM 8.1.3 */
}

static __init void log_set(const char *what, u32 set)
{
	char line[64] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < SPEC_COUNT; i++)
		if (set & BIT(i))
			used += snprintf(line + used, sizeof(line) - used,
					 " %s", spec_ctrl_name(i));
	pr_info("spec-ctrl: %s:%s\n", what, used ? line : " nothing");
}

__init void spec_ctrl_init(void)
{
	struct spec_facts f = read_facts();
	struct spec_request r;

	if (!spec_ctrl_parse(options.spec_ctrl, &r)) {
		pr_warn("option spec-ctrl: %s is no valid value\n",
			options.spec_ctrl);
		r = (struct spec_request){ .automatic = true };
	}
	spec_ctrl_choose(&r, &f, &spec_ctrl);
	spec_ctrl_own = spec_ctrl.own;
	patch();
	log_set("used", spec_ctrl.used);
	log_set("the processor lacks", spec_ctrl.lacking);
	if (r.wanted & spec_ctrl.lacking)
		log_set("asked for in vain", r.wanted & spec_ctrl.lacking);
	if (spec_ctrl.meltdown)
		pr_warn("spec-ctrl: this processor has Meltdown: a guest can "
			"read all memory, nothing is done about it\n");
}

static void load(u64 value)
{
	if (!spec_ctrl.guest_mask)
		return;
	this_cpu()->spec_now = value;
	wrmsr(MSR_SPEC_CTRL, value);
}

void spec_ctrl_init_cpu(void)
{
	if (spec_ctrl.auto_ibrs)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTO_IBRS);
	if (spec_ctrl.own)
		load(spec_ctrl.own);
}

/* ---- At switches -------------------------------------------------------- */

void spec_ctrl_barrier(void)
{
	perf_count(barriers);
	wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
}

/* Loaded by the way out, or here and now if it is not switched there. */
void spec_ctrl_set(u64 value)
{
	struct cpu *c = this_cpu();

	c->spec_guest = value;
	if (!spec_ctrl.switched && c->spec_now != (value | spec_ctrl.own))
		load(value | spec_ctrl.own);
}

void spec_ctrl_switch(u64 domain, u64 value)
{
	struct cpu *c = this_cpu();

	if (spec_ctrl.used & SPEC_IBPB && c->spec_domain != domain) {
		c->spec_domain = domain;
		spec_ctrl_barrier();
	}
	spec_ctrl_set(value);
}
