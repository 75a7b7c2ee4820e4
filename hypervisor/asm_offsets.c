/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Constants for assembly; the Makefile turns them into asm_offsets.h:
 * CPU_field, REGS_field and VCPU_field are offsets in these structures.
 */
#include "core/domain.h"
#include "hypercall/dispatch.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"
#include "x86/spec_ctrl.h"

#define DEFINE(name, value) \
	__asm__ volatile("\n#->" #name " %c0" :: "i"((u64)(value)))
#define CPU(f)	DEFINE(CPU_##f, offsetof(struct cpu, f))
#define REGS(f)	DEFINE(REGS_##f, offsetof(struct regs, f))

void asm_offsets(void);

static void cpu_offsets(void)
{
	DEFINE(CPU_AREA_SIZE, CPU_AREA_SIZE);
	DEFINE(CPU_SIZE, sizeof(struct cpu));
	CPU(self);
	CPU(id);
	DEFINE(CPU_current, offsetof(struct cpu, current_vcpu));
	CPU(current_vcpu);
	CPU(work);
	CPU(syscall_entry);
	CPU(sysenter_entry);
	CPU(syscall32_entry);
	CPU(regs);
	CPU(spec_guest);
	DEFINE(CPU_perf_hypercalls, offsetof(struct cpu, perf.hypercalls));
	DEFINE(CPU_FEATURES_smap, offsetof(struct cpu_features, smap));
}

static void regs_offsets(void)
{
	DEFINE(REGS_SIZE, sizeof(struct regs));
	REGS(r15);
	REGS(r14);
	REGS(r13);
	REGS(r12);
	REGS(rbp);
	REGS(rbx);
	REGS(r11);
	REGS(r10);
	REGS(r9);
	REGS(r8);
	REGS(rax);
	REGS(rcx);
	REGS(rdx);
	REGS(rsi);
	REGS(rdi);
	REGS(error_code);
	REGS(vector);
	REGS(rip);
	REGS(cs);
	REGS(rflags);
	REGS(rsp);
	REGS(ss);
	DEFINE(REGS_FROM_SYSCALL, REGS_FROM_SYSCALL);
	DEFINE(REGS_FROM_SYSENTER, REGS_FROM_SYSENTER);
	DEFINE(REGS_FROM_SYSCALL32, REGS_FROM_SYSCALL32);
	DEFINE(VEC_HYPERCALL32, VEC_HYPERCALL32);
}

static void speculation(void)
{
	DEFINE(MSR_SPEC_CTRL, MSR_SPEC_CTRL);
	DEFINE(SPEC_SITE_TRAP, SPEC_SITE_TRAP);
	DEFINE(SPEC_SITE_SYSCALL, SPEC_SITE_SYSCALL);
	DEFINE(SPEC_SITE_EXIT, SPEC_SITE_EXIT);
}

static void selectors(void)
{
	DEFINE(SEL_HV_CODE, SEL_HV_CODE);
	DEFINE(SEL_HV_DATA, SEL_HV_DATA);
	DEFINE(SEL_RING3_CODE32, SEL_RING3_CODE32);
	DEFINE(SEL_RING3_DATA, SEL_RING3_DATA);
	DEFINE(SEL_RING3_CODE64, SEL_RING3_CODE64);
}

static void hypercalls(void)
{
	DEFINE(HYPERCALL_SLOTS, HYPERCALL_SLOTS);
	DEFINE(ERESTART, ERESTART);
	DEFINE(ENOSYS, ENOSYS);
	DEFINE(RFLAGS_MBS, RFLAGS_MBS);
	DEFINE(RFLAGS_IF, RFLAGS_IF);
	DEFINE(RFLAGS_TF, RFLAGS_TF);
	DEFINE(RFLAGS_RF, RFLAGS_RF);
	DEFINE(RFLAGS_VM, RFLAGS_VM);
}

static void vcpu_offsets(void)
{
	DEFINE(VCPU_domain, offsetof(struct vcpu, domain));
	DEFINE(VCPU_flags, offsetof(struct vcpu, flags));
	DEFINE(VCPU_info, offsetof(struct vcpu, info));
	DEFINE(VCPU_pv_kernel_mode, offsetof(struct vcpu, pv.kernel_mode));
}

void asm_offsets(void)
{
	cpu_offsets();
	regs_offsets();
	speculation();
	selectors();
	hypercalls();
	vcpu_offsets();
}
