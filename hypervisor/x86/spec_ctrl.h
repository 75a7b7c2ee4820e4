/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mitigations for speculative execution: what the processor offers, which of
 * them are used, and what that means at entries, exits and switches.
 *
 * On the way in and out there is a place of five bytes that do nothing
 * (spec_ctrl_asm.h).  At start, before any guest, those that are needed become
 * jumps to code out of line: there is no condition to be mispredicted, and what
 * is switched off costs one instruction.
 *
 * Emulation proves that this code leaves registers alone, not that it stops any
 * leak: implemented, not verified.
 */
#ifndef HOSPES_X86_SPEC_CTRL_H
#define HOSPES_X86_SPEC_CTRL_H

#include "lib/types.h"

/* As sysctl hospes_spec_ctrl tells them. */
#define SPEC_IBRS	BIT(0)	/* no prediction by less privileged code's */
#define SPEC_STIBP	BIT(1)	/* nor by the other hyper-thread's */
#define SPEC_IBPB	BIT(2)	/* predictions forgotten between domains */
#define SPEC_VERW	BIT(3)	/* buffers overwritten before guests go on */
#define SPEC_RSB	BIT(4)	/* return predictions overwritten at entries */
#define SPEC_COUNT	5

#define MSR_SPEC_CTRL		0x48
#define MSR_PRED_CMD		0x49
#define MSR_ARCH_CAPS		0x10a
#define CPUID_ARCH_CAPS		BIT(29)	/* leaf 7, EDX */
#define SPEC_CTRL_IBRS		BIT(0)
#define SPEC_CTRL_STIBP		BIT(1)
#define SPEC_CTRL_SSBD		BIT(2)
#define PRED_CMD_IBPB		BIT(0)
#define EFER_AUTO_IBRS		BIT(21)

/* --- spec_ctrl_choose.c: no processor needed ----------------------------- */

/* What option spec-ctrl= asks for. */
struct spec_request {
	bool automatic;
	u32 wanted, unwanted;	/* SPEC_* */
};

/* "no", "auto", a list as "verw,rsb" or "auto,no-rsb"; false: nonsense. */
bool spec_ctrl_parse(const char *s, struct spec_request *r);

struct spec_facts {
	bool intel, amd;	/* amd: or Hygon */
	bool smep;		/* and it is switched on */
	u32 leaf7_edx, ext8_ebx, ext21_eax;	/* of CPUID; 0: no such leaf */
	u64 arch_caps;		/* of the MSR; 0: there is none */
};

struct spec_choice {
	u32 used, lacking;	/* SPEC_*; lacking: of the processor */
	u64 own;		/* SPEC_CTRL while the hypervisor runs */
	u64 guest_mask;		/* bits of it that are the guests'; 0: no MSR */
	bool switched;		/* SPEC_CTRL changes at entries and exits */
	bool auto_ibrs;		/* by EFER instead */
	bool rsb_syscall;	/* also where 64-bit guests call */
	bool meltdown;		/* the processor has it: not mitigated */
};

void spec_ctrl_choose(const struct spec_request *r, const struct spec_facts *f,
		      struct spec_choice *c);
const char *spec_ctrl_name(unsigned int bit);

/* Places in entry.S: entries from any guest, from 64-bit ones; exits. */
enum { SPEC_SITE_TRAP, SPEC_SITE_SYSCALL, SPEC_SITE_EXIT };

/* --- spec_ctrl.c ---------------------------------------------------------- */

extern struct spec_choice spec_ctrl;

void spec_ctrl_init(void);	/* before our page tables: text is written */
void spec_ctrl_init_cpu(void);	/* on each CPU */

/*
 * This CPU now belongs to a vCPU of a domain (by its number since start, never
 * 0) which has set its SPEC_CTRL to @value.
 */
void spec_ctrl_switch(u64 domain, u64 value);
void spec_ctrl_set(u64 value);	/* the guest changed it */
void spec_ctrl_barrier(void);	/* IBPB */

#endif
