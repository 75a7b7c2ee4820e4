/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer's code, at 0x200000: it suspends itself again and again. Its second
 * frame: 0 argument, 8 result of the last call, 16 how many came back.
 */
	.section .rodata
	.globl	peer_code, peer_code_end
peer_code:
	movl	$0x201000, %ebx
1:	movl	$29, %eax		/* sched_op */
	movl	$2, %edi		/* SCHEDOP_shutdown */
	movq	%rbx, %rsi
	movl	$0x1234, %edx		/* start_info's frame */
	syscall
	movq	%rax, 8(%rbx)
	incq	16(%rbx)
	jmp	1b
peer_code_end:
	.section .note.GNU-stack, "", @progbits
