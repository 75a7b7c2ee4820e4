/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that boot loaders see: an ELF32 whose one segment is the flat
 * image, with virtual = physical addresses.  The image itself begins with the
 * multiboot headers (boot/head.S).  The note is the PVH entry point.
 */
	.section .image, "awx", @progbits
	.globl container_start
container_start:
	.incbin IMAGE_FILE

	.section .image_zero, "aw", @nobits
	.skip IMAGE_ZERO

	.section .note.pvh, "a", @note
	.balign 4
	.long 4, 4, 18
	.asciz "Xen"
	.balign 4
	.long PVH_ENTRY
