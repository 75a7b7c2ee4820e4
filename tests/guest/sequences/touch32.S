/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores whose faults are skipped, and returns by iret. */
	.text
	.globl	touch_start, touch_end, touch_out, touch_read, touch_write
touch_start:
touch_read:
	movl	4(%esp), %ecx
	movl	(%ecx), %eax
	movl	4(%ecx), %edx
	ret
touch_write:
	movl	4(%esp), %ecx
	movl	8(%esp), %eax
	movl	12(%esp), %edx
	movl	%edx, 4(%ecx)
	movl	%eax, (%ecx)
	ret
touch_end:
touch_out:
	ret

	/* To the next instruction, on this stack, with EFLAGS as given. */
	.globl	touch_iret
touch_iret:
	movl	4(%esp), %eax
	pushl	%eax
	pushl	$0xe019
	pushl	$1f
	pushl	%eax
	movl	$23, %eax
	int	$0x82
	ud2
1:	cld
	ret
	.section .note.GNU-stack, "", @progbits
