/* SPDX-License-Identifier: BSD-2-Clause */
/* The end, and what to say about it. */
#ifndef HOSPES_X86_PANIC_H
#define HOSPES_X86_PANIC_H

#include "x86/cpu.h"

/* Print all registers of a frame (a guest's or ours), and control registers. */
void dump_regs(const struct regs *regs);
/* Return addresses of ours, from frame pointer @rbp on. */
void dump_stack(u64 rbp);
/* panic() with the frame of the trap that caused it. */
void panic_regs(const struct regs *regs, const char *fmt, ...)
	__printf(2, 3) __noreturn;
/* Or a reboot: in any case, other CPUs shall stop. */
bool panic_in_progress(void);

/* Reboot as the option reboot= says; from any state. */
void machine_reset(void) __noreturn;
/* Enter an ACPI sleep state with the values that dom0 found (S5: no return). */
void machine_sleep(u16 val_a, u16 val_b);

#endif
