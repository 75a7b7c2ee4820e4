/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault, and the least that a handler can do: step over the instruction. */
	.text
	.globl	fault_at, fault_handler
	/* void fault_at(address in no page) */
fault_at:
	movb	(%rdi), %al		/* two bytes */
	ret
fault_handler:
	popq	%rcx
	popq	%r11
	addq	$8, %rsp		/* error code */
	addq	$2, (%rsp)
	pushq	$0
	pushq	%rcx
	pushq	%r11
	pushq	%rax
	movl	$23, %eax
	syscall
	.section .note.GNU-stack, "", @progbits
