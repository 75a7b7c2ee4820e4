/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loader that starts the hypervisor at a chosen moment of the clock chip's
 * second: makes the chip begin one, waits as many milliseconds as the word at
 * LATE_WAIT says, and goes to LATE_ENTRY, where the machine was made to load
 * an image, with all that a multiboot loader gave.  Xen waits for the chip's
 * next second at start; how long is chance otherwise.
 */
	.equ	LATE_WAIT, 0x7f0000
	.equ	LATE_ENTRY, 0x200000

	.section .text.head, "ax", @progbits
	.code32
	.balign	4
	.long	0x1badb002, 3, -(0x1badb002 + 3)

	.globl	stub_start
stub_start:
	movl	%eax, %ebp
	/* The divider is held and let go: an update half a second later. */
	movb	$0x0a, %al
	outb	%al, $0x70
	movb	$0x76, %al
	outb	%al, $0x71
	movb	$0x26, %al
	outb	%al, $0x71

	/* A cycle is a nanosecond. */
	movl	LATE_WAIT, %eax
	movl	$1000000, %ecx
	mull	%ecx
	movl	%eax, %esi
	movl	%edx, %edi
	rdtsc
	addl	%eax, %esi
	adcl	%edx, %edi
1:	rdtsc
	cmpl	%edi, %edx
	jb	1b
	ja	2f
	cmpl	%esi, %eax
	jb	1b
2:	movl	%ebp, %eax
	movl	$LATE_ENTRY, %ecx
	jmp	*%ecx
