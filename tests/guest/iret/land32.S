/* SPDX-License-Identifier: BSD-2-Clause */
/* An iret frame of a 32-bit kernel, and where it leads: see iret.h. */
	.text
	.globl	land, landing
land:
	movl	4(%esp), %ecx
	movl	8(%esp), %edx
	pushl	%edx
	pushl	%ecx
	pushl	$landing
	pushl	$0x1111
	movl	$23, %eax
	int	$0x82
	ud2
landing:
	pushfl
	popl	landed
	pushl	$2
	popfl
	movl	%eax, landed+8
	movl	%esp, landed+20
	mov	%cs, %eax
	movl	%eax, landed+4
	ret
	.section .note.GNU-stack, "", @progbits
