/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of a 64-bit test kernel: notes, first instructions, trap entries. */
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
	note	1, .quad start			/* ENTRY */
	note	2, .quad hypercall_page		/* HYPERCALL_PAGE */
	note	3, .quad 0			/* VIRT_BASE */
	note	17, .long 0x800			/* SUPPORTED_FEATURES: dom0 */

	.text
	.globl	start
start:
	movq	%rsi, start_info(%rip)
	leaq	stack_end(%rip), %rsp
	xorl	%ebp, %ebp
	call	guest_start
1:	jmp	1b

	.balign	4096
	.globl	hypercall_page
hypercall_page:
	.skip	4096

/*
 * Entries from the hypervisor. Frame at %rsp: rcx, r11, [error], rip, cs, ...
 * The C side gets struct frame (lib/guest.h) with every register.
 */
	.macro	entry name, vector, error
	.globl	\name
\name:
	.if	\error
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	addq	$16, %rsp
	.else
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	addq	$8, %rsp
	movq	$0, (%rsp)
	.endif
	pushq	$\vector
	jmp	entry_common
	.endm

	entry	event_entry, 0x100, 0
	entry	syscall_entry, 0x102, 0
	.set	n, 0
	.rept	256
	.balign	64
	.if	n == 0
	.globl	trap_entries
trap_entries:
	.endif
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	.if	n == 8 || (n >= 10 && n <= 14) || n == 17 || n == 21
	addq	$16, %rsp
	.else
	addq	$8, %rsp
	movq	$0, (%rsp)
	.endif
	pushq	$n
	jmp	entry_common
	.set	n, n + 1
	.endr

	/* DS, ES, FS, GS stand between r11 and rip: keep them elsewhere. */
	.globl	failsafe_entry
failsafe_entry:
	movq	(%rsp), %rcx
	movq	8(%rsp), %r11
	addq	$16, %rsp
	popq	failsafe_segments(%rip)
	popq	failsafe_segments + 8(%rip)
	popq	failsafe_segments + 16(%rip)
	popq	failsafe_segments + 24(%rip)
	pushq	$0
	pushq	$0x101
	jmp	entry_common

entry_common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	andq	$-16, %rsp
	cld
	call	guest_entry
frame_return:
	movq	%rbx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp		/* vector, error */
	/* iret hypercall: rax, r11, rcx, flags below the rest of the frame. */
	pushq	$0
	pushq	%rcx
	pushq	%r11
	pushq	%rax
	movl	$23, %eax
	syscall
	ud2

	/* frame_resume(struct frame *): as from an entry with that frame. */
	.globl	frame_resume
frame_resume:
	movq	%rdi, %rbx
	jmp	frame_return

	/* long hypercall(nr, a1, a2, a3, a4, a5) */
	.globl	hypercall
hypercall:
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	syscall
	ret

	.globl	hypercall_insn
hypercall_insn:
	syscall
	ret

	/* void call_with_registers(unsigned long *r, const void *code) */
	.globl	call_with_registers
call_with_registers:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdi
	pushq	%rsi			/* the code, at 0(%rsp) */
	pushq	120(%rdi)
	popfq
	movq	(%rdi), %rax
	movq	8(%rdi), %rbx
	movq	16(%rdi), %rcx
	movq	24(%rdi), %rdx
	movq	32(%rdi), %rsi
	movq	48(%rdi), %rbp
	movq	56(%rdi), %r8
	movq	64(%rdi), %r9
	movq	72(%rdi), %r10
	movq	80(%rdi), %r11
	movq	88(%rdi), %r12
	movq	96(%rdi), %r13
	movq	104(%rdi), %r14
	movq	112(%rdi), %r15
	movq	40(%rdi), %rdi
	call	*(%rsp)
	pushfq
	pushq	%rdi
	movq	24(%rsp), %rdi		/* r: above rdi, flags, code */
	popq	40(%rdi)
	popq	120(%rdi)
	movq	%rax, (%rdi)
	movq	%rbx, 8(%rdi)
	movq	%rcx, 16(%rdi)
	movq	%rdx, 24(%rdi)
	movq	%rsi, 32(%rdi)
	movq	%rbp, 48(%rdi)
	movq	%r8, 56(%rdi)
	movq	%r9, 64(%rdi)
	movq	%r10, 72(%rdi)
	movq	%r11, 80(%rdi)
	movq	%r12, 88(%rdi)
	movq	%r13, 96(%rdi)
	movq	%r14, 104(%rdi)
	movq	%r15, 112(%rdi)
	addq	$16, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	cld
	ret

	/* int context_save(struct context *): 0, or 1 by context_restore(). */
	.globl	context_save, context_restore
context_save:
	movq	%rbx, (%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	leaq	8(%rsp), %rax
	movq	%rax, 48(%rdi)
	movq	(%rsp), %rax
	movq	%rax, 56(%rdi)
	xorl	%eax, %eax
	ret
context_restore:
	movq	(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	48(%rdi), %rsp
	movl	$1, %eax
	jmp	*56(%rdi)

	/* enter_user(ip, cs, flags, sp, ss, arg): by the iret hypercall. */
	.globl	enter_user
enter_user:
	pushq	%r8
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	$0
	pushq	$0
	pushq	$0
	pushq	%r9
	movq	%r9, %rdi
	movl	$23, %eax
	syscall
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
