/* SPDX-License-Identifier: BSD-2-Clause */
/* First instructions of the second vCPU: what it finds in its registers. */
	.text
	.globl	vcpu_entry
vcpu_entry:
	movq	%rax, vcpu_found(%rip)
	movq	%rbx, vcpu_found+8(%rip)
	movq	%rcx, vcpu_found+16(%rip)
	movq	%rdx, vcpu_found+24(%rip)
	movq	%rsi, vcpu_found+32(%rip)
	movq	%rdi, vcpu_found+40(%rip)
	movq	%rbp, vcpu_found+48(%rip)
	movq	%rsp, vcpu_found+56(%rip)
	jmp	vcpu_main
	.section .note.GNU-stack, "", @progbits
