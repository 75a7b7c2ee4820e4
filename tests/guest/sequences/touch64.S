/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores whose faults are skipped, and returns by iret. */
	.text
	.globl	touch_start, touch_end, touch_out, touch_read, touch_write
touch_start:
touch_read:
	movq	(%rdi), %rax
	ret
touch_write:
	movq	%rsi, (%rdi)
	ret
touch_end:
touch_out:
	ret

	/* To the next instruction, on this stack, with RFLAGS as given. */
	.globl	touch_iret
touch_iret:
	movq	%rsp, %rax
	pushq	$0xe02b
	pushq	%rax
	pushq	%rdi
	pushq	$0xe030			/* the kernel, as frames show it */
	leaq	1f(%rip), %rax
	pushq	%rax
	pushq	$0			/* not by SYSRET */
	pushq	%rcx
	pushq	%r11
	pushq	%rax
	movl	$23, %eax
	syscall
	ud2
1:	cld
	ret
	.section .note.GNU-stack, "", @progbits
