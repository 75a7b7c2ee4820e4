/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the second domain runs: position-independent, in one page, which it finds
 * at 0x200000 (see peer_start()).  The words behind the code are filled in before.
 */
#define SHARED_AT	0x202000	/* its third page's place */
#define PENDING		(SHARED_AT + 2048)

	.macro	CALL nr
	movl	$\nr, %eax
	syscall
	.endm

	.section .rodata
	.globl	peer_yields, peer_yields_end
peer_yields:
1:	xorl	%edi, %edi		/* SCHEDOP_yield */
	CALL	29
	jmp	1b
peer_yields_end:

	/* Waits for its event, clears it, sends one back; for ever. */
	.balign	16
	.globl	peer_answers, peer_answers_end, peer_shared_pte, peer_port
peer_answers:
	movl	$SHARED_AT, %edi
	movq	peer_shared_pte(%rip), %rsi
	movl	$2, %edx		/* UVMF_INVLPG */
	CALL	14
	movb	$1, SHARED_AT + 1	/* no upcalls: it has no handler */
	leaq	peer_port(%rip), %rax
	movq	%rax, poll(%rip)
1:	movl	$3, %edi		/* SCHEDOP_poll */
	leaq	poll(%rip), %rsi
	CALL	29
	movl	peer_port(%rip), %eax
	lock btrq %rax, PENDING
	jnc	1b
	movl	$4, %edi		/* EVTCHNOP_send */
	leaq	peer_port(%rip), %rsi
	CALL	32
	jmp	1b
	.balign	8
poll:
	.quad	0			/* ports */
	.quad	1			/* how many */
	.quad	0			/* no time limit */
peer_shared_pte:
	.quad	0
peer_port:
	.long	0
peer_answers_end:
	.section .note.GNU-stack, "", @progbits
