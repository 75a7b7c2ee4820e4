/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The per-CPU area and the register frame.
 *
 * Every CPU has a 64 KiB aligned region at CPU_AREA_VIRT + n * 64 KiB:
 *
 *   page 0      entry stubs (RX, the same frame on all CPUs)
 *   page 1      guard
 *   page 2      #DF stack       page 3  guard
 *   page 4      NMI stack       page 5  guard
 *   page 6      #MC stack       page 7  guard
 *   page 8      #DB stack       page 9  guard
 *   pages 10-15 main stack; struct cpu at the very end
 *
 * struct cpu ends with struct regs: the frame which the processor and
 * the entry code push when they come from a guest (TSS.RSP0 is the end of
 * it).  this_cpu() masks the stack pointer: it works on every stack of the
 * region.
 */
#ifndef HOSPES_X86_CPU_H
#define HOSPES_X86_CPU_H

#include "lib/types.h"
#include "lib/cpumask.h"
#include "mm/addr.h"
#include "x86/perf.h"

struct vcpu;

#define CPU_AREA_SIZE	65536UL

/* Order as pushed; ends like the frame of the processor. */
struct regs {
	u64 r15, r14, r13, r12, rbp, rbx;
	u64 r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u32 error_code;
	u32 vector;		/* or one of REGS_FROM_* */
	u64 rip;
	u64 cs;
	u64 rflags;
	u64 rsp;
	u64 ss;
};

#define REGS_FROM_SYSCALL	0x100	/* vector: came by SYSCALL */
#define REGS_FROM_SYSENTER	0x101
#define REGS_FROM_SYSCALL32	0x102
#define REGS_TO_FAILSAFE	0x103	/* leads to the failsafe callback */

/* Reasons to look before a return to the guest (struct cpu.work). */
#define WORK_SCHED	BIT(0)		/* choose a vCPU anew */
#define WORK_TIMER	BIT(1)		/* the timer interrupt came */
#define WORK_POLL	BIT(2)		/* smp_poll() has something to do */
#define WORK_CONSOLE	BIT(3)		/* the serial line's queue is not empty */

struct cpu {
	unsigned int id;	/* ours, dense, 0 is the boot CPU */
	u32 apic_id;
	struct cpu *self;
	struct vcpu *current_vcpu; /* what it runs, idle vCPU included */
	u64 work;		/* WORK_*, set atomically by others */
	u64 tlb_flushed;	/* TLB clock of the last full flush */
	u64 lock_levels;	/* held, a bit each (DEBUG builds) */
	u64 syscall_entry;	/* where the stubs jump to */
	u64 sysenter_entry;
	u64 syscall32_entry;
	void *tss;
	u64 cr4;		/* as loaded now */
	u64 xcr0;
	u32 short_steps;	/* of hypercalls, see hypercall_preempt_short() */
	u32 sending;		/* odd: it raises an event (evtchn_send.c) */
	bool online;
	u8 lock_depth[24];	/* locks held per level (DEBUG builds) */
	struct perf perf;
	/* See spec_ctrl.h: whose predictions there are; SPEC_CTRL. */
	u64 spec_domain;
	u32 spec_guest;		/* the guest's */
	u32 spec_now;		/* loaded, if not switched at entry and exit */
	/* Where the frame of a failed IRETQ goes, beside what regs leave. */
	u64 iret_fault_room[8];
	/* The frame's end, which is TSS.RSP0, must be 16-byte aligned. */
	u64 regs_align __aligned(16);
	struct regs regs;	/* must be last */
};

_Static_assert(sizeof(struct regs) == 168, "entry.S pushes 21 words");
_Static_assert(sizeof(struct cpu) == offsetof(struct cpu, regs) + 168,
	       "struct regs must end the per-CPU area");

static inline struct cpu *this_cpu(void)
{
	u64 sp;

	__asm__("mov %%rsp, %0" : "=r"(sp));
	return (struct cpu *)((sp | (CPU_AREA_SIZE - 1)) + 1 -
			      sizeof(struct cpu));
}

/* The running vCPU; volatile asm keeps it from being cached over switches. */
#define current		(READ_ONCE(this_cpu()->current_vcpu))

/* Registers of the guest that this CPU runs. */
static inline struct regs *guest_regs(void)
{
	return &this_cpu()->regs;
}

/* The CPU whose guest_regs() are @r. */
static inline struct cpu *cpu_of_regs(struct regs *r)
{
	return (struct cpu *)((u8 *)r - offsetof(struct cpu, regs));
}

static inline struct cpu *cpu_by_id(unsigned int id)
{
	return (struct cpu *)(CPU_AREA_VIRT + (id + 1UL) * CPU_AREA_SIZE -
			      sizeof(struct cpu));
}

/* Ask CPU @id to look at its work; an interrupt is sent if it is another. */
void cpu_kick(unsigned int id, u64 work);

extern struct cpumask cpu_online_mask;
extern unsigned int cpu_online_count;

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" :: "c"(msr), "a"((u32)v), "d"((u32)(v >> 32))
			 : "memory");
}

/* Fault-tolerant forms: false if the processor raised #GP. */
bool rdmsr_safe(u32 msr, u64 *v);
bool wrmsr_safe(u32 msr, u64 v);

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

#define READ_CR(n) ({ u64 v_; \
	__asm__ volatile("mov %%cr" #n ", %0" : "=r"(v_)); v_; })
#define WRITE_CR(n, v) \
	__asm__ volatile("mov %0, %%cr" #n :: "r"((u64)(v)) : "memory")

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" :: "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" :: "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" :: "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* MSRs. */
#define MSR_APIC_BASE		0x1b
#define MSR_SYSENTER_CS		0x174
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_PAT			0x277
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_SFMASK		0xc0000084
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102
#define MSR_TSC_AUX		0xc0000103

/* The slot order that guests are told: WB WT UC- UC WC WP UC UC. */
#define HOSPES_PAT		0x050100070406UL

#define EFER_SCE	BIT(0)
#define EFER_LME	BIT(8)
#define EFER_LMA	BIT(10)
#define EFER_NX		BIT(11)
#define EFER_SVME	BIT(12)

#define CR0_PE		BIT(0)
#define CR0_MP		BIT(1)
#define CR0_EM		BIT(2)
#define CR0_TS		BIT(3)
#define CR0_ET		BIT(4)
#define CR0_NE		BIT(5)
#define CR0_WP		BIT(16)
#define CR0_AM		BIT(18)
#define CR0_PG		BIT(31)

#define CR4_VME		BIT(0)
#define CR4_PVI		BIT(1)
#define CR4_TSD		BIT(2)
#define CR4_DE		BIT(3)
#define CR4_PSE		BIT(4)
#define CR4_PAE		BIT(5)
#define CR4_MCE		BIT(6)
#define CR4_PGE		BIT(7)
#define CR4_PCE		BIT(8)
#define CR4_OSFXSR	BIT(9)
#define CR4_OSXMMEXCPT	BIT(10)
#define CR4_UMIP	BIT(11)
#define CR4_FSGSBASE	BIT(16)
#define CR4_PCIDE	BIT(17)
#define CR4_OSXSAVE	BIT(18)
#define CR4_SMEP	BIT(20)
#define CR4_SMAP	BIT(21)

#define RFLAGS_CF	BIT(0)
#define RFLAGS_MBS	BIT(1)		/* always one */
#define RFLAGS_TF	BIT(8)
#define RFLAGS_IF	BIT(9)
#define RFLAGS_DF	BIT(10)
#define RFLAGS_IOPL	(3UL << 12)
#define RFLAGS_NT	BIT(14)
#define RFLAGS_RF	BIT(16)
#define RFLAGS_VM	BIT(17)
#define RFLAGS_AC	BIT(18)
#define RFLAGS_VIF	BIT(19)
#define RFLAGS_VIP	BIT(20)
#define RFLAGS_ID	BIT(21)

/*
 * What C code never runs with, however it was entered: entry.S says which of
 * them each way in clears.  (IF is set in the idle loop alone.)
 */
#define RFLAGS_CLEAR_IN_C (RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_NT | \
			   RFLAGS_AC)

#define DR6_DEFAULT	0xffff0ff0UL
#define DR6_STATUS	0xe00fUL	/* what a debug exception sets */
#define DR7_DEFAULT	0x400UL

/*
 * Why a debug exception came.  The processor sets bits only: left there they
 * would be taken for reasons of the next one, be it another domain's.
 */
static inline u64 take_debug_status(void)
{
	u64 dr6;

	__asm__ volatile("mov %%db6, %0" : "=r"(dr6));
	__asm__ volatile("mov %0, %%db6" :: "r"(DR6_DEFAULT));
	return dr6 & DR6_STATUS;
}

/* Vectors of exceptions. */
enum {
	VEC_DE, VEC_DB, VEC_NMI, VEC_BP, VEC_OF, VEC_BR, VEC_UD, VEC_NM,
	VEC_DF, VEC_CSO, VEC_TS, VEC_NP, VEC_SS, VEC_GP, VEC_PF, VEC_RES,
	VEC_MF, VEC_AC, VEC_MC, VEC_XM, VEC_VE, VEC_CP
};

/*
 * Interrupt vectors.  0x20-0xdf are handed out by x86/irq.c to devices,
 * 0x80 and 0x82 left out (guests' gates).
 */
#define VEC_IRQ_FIRST	0x20
#define VEC_IRQ_LAST	0xdf
#define VEC_INT80	0x80
#define VEC_HYPERCALL32	0x82
#define VEC_TIMER	0xf0
#define VEC_KICK	0xf1
#define VEC_STOP	0xf2
#define VEC_APIC_ERROR	0xfe
#define VEC_SPURIOUS	0xff

/* Hypervisor's own selectors, in the last two pages of every GDT. */
#define SEL_HV_CODE	0xe008		/* 64-bit ring 0 */
#define SEL_HV_DATA	0xe010
#define SEL_TSS		0xe040		/* two slots */
/* Flat selectors for PV guests (public ABI); the last two of 64-bit ones. */
#define SEL_RING1_CODE32 0xe019
#define SEL_RING1_DATA	0xe021
#define SEL_RING3_CODE32 0xe023
#define SEL_RING3_DATA	0xe02b
#define SEL_RING3_CODE64 0xe033
/* 32-bit PV guests have ring 1 data for 0xe021, and at the next two: */
#define SEL32_RING3_CODE 0xe02b
#define SEL32_RING3_DATA 0xe033

#endif
