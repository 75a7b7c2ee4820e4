/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the other CPUs: copied to a page below 1 MiB, entered in real mode
 * with CS = page >> 4.  smp.c fills the words at its end. Until the jump to
 * high addresses this page must be mapped at its physical address.
 */
	.section .init.rodata, "a", @progbits
	.code16
	.balign	16
	.globl	trampoline_start, trampoline_end, trampoline_data
trampoline_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %ebx
	shll	$4, %ebx		/* where this page is */
	leal	trampoline_gdt - trampoline_start(%ebx), %eax
	movl	%eax, trampoline_gdt_pointer + 2 - trampoline_start
	leal	1f - trampoline_start(%ebx), %eax
	movl	%eax, trampoline_jump32 - trampoline_start
	leal	2f - trampoline_start(%ebx), %eax
	movl	%eax, trampoline_jump64 - trampoline_start
	lgdtl	trampoline_gdt_pointer - trampoline_start
	movl	$0x11, %eax
	movl	%eax, %cr0
	ljmpl	*trampoline_jump32 - trampoline_start

	.code32
1:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	trampoline_cr3 - trampoline_start(%ebx), %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx	/* EFER: LME, and NXE if there is NX */
	rdmsr
	orl	trampoline_efer - trampoline_start(%ebx), %eax
	wrmsr
	movl	$0x80010033, %eax	/* PG WP NE ET MP PE */
	movl	%eax, %cr0
	ljmpl	*trampoline_jump64 - trampoline_start(%ebx)

	.code64
2:	movq	trampoline_stack - trampoline_start(%rbx), %rsp
	movq	trampoline_entry - trampoline_start(%rbx), %rax
	xorl	%ebp, %ebp
	call	*%rax
	ud2

	.balign	8
trampoline_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
	.quad	0x00af9b000000ffff
trampoline_gdt_pointer:
	.short	31
	.long	0
	.balign	4
trampoline_jump32:
	.long	0
	.short	8
	.balign	4
trampoline_jump64:
	.long	0
	.short	24
	/* struct trampoline_data of smp.c */
	.balign	8
trampoline_data:
trampoline_stack:	.quad	0
trampoline_entry:	.quad	0
trampoline_cr3:		.long	0
trampoline_efer:	.long	0
trampoline_end:

	.section .note.GNU-stack, "", @progbits
