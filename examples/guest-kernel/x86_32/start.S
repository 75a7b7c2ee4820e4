/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit: the first instruction, and the entries from the hypervisor.
 *
 * We start in ring 1 with flat segments: ESI is the address of struct
 * start_info, ESP a page of stack, events are masked.
 */
#include "asm.h"
#include "notes.S"

	.text
	.globl	start
start:
	movl	%esi, start_info
	movl	$stacks + STACK_SIZE, %esp
	xorl	%ebp, %ebp
	call	kernel_main
	ud2

	/* Where the second vCPU begins. */
	.globl	smp_start
smp_start:
	xorl	%ebp, %ebp
	call	smp_main
	ud2

/*
 * An entry of trap n. What the hypervisor has pushed, from ESP up: the error
 * code if there is one, EIP, CS (with the old event mask in its upper half),
 * EFLAGS; ESP and SS only if it came from ring 3. Makes struct frame of it.
 */
	.macro	entry vector, error
	.balign	TRAP_STUB
	.if	!\error
	pushl	$0
	.endif
	pushl	$\vector
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

	/* DS, ES, FS and GS stand below EIP. */
	.globl	failsafe_entry
failsafe_entry:
	addl	$16, %esp
	entry	ENTRY_FAILSAFE, 0

entry_common:
	pushal
	movl	%esp, %ebx
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%ebx
	cld
	call	traps_enter
	movl	%ebx, %esp
	popal
	addl	$8, %esp		/* vector, error */
	/* The way back is a hypercall, so that events are unmasked by it and
	 * none is lost in between. Its stub pushes EAX below EIP. */
	jmp	hypercall_page + 23 * 32
