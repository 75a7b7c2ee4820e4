/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader must know before there is a domain. Numbers may have 4 or
 * 8 bytes, whatever the word size. What is not said: HYPERCALL_PAGE could be
 * left out by a kernel that makes hypercalls without stubs.
 */
#include <xen/elfnote.h>
#include <xen/features.h>

	.macro	note type, kind:vararg
	.balign	4
	.long	4, 2f - 1f, \type	/* sizes of name and value */
	.asciz	"Xen"
1:	\kind
2:	.balign	4
	.endm

	.section .note.Xen, "a", @note
	note	XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	note	XEN_ELFNOTE_GUEST_OS, .asciz "guest-kernel"
	note	XEN_ELFNOTE_LOADER, .asciz "generic"
	note	XEN_ELFNOTE_ENTRY, .long start
	note	XEN_ELFNOTE_HYPERCALL_PAGE, .long hypercall_page
	note	XEN_ELFNOTE_VIRT_BASE, .long 0
	note	XEN_ELFNOTE_PAE_MODE, .asciz "yes"	/* 32-bit only */
	/* May be domain 0, where it shows how far it gets without devices. */
	note	XEN_ELFNOTE_SUPPORTED_FEATURES, .long 1 << XENFEAT_dom0

	/* The loader fills it: the stub of call n begins at byte 32 * n. */
	.text
	.balign	4096
	.globl	hypercall_page
hypercall_page:
	.skip	4096

	/* Each vCPU's stack begins with its number: see cpu_id(). */
	.data
	.balign	STACK_SIZE
	.globl	stacks
stacks:
	.long	0
	.skip	STACK_SIZE - 4
	.long	1
	.skip	STACK_SIZE - 4
stacks_end:

	.section .note.GNU-stack, "", @progbits
