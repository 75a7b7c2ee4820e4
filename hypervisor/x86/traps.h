/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps: what entry.S calls, and what it offers. */
#ifndef HOSPES_X86_TRAPS_H
#define HOSPES_X86_TRAPS_H

#include "x86/cpu.h"

/* entry.S */
extern const u64 trap_entry_table[256];
extern const char stub_page_start[], stub_page_end[];
extern const char stub_syscall64[], stub_syscall32[], stub_sysenter[];
extern const char stub_sysenter_has_flags[];
extern const char syscall_entry[], syscall32_entry[], sysenter_entry[];
extern const char guest_iretq[];
void enter_idle(void) __noreturn;
/* The way back to the guest, with and without choosing anew who runs. */
void exit_to_guest(void) __noreturn;
void return_to_guest(void) __noreturn;

/* Called by entry.S; the first two are defined in pv/traps.c. */
void guest_trap(struct regs *regs);
void guest_exit_work(void);
/*
 * System call instructions: SYSCALL of a 64-bit guest's user mode in 64-bit
 * code, and all others.
 */
void guest_syscall(void);
void guest_syscall_compat(void);
void hypervisor_trap(struct regs *regs);
void ist_trap(struct regs *regs);
const char *trap_name(unsigned int vector);	/* "?": has none */
void guest_return_fault(const struct regs *regs) __noreturn;

/*
 * A fault of the IRETQ that returns to a guest: defined in pv/traps.c.
 * guest_regs() holds the frame which the processor refused.
 */
void guest_iret_fault(unsigned int vector, u32 error_code);

/*
 * An instruction of ours that may fault for a guest's reason: if the one at
 * "from" raises an exception, execution goes on at "to".
 */
#define EX_TABLE(from, to) \
	".pushsection .ex_table, \"a\"\n" \
	".balign 8\n.quad " #from ", " #to "\n.popsection\n"

#endif
