/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layout of the image.  It is linked at IMAGE_VIRT and loaded at IMAGE_PHYS;
 * every part with rights of its own begins on a page.  What only start-up
 * needs lies together (init_start … init_end) and is freed by hvmap_seal().
 */
#define IMAGE_VIRT 0xffff808000000000
#define IMAGE_PHYS 0x200000

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)
ENTRY(head_start)

PHDRS {
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	inittext PT_LOAD FLAGS(5);
	initdata PT_LOAD FLAGS(6);
}

SECTIONS {
	. = IMAGE_VIRT;
	image_start = .;
	.text : AT(IMAGE_PHYS) {
		*(.text.head)
		. = ALIGN(4096);
		*(.text.stubs)
		. = ALIGN(4096);
		*(.text.hot .text.hot.* .text .text.*)
	} :text
	. = ALIGN(4096);
	text_end = .;

	.rodata : AT(ADDR(.rodata) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.rodata .rodata.* .data.rel.ro .data.rel.ro.*)
		. = ALIGN(8);
		ex_table_start = .;
		*(.ex_table)
		ex_table_end = .;
		*(.got .got.plt)
	} :rodata
	. = ALIGN(4096);
	rodata_end = .;

	.data.ro : AT(ADDR(.data.ro) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.data.ro_after_init)
		. = ALIGN(4096);
		ro_after_init_end = .;
	} :data
	.data : AT(ADDR(.data) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.data .data.*)
	} :data
	. = ALIGN(4096);
	data_end = .;

	init_start = .;
	.init.text : AT(ADDR(.init.text) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.init.text)
	} :inittext
	. = ALIGN(4096);
	init_text_end = .;
	.init.data : AT(ADDR(.init.data) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.init.data)
		*(.init.rodata)
		. = ALIGN(4096);
	} :initdata
	image_file_end = .;
	zero_start = .;
	.init.bss (NOLOAD) : AT(ADDR(.init.bss) - IMAGE_VIRT + IMAGE_PHYS) {
		. = ALIGN(65536);
		*(.init.bss)
	} :initdata
	. = ALIGN(4096);
	init_end = .;
	.bss (NOLOAD) : AT(ADDR(.bss) - IMAGE_VIRT + IMAGE_PHYS) {
		*(.bss .bss.*)
	} :initdata
	. = ALIGN(4096);
	image_end = .;

	image_size = image_end - image_start;
	image_zero_size = image_end - image_file_end;

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
	}
}

ASSERT(SIZEOF(.rodata) > 0, "no read-only data")
ASSERT(image_size < 0x1000000, "image larger than 16 MiB")
