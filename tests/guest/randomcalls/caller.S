/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 32-bit domain: one page at 0x200000 that makes random calls for ever.
 * The page behind it is filled with random words, which are structures and
 * lists of the calls; the one behind that has the stack and the words below.
 */
#define DATA	0x201000
#define STATE	0x202f00	/* of the generator; the controller's seed */
#define COUNT	0x202f04	/* calls made */
#define NUMBER	0x202f08	/* the last one's */
#define FIRST	0x202f0c	/* and its first argument */
#define FRAMES	0x202f10	/* machine frames of this domain, 8 of them */

	.code32
	.section .rodata
	.balign	16
	.globl	caller, caller_end
caller:
again:	incl	COUNT
	mov	$16, %edi		/* 16 words somewhere in the page */
	call	random
	and	$0xfbc, %eax
	mov	%eax, %esi
fill:	call	argument
	mov	%eax, DATA(%esi)
	add	$4, %esi
	and	$0xffc, %esi
	dec	%edi
	jnz	fill

pick:	call	random
	xor	%edx, %edx
	mov	$50, %ecx
	div	%ecx
	mov	%edx, NUMBER
	bt	%edx, excluded-caller+0x200000
	jc	pick
	sub	$24, %esp
	mov	$6, %edi
1:	call	argument
	mov	%eax, -4(%esp,%edi,4)
	dec	%edi
	jnz	1b
	call	random
	test	$3, %al			/* the first is often a sub-operation */
	jz	2f
	shr	$8, %eax
	and	$31, %eax
	mov	%eax, (%esp)
2:	mov	NUMBER, %eax
	cmp	$13, %eax		/* lists of calls are not that random */
	je	list
	cmp	$29, %eax		/* sched_op: yield, not sleep or end */
	jne	3f
	movl	$0, (%esp)
3:	cmp	$24, %eax		/* vcpu_op: not down */
	jne	4f
	cmpl	$2, (%esp)
	jne	4f
	movl	$3, (%esp)
4:	mov	(%esp), %ebx
	mov	%ebx, FIRST
	pop	%ebx
	pop	%ecx
	pop	%edx
	pop	%esi
	pop	%edi
	pop	%ebp
	int	$0x82
	jmp	again

/* Up to 15 calls of two kinds, with random arguments. */
list:	call	random
	and	$15, %eax
	movl	$DATA, (%esp)
	mov	%eax, 4(%esp)
	mov	$15*32, %esi
5:	sub	$32, %esi
	call	random
	test	$1, %al
	mov	$26, %eax
	jz	6f
	mov	$12, %eax
6:	mov	%eax, DATA(%esi)
	test	%esi, %esi
	jnz	5b
	mov	$13, %eax
	jmp	4b

/* iret, set_debugreg (a trap without a handler ends it), set_gdt likewise. */
excluded:
	.long	1 << 23 | 1 << 8 | 1 << 2, 0

/* A word that means something: EAX. Changes ECX. */
argument:
	call	random
	mov	%eax, %ecx
	shr	$8, %eax
	and	$7, %ecx
	jz	random
	dec	%ecx
	jz	small
	dec	%ecx
	jz	bit
	dec	%ecx
	jz	frame
	dec	%ecx
	jz	address
	dec	%ecx
	jz	domain
	and	$0xffc, %eax
	add	$DATA, %eax
	ret
small:	and	$31, %eax
	ret
bit:	mov	%eax, %ecx
	mov	$1, %eax
	shl	%cl, %eax
	ret
frame:	and	$7, %eax
	mov	FRAMES(,%eax,4), %eax
	ret
address: mov	%eax, %ecx
	and	$7, %eax
	mov	FRAMES(,%eax,4), %eax
	shl	$12, %eax
	and	$0xffb, %ecx
	or	%ecx, %eax
	ret
domain:	and	$3, %eax
	or	$0x7ff0, %eax
	ret

random:	mov	STATE, %eax
	mov	%eax, %ecx
	shl	$13, %ecx
	xor	%ecx, %eax
	mov	%eax, %ecx
	shr	$17, %ecx
	xor	%ecx, %eax
	mov	%eax, %ecx
	shl	$5, %ecx
	xor	%ecx, %eax
	mov	%eax, STATE
	ret
caller_end:
	.section .note.GNU-stack, "", @progbits
