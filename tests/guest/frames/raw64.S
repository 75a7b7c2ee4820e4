/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that keep what the hypervisor wrote, then go on as usual. */
	.globl	raw_event, raw_ud, raw_gp
	.macro	record target
	movq	%rsp, raw_sp(%rip)
	movq	%rax, raw_ax(%rip)
	pushfq
	popq	raw_flags(%rip)
	mov	%cs, %eax
	movq	%rax, raw_cs(%rip)
	mov	%ss, %eax
	movq	%rax, raw_ss(%rip)
	.set	i, 0
	.rept	8
	movq	i(%rsp), %rax
	movq	%rax, raw_words + i(%rip)
	.set	i, i + 8
	.endr
	movq	raw_ax(%rip), %rax
	jmp	\target
	.endm
	.text
raw_event:
	record	event_entry
raw_ud:
	record	trap_entries+6*64
raw_gp:
	record	trap_entries+13*64
	.section .note.GNU-stack, "", @progbits
