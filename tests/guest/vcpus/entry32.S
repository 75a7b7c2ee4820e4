/* SPDX-License-Identifier: BSD-2-Clause */
/* First instructions of the second vCPU: what it finds in its registers. */
	.text
	.globl	vcpu_entry
vcpu_entry:
	movl	%eax, vcpu_found
	movl	%ebx, vcpu_found+4
	movl	%ecx, vcpu_found+8
	movl	%edx, vcpu_found+12
	movl	%esi, vcpu_found+16
	movl	%edi, vcpu_found+20
	movl	%ebp, vcpu_found+24
	movl	%esp, vcpu_found+28
	jmp	vcpu_main
	.section .note.GNU-stack, "", @progbits
