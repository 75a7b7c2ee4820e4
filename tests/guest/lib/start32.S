/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of a 32-bit test kernel: notes, first instructions, trap entries. */
	.section .note.Xen, "a", @note
	.macro	note type, kind:vararg
	.balign	4
	.long	4, 2f - 1f, \type
	.asciz	"Xen"
1:	\kind
2:	.balign	4
	.endm
	note	5, .asciz "xen-3.0"		/* XEN_VERSION */
	note	6, .asciz "hospes-test"		/* GUEST_OS */
	note	8, .asciz "generic"		/* LOADER */
	note	9, .asciz "yes"			/* PAE_MODE */
	note	1, .long start			/* ENTRY */
	note	2, .long hypercall_page		/* HYPERCALL_PAGE */
	note	3, .long 0			/* VIRT_BASE */
	note	17, .long 0x800			/* SUPPORTED_FEATURES: dom0 */

	.text
	.globl	start
start:
	movl	%esi, start_info
	movl	$stack_end, %esp
	xorl	%ebp, %ebp
	cld
	call	guest_start
1:	jmp	1b

	.balign	4096
	.globl	hypercall_page
hypercall_page:
	.skip	4096

/*
 * Entries from the hypervisor.  At %esp: [error], eip, cs, eflags and, from
 * user mode only, esp, ss.  The C side gets a struct frame (kind32.h), which
 * is built below that and always has the last two.
 */
	.set	F_GS, 0
	.set	F_FS, 4
	.set	F_ES, 8
	.set	F_DS, 12
	.set	F_DI, 16
	.set	F_SI, 20
	.set	F_BP, 24
	.set	F_BX, 28
	.set	F_DX, 32
	.set	F_CX, 36
	.set	F_AX, 40
	.set	F_VECTOR, 44
	.set	F_ERROR, 48
	.set	F_IP, 52
	.set	F_CS, 56
	.set	F_FLAGS, 60
	.set	F_SP, 64
	.set	F_SS, 68
	.set	F_SIZE, 72
	.set	CS_USER, 2			/* of the selector's RPL */

	.globl	event_entry, failsafe_entry, syscall_entry
	.set	syscall_entry, 0		/* there is none */
event_entry:
	pushl	$0
	pushl	$0x100
	jmp	entry_common

	/* DS, ES, FS, GS stand before eip: keep them elsewhere. */
failsafe_entry:
	popl	%ss:failsafe_segments
	popl	%ss:failsafe_segments + 4
	popl	%ss:failsafe_segments + 8
	popl	%ss:failsafe_segments + 12
	pushl	$0
	pushl	$0x101
	jmp	entry_common

	.globl	trap_entries
	.balign	64
trap_entries:
	.set	n, 0
	.rept	256
	.balign	64
	.if	!(n == 8 || (n >= 10 && n <= 14) || n == 17 || n == 21)
	pushl	$0
	.endif
	pushl	$n
	jmp	entry_common
	.set	n, n + 1
	.endr

	/* Copies what stands @from in the part behind the frame to @to. */
	.macro	move_down from, to
	movl	F_SIZE + \from(%esp), %eax
	movl	%eax, \to(%esp)
	.endm

entry_common:
	subl	$F_SIZE, %esp
	movl	%eax, F_AX(%esp)
	movl	%ecx, F_CX(%esp)
	movl	%edx, F_DX(%esp)
	movl	%ebx, F_BX(%esp)
	movl	%ebp, F_BP(%esp)
	movl	%esi, F_SI(%esp)
	movl	%edi, F_DI(%esp)
	movl	%ds, %eax
	movl	%eax, F_DS(%esp)
	movl	%es, %eax
	movl	%eax, F_ES(%esp)
	movl	%fs, %eax
	movl	%eax, F_FS(%esp)
	movl	%gs, %eax
	movl	%eax, F_GS(%esp)
	move_down 0, F_VECTOR
	move_down 4, F_ERROR
	move_down 8, F_IP
	move_down 12, F_CS
	move_down 16, F_FLAGS
	testl	$CS_USER, F_CS(%esp)
	jz	1f
	move_down 20, F_SP
	move_down 24, F_SS
	jmp	2f
1:	leal	F_SIZE + 20(%esp), %eax		/* behind eflags */
	movl	%eax, F_SP(%esp)
	movl	%ss, %eax
	movl	%eax, F_SS(%esp)
2:	movl	$0xe021, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	movl	%esp, %ebx
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%ebx
	call	guest_entry
frame_return:
	movl	%ebx, %esp

	testl	$CS_USER, F_CS(%esp)
	jnz	return_user
	/* Below the interrupted stack: eax, eip, cs, eflags for iret. */
	movl	F_SP(%esp), %edx
	subl	$16, %edx
	movl	%edx, F_SP(%esp)
	movl	F_AX(%esp), %eax
	movl	%eax, (%edx)
	movl	F_IP(%esp), %eax
	movl	%eax, 4(%edx)
	movl	F_CS(%esp), %eax
	movl	%eax, 8(%edx)
	movl	F_FLAGS(%esp), %eax
	movl	%eax, 12(%edx)
	call	restore_registers
	movl	F_SP(%esp), %esp
	movl	$23, %eax
	int	$0x82
	ud2

return_user:
	movl	F_AX(%esp), %eax
	movl	%eax, F_ERROR(%esp)
	call	restore_registers
	leal	F_ERROR(%esp), %esp
	movl	$23, %eax
	int	$0x82
	ud2

	/* From the frame above the return address; all but AX. */
restore_registers:
	movl	4 + F_CX(%esp), %ecx
	movl	4 + F_DX(%esp), %edx
	movl	4 + F_BX(%esp), %ebx
	movl	4 + F_BP(%esp), %ebp
	movl	4 + F_SI(%esp), %esi
	movl	4 + F_DI(%esp), %edi
	movl	4 + F_GS(%esp), %eax
	movl	%eax, %gs
	movl	4 + F_FS(%esp), %eax
	movl	%eax, %fs
	movl	4 + F_ES(%esp), %eax
	movl	%eax, %es
	movl	4 + F_DS(%esp), %eax
	movl	%eax, %ds
	ret

	/* frame_resume(struct frame *): as from an entry with that frame. */
	.globl	frame_resume
frame_resume:
	movl	4(%esp), %ebx
	jmp	frame_return

	/* long hypercall(nr, a1, a2, a3, a4, a5) */
	.globl	hypercall
hypercall:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	16(%esp), %eax
	movl	20(%esp), %ebx
	movl	24(%esp), %ecx
	movl	28(%esp), %edx
	movl	32(%esp), %esi
	movl	36(%esp), %edi
	int	$0x82
	popl	%edi
	popl	%esi
	popl	%ebx
	ret

	.globl	hypercall_insn
hypercall_insn:
	int	$0x82
	ret

	/* void call_with_registers(unsigned long *r, const void *code) */
	.globl	call_with_registers
call_with_registers:
	pushl	%ebx
	pushl	%ebp
	pushl	%esi
	pushl	%edi
	movl	20(%esp), %eax
	movl	24(%esp), %edx
	pushl	%eax
	pushl	%edx			/* the code, at 0(%esp) */
	pushl	28(%eax)
	popfl
	movl	4(%eax), %ebx
	movl	8(%eax), %ecx
	movl	12(%eax), %edx
	movl	16(%eax), %esi
	movl	20(%eax), %edi
	movl	24(%eax), %ebp
	movl	(%eax), %eax
	call	*(%esp)
	pushfl
	pushl	%eax
	movl	12(%esp), %eax		/* r: above eax, flags, code */
	popl	(%eax)
	popl	28(%eax)
	movl	%ebx, 4(%eax)
	movl	%ecx, 8(%eax)
	movl	%edx, 12(%eax)
	movl	%esi, 16(%eax)
	movl	%edi, 20(%eax)
	movl	%ebp, 24(%eax)
	addl	$8, %esp
	popl	%edi
	popl	%esi
	popl	%ebp
	popl	%ebx
	cld
	ret

	/* int context_save(struct context *): 0, or 1 by context_restore(). */
	.globl	context_save, context_restore
context_save:
	movl	4(%esp), %edx
	movl	%ebx, (%edx)
	movl	%ebp, 4(%edx)
	movl	%esi, 8(%edx)
	movl	%edi, 12(%edx)
	leal	4(%esp), %eax
	movl	%eax, 16(%edx)
	movl	(%esp), %eax
	movl	%eax, 20(%edx)
	xorl	%eax, %eax
	ret
context_restore:
	movl	4(%esp), %edx
	movl	(%edx), %ebx
	movl	4(%edx), %ebp
	movl	8(%edx), %esi
	movl	12(%edx), %edi
	movl	16(%edx), %esp
	movl	$1, %eax
	jmp	*20(%edx)

	/* enter_user(ip, cs, flags, sp, ss, arg): by the iret hypercall. */
	.globl	enter_user
enter_user:
	movl	4(%esp), %eax
	movl	8(%esp), %ecx
	movl	12(%esp), %edx
	movl	16(%esp), %ebx
	movl	20(%esp), %esi
	movl	24(%esp), %edi
	pushl	%esi
	pushl	%ebx
	pushl	%edx
	pushl	%ecx
	pushl	%eax
	pushl	%edi
	movl	$23, %eax
	int	$0x82
	ud2

	.bss
	.balign	4096
stack:	.skip	32768
	.globl	stack_end
stack_end:
	.skip	16384
	.globl	trap_stack_end
trap_stack_end:
	.skip	64
	.section .note.GNU-stack, "", @progbits
