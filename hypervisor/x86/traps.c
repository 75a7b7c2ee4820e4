/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions in the hypervisor itself, and those with a stack of their own.
 *
 * Two kinds are expected in ring 0: faults at instructions listed in the
 * exception table (access to guest memory, MSRs, segment loads), and
 * interrupts in the idle loop.  Anything else is our own error.
 */
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/irq.h"
#include "x86/panic.h"
#include "x86/traps.h"

struct ex_entry {
	u64 from, to;
};

extern const struct ex_entry ex_table_start[], ex_table_end[];

static bool ex_fixup(struct regs *regs)
{
	const struct ex_entry *e;

	for (e = ex_table_start; e < ex_table_end; e++) {
		if (e->from != regs->rip)
			continue;
		regs->rip = e->to;
		perf_count(fixups);
		return true;
	}
	return false;
}

/*
 * The fault's frame overlaps the guest's saved registers, which were live
 * again when IRETQ failed: take them from it; the processor's part of the
 * guest's frame was not touched.
 */
void guest_return_fault(const struct regs *regs)
{
	struct regs live = *regs;

	memcpy(guest_regs(), &live, offsetof(struct regs, error_code));
	guest_iret_fault(live.vector, live.error_code);
	exit_to_guest();
}

static const char *const trap_names[] = {
	"divide error", "debug", "NMI", "breakpoint", "overflow", "bounds",
	"invalid opcode", "device not available", "double fault",
	"coprocessor segment", "invalid TSS", "segment not present",
	"stack fault", "general protection", "page fault", "reserved",
	"x87 error", "alignment check", "machine check", "SIMD error",
	"virtualization", "control protection"
};

const char *trap_name(unsigned int vector)
{
	return vector < ARRAY_SIZE(trap_names) ? trap_names[vector] : "?";
}

static void __noreturn die(const struct regs *regs)
{
	dump_regs(regs);
	panic("%s in the hypervisor at %#lx, error code %#x, CR2 %#lx",
	      trap_name(regs->vector), regs->rip, regs->error_code,
	      READ_CR(2));
}

void hypervisor_trap(struct regs *regs)
{
	if (regs->vector >= VEC_IRQ_FIRST) {
		irq_dispatch(regs->vector);
		return;
	}
	if (!ex_fixup(regs))
		die(regs);
}

/* SYSENTER came with TF, and the stub has not saved the flags yet. */
static bool before_flags_are_saved(u64 rip)
{
	u64 area = (u64)this_cpu() & ~(CPU_AREA_SIZE - 1);
	u64 offset = rip - area;

	return offset >= (u64)(stub_sysenter - stub_page_start) &&
	       offset < (u64)(stub_sysenter_has_flags - stub_page_start);
}

/*
 * A guest's doing in our own code: a watchpoint on memory that we access for
 * it, one that MOV SS held back until we were entered, or single steps, since
 * SYSENTER leaves TF set.  The guest is not told, as elsewhere; it finds TF in
 * the flags that the stub saves, and its watchpoints stay.
 */
static void debug_in_hypervisor(struct regs *regs)
{
	take_debug_status();
	if (!before_flags_are_saved(regs->rip))
		regs->rflags &= ~RFLAGS_TF;
}

void ist_trap(struct regs *regs)
{
	if (regs->vector == VEC_DB) {
		debug_in_hypervisor(regs);
		return;
	}
	if (regs->vector != VEC_NMI)
		die(regs);
	/* A guest's in virtual-8086 mode (entry.S): not by its CS to ring 0. */
	if (unlikely(regs->rflags & RFLAGS_VM)) {
		regs->rflags &= ~RFLAGS_VM;
		regs->cs |= 3;
		regs->ss |= 3;
	}
	/* Another CPU panics, and stops us; others mean nothing to us. */
	while (panic_in_progress())
		__asm__ volatile("cli; hlt");
}

bool rdmsr_safe(u32 msr, u64 *v)
{
	u32 lo = 0, hi = 0;
	bool ok = false;

	__asm__ volatile("1: rdmsr\n\tmovb $1, %0\n2:\n" EX_TABLE(1b, 2b)
			 : "+q"(ok), "+a"(lo), "+d"(hi) : "c"(msr));
	*v = (u64)hi << 32 | lo;
	return ok;
}

bool wrmsr_safe(u32 msr, u64 v)
{
	bool ok = false;

	__asm__ volatile("1: wrmsr\n\tmovb $1, %0\n2:\n" EX_TABLE(1b, 2b)
			 : "+q"(ok)
			 : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32))
			 : "memory");
	return ok;
}
