/* SPDX-License-Identifier: BSD-2-Clause */
/* An iret frame of a 64-bit kernel, and where it leads: see iret.h. */
	.text
	.globl	land, landing
land:
	movq	%rsp, %rax
	pushq	$0xe02b
	pushq	%rax
	pushq	%rsi
	pushq	%rdi
	leaq	landing(%rip), %rcx
	pushq	%rcx
	pushq	%rdx
	pushq	$0x2222
	pushq	$0x3333
	pushq	$0x1111
	movl	$23, %eax
	syscall
	ud2
landing:
	pushfq
	popq	landed(%rip)
	pushq	$2
	popfq
	movq	%rax, landed+16(%rip)
	movq	%rcx, landed+24(%rip)
	movq	%r11, landed+32(%rip)
	movq	%rsp, landed+40(%rip)
	mov	%cs, %eax
	movq	%rax, landed+8(%rip)
	ret
	.section .note.GNU-stack, "", @progbits
