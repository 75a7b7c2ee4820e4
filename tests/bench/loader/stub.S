/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands where a hypervisor would: prints the time-stamp counter, as the
 * loader leaves it, as `bench tsc N` (16 hexadecimal digits with 0x before), and
 * resets the machine.  So the work of firmware and loader can be subtracted.
 */
	.section .text.head, "ax", @progbits
	.code32
	.balign	4
	.long	0x1badb002, 3, -(0x1badb002 + 3)

	.globl	stub_start
stub_start:
	rdtsc
	movl	%eax, %ebx		/* low half */
	movl	%edx, %ecx
	movl	$stub_stack, %esp
	movl	$text, %esi
1:	lodsb
	testb	%al, %al
	jz	2f
	call	put
	jmp	1b
2:	call	put_word
	movl	%ebx, %ecx
	call	put_word
	movb	$'\n', %al
	call	put
	/* Until the last byte has left. */
	movw	$0x3fd, %dx
3:	inb	%dx, %al
	testb	$0x40, %al
	jz	3b
	movb	$0xfe, %al
	outb	%al, $0x64
4:	hlt
	jmp	4b

/* %ecx in hexadecimal; spoils %eax, %edx, %edi. */
put_word:
	movl	$8, %edi
1:	roll	$4, %ecx
	movl	%ecx, %eax
	andl	$15, %eax
	movb	digits(%eax), %al
	call	put
	decl	%edi
	jnz	1b
	ret

/* %al to com1; spoils %edx. */
put:
	pushl	%eax
	movw	$0x3fd, %dx
1:	inb	%dx, %al
	testb	$0x20, %al
	jz	1b
	popl	%eax
	movw	$0x3f8, %dx
	outb	%al, %dx
	ret

text:	.asciz	"bench tsc 0x"
digits:	.ascii	"0123456789abcdef"
	.bss
	.skip	256
stub_stack:
