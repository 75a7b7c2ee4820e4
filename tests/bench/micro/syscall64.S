/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls of user mode, and the least that a kernel can do: go back. */
	.section .user, "awx", @progbits
	.globl	user_syscalls
	/* %edi of them */
user_syscalls:
	syscall
	decl	%edi
	jnz	user_syscalls
	ud2

	.text
	.globl	syscall_handler
syscall_handler:
	popq	%rcx
	popq	%r11
	pushq	$0x100			/* VGCF_in_syscall */
	pushq	%rcx
	pushq	%r11
	pushq	%rax
	movl	$23, %eax
	syscall
	.section .note.GNU-stack, "", @progbits
