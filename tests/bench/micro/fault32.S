/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault, and the least that a handler can do: step over the instruction. */
	.text
	.globl	fault_at, fault_handler
	/* void fault_at(address in no page) */
fault_at:
	movl	4(%esp), %edx
	movb	(%edx), %al		/* two bytes */
	ret
fault_handler:
	addl	$4, %esp		/* error code */
	addl	$2, (%esp)
	pushl	%eax
	movl	$23, %eax
	int	$0x82
	.section .note.GNU-stack, "", @progbits
