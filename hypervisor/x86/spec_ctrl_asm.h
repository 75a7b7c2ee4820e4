/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The places on the way in and out that spec_ctrl.c turns into jumps, for
 * entry.S.  Each has code out of line, entered at one of three labels: for the
 * MSR, for the other thing, or for both; it comes back behind the place.  A row
 * of the table at spec_sites_start tells spec_ctrl.c where.
 *
 * Inside a macro's text, numbers of local labels begin at 770.
 */
#ifndef HOSPES_X86_SPEC_CTRL_ASM_H
#define HOSPES_X86_SPEC_CTRL_ASM_H

#define SPEC_RSB_PAIRS		16	/* 32 entries */

	/* Five bytes, one instruction: room for a jump. */
	.macro	SPEC_PLACE kind
770:	.byte	0x0f, 0x1f, 0x44, 0x00, 0x00
771:
	.pushsection .rodata.spec_sites, "a", @progbits
	.quad	770b, 772f, 773f, 774f, \kind
	.popsection
	.endm

	/* Clobbers %rcx, flags, and what is on the stack below struct cpu. */
	.macro	SPEC_FILL_RSB
	subq	$CPU_regs, %rsp
	movl	$SPEC_RSB_PAIRS, %ecx
775:	call	777f
776:	pause				/* speculation ends here */
	lfence
	jmp	776b
777:	call	779f
778:	pause
	lfence
	jmp	778b
779:	decl	%ecx
	jnz	775b
	addq	$(CPU_regs + SPEC_RSB_PAIRS * 16), %rsp
	.endm

	/*
	 * From a guest: directly behind push_all, %rsp the start of the frame
	 * (or any other address of the CPU's main stack if %rax and %rdx do not
	 * matter).  Clobbers %rcx and flags.
	 */
	.macro	SPEC_CTRL_ENTRY kind
	SPEC_PLACE \kind
	.pushsection .text.spec_ctrl, "ax", @progbits
774:	movl	$MSR_SPEC_CTRL, %ecx		/* both */
	movl	spec_ctrl_own(%rip), %eax
	xorl	%edx, %edx
	wrmsr
773:	SPEC_FILL_RSB
	jmp	780f
772:	movl	$MSR_SPEC_CTRL, %ecx
	movl	spec_ctrl_own(%rip), %eax
	xorl	%edx, %edx
	wrmsr
780:	movq	REGS_rax(%rsp), %rax
	movq	REGS_rdx(%rsp), %rdx
	jmp	771b
	.popsection
	.endm

	/*
	 * To the guest, once nothing else is left to do, %rsp the start of the
	 * frame.  Keeps %rax; clobbers %rcx, %rdx, %r11 and flags.
	 */
	.macro	SPEC_CTRL_EXIT
	SPEC_PLACE SPEC_SITE_EXIT
	.pushsection .text.spec_ctrl, "ax", @progbits
774:	movq	%rax, %r11		/* both */
	movl	$MSR_SPEC_CTRL, %ecx
	movl	CPU_FIELD(spec_guest), %eax
	xorl	%edx, %edx
	wrmsr
	movq	%r11, %rax
773:	verw	spec_ctrl_selector(%rip)
	jmp	771b
772:	movq	%rax, %r11
	movl	$MSR_SPEC_CTRL, %ecx
	movl	CPU_FIELD(spec_guest), %eax
	xorl	%edx, %edx
	wrmsr
	movq	%r11, %rax
	jmp	771b
	.popsection
	.endm

	/* Before the first place and behind the last one. */
	.macro	SPEC_SITES_BEGIN
	.pushsection .rodata.spec_sites, "a", @progbits
	.balign	8
	.globl	spec_sites_start
spec_sites_start:
	.popsection
	.endm

	.macro	SPEC_SITES_END
	.pushsection .rodata.spec_sites, "a", @progbits
	.globl	spec_sites_end
spec_sites_end:
	.popsection
	.endm

#endif
