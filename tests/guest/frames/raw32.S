/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that keep what the hypervisor wrote, then go on as usual. */
	.globl	raw_event, raw_ud, raw_gp
	.macro	record target
	movl	%esp, %ss:raw_sp
	movl	%eax, %ss:raw_ax
	pushfl
	popl	%ss:raw_flags
	mov	%cs, %eax
	movl	%eax, %ss:raw_cs
	mov	%ss, %eax
	movl	%eax, %ss:raw_ss
	.set	i, 0
	.rept	8
	movl	i(%esp), %eax
	movl	%eax, %ss:raw_words + i
	.set	i, i + 4
	.endr
	movl	%ss:raw_ax, %eax
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
