/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader (32-bit, flat, paging off) to boot_main() in long mode.
 *
 * The tables built here map the first 4 GiB three times: at 0 (to be able
 * to switch), at IMAGE_VIRT (1 GiB from the image on, where we are linked) and
 * at DIRECTMAP_VIRT, so that maddr_to_virt() works from the first line of C.
 */
#define IMAGE_VIRT	0xffff808000000000
#define IMAGE_PHYS	0x200000
#define PHYS(sym)	((sym) - IMAGE_VIRT + IMAGE_PHYS)

#include "asm_offsets.h"

#define MB1_MAGIC	0x1badb002
#define MB1_FLAGS	3		/* modules on pages, memory map */
#define MB2_MAGIC	0xe85250d6
#define PVH_BOOT_MAGIC	0x336ec578

#define PTE_TABLE	0x63		/* P RW A D */
#define PTE_LARGE	0xe3		/* and PSE */

	.section .text.head, "ax", @progbits
	.code32
	.globl	head_start
head_start:
	jmp	head_multiboot

	.balign	8
multiboot1:
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

	.balign	8
multiboot2:
	.long	MB2_MAGIC, 0, multiboot2_end - multiboot2
	.long	-(MB2_MAGIC + (multiboot2_end - multiboot2))
	/* Wanted: command line, modules, memory map; modules on pages. */
	.short	1, 1
	.long	24, 1, 3, 6, 14
	.short	6, 0
	.long	8
	.short	0, 0
	.long	8
multiboot2_end:

	.globl	head_pvh
head_pvh:
	movl	$PVH_BOOT_MAGIC, %eax
head_multiboot:
	cli
	cld
	movl	%eax, %ebp		/* the protocol */
	movl	%ebx, %esi		/* its information */
	lgdt	PHYS(head_gdt_pointer)
	ljmpl	$8, $PHYS(1f)
1:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs

	/* Long mode is what we need. */
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	no_long_mode

	/* What the image file does not hold is zero. */
	movl	$PHYS(zero_start), %edi
	movl	$PHYS(image_end), %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	/* 4 GiB in pages of 2 MiB: four tables of level 2, in a row. */
	movl	$PHYS(boot_l2), %edi
	movl	$PTE_LARGE, %eax
	xorl	%edx, %edx
	movl	$2048, %ecx
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	loop	1b

	movl	$PHYS(boot_l3), %edi
	movl	$PHYS(boot_l2) + PTE_TABLE, %eax
	movl	$4, %ecx
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$4096, %eax
	loop	1b

	/* The image: virtual 0 of its slot is IMAGE_PHYS. */
	movl	$PHYS(boot_image_l2), %edi
	movl	$IMAGE_PHYS + PTE_LARGE, %eax
	movl	$16, %ecx
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	loop	1b
	movl	$PHYS(boot_image_l2) + PTE_TABLE, PHYS(boot_image_l3)

	movl	$PHYS(boot_l3) + PTE_TABLE, PHYS(boot_l4)
	movl	$PHYS(boot_l3) + PTE_TABLE, PHYS(boot_l4) + 258 * 8
	movl	$PHYS(boot_image_l3) + PTE_TABLE, PHYS(boot_l4) + 257 * 8

	movl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	$PHYS(boot_l4), %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx	/* EFER: LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	$0x80010033, %eax	/* PG WP NE ET MP PE */
	movl	%eax, %cr0
	ljmpl	$24, $PHYS(head64)

no_long_mode:
	movl	$PHYS(no_long_mode_text), %esi
1:	lodsb
	testb	%al, %al
	jz	2f
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b
no_long_mode_text:
	.asciz	"hospes: this processor has no 64-bit mode\r\n"

	.code64
head64:
	movabsq	$1f, %rax
	jmp	*%rax
1:	leaq	boot_area_end(%rip), %rsp
	subq	$CPU_SIZE, %rsp
	movl	%ebp, %edi
	movl	%esi, %esi
	xorl	%ebp, %ebp
	lgdt	head_gdt_pointer64(%rip)
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	call	boot_main
	ud2

	.balign	8
head_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 8: code, 32-bit */
	.quad	0x00cf93000000ffff	/* 16: data */
	.quad	0x00af9b000000ffff	/* 24: code, 64-bit */
	.short	0
head_gdt_pointer:
	.short	31
	.long	PHYS(head_gdt)
	.balign	4
	.short	0
head_gdt_pointer64:
	.short	31
	.quad	head_gdt

	.section .init.bss, "aw", @nobits
	/* The boot CPU's first stack, shaped as a per-CPU area. */
	.balign	65536
	.globl	boot_area_end
	.skip	65536
boot_area_end:
	.globl	boot_l4, boot_l3
boot_l4:	.skip	4096
boot_l3:	.skip	4096
boot_l2:	.skip	4 * 4096
boot_image_l3:	.skip	4096
boot_image_l2:	.skip	4096

	.section .note.GNU-stack, "", @progbits
