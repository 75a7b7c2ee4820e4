/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64-bit: the first instruction, and the entries from the hypervisor.
 *
 * We start in ring 3, as the kernel's half of it: RSI is the address of
 * struct start_info, RSP a page of stack, events are masked.
 */
#include "asm.h"
#include "notes.S"

	.text
	.globl	start
start:
	movq	%rsi, start_info
	movq	$stacks + STACK_SIZE, %rsp
	xorl	%ebp, %ebp
	call	kernel_main
	ud2

	/* Where the second vCPU begins: RDI is set by its context. */
	.globl	smp_start
smp_start:
	xorl	%ebp, %ebp
	call	smp_main
	ud2

/*
 * An entry of trap n. What the hypervisor has pushed, from RSP up: RCX, R11,
 * the error code if there is one, RIP, CS, RFLAGS, RSP, SS. RCX and R11 are
 * the interrupted ones in the frame only. Makes struct frame of it.
 */
	.macro	entry vector, error
	.balign	TRAP_STUB
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	.if	\error
	addq	$16, %rsp
	.else
	addq	$8, %rsp
	movq	$0, (%rsp)
	.endif
	pushq	$\vector
	jmp	entry_common
	.endm

	.balign	TRAP_STUB
	.globl	trap_entries
trap_entries:
	.set	n, 0
	.rept	TRAPS
	.if	TRAP_HAS_ERROR(n)
	entry	n, 1
	.else
	entry	n, 0
	.endif
	.set	n, n + 1
	.endr

	.globl	event_entry
event_entry:
	entry	ENTRY_EVENT, 0

	/* DS, ES, FS and GS stand between R11 and RIP. */
	.globl	failsafe_entry
failsafe_entry:
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	addq	$40, %rsp
	movq	$0, (%rsp)
	pushq	$ENTRY_FAILSAFE
	jmp	entry_common

entry_common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	andq	$-16, %rsp
	cld
	call	traps_enter
	movq	%rbx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp		/* vector, error */
	/* The way back is a hypercall, so that events are unmasked by it and
	 * none is lost in between. Below RIP it wants the flags VGCF_*, RCX,
	 * R11 and RAX; its stub in the hypercall page pushes the last three. */
	pushq	$0
	jmp	hypercall_page + 23 * 32
