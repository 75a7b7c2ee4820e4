/* SPDX-License-Identifier: BSD-2-Clause */
/* Small ELF kernels for the tests of the builder. */
#ifndef TESTS_UNIT_ELF_MAKER_H
#define TESTS_UNIT_ELF_MAKER_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#define MAKER_MAX 8192
#define MAKER_TEXT 0x1000	/* file offset of the first segment */
#define MAKER_TEXT_SIZE 0x400

struct maker {
	uint8_t data[MAKER_MAX];
	size_t size;
	uint8_t notes[2048];
	size_t notes_size;
	uint32_t pstart;	/* of maker_finish32 */
	uint32_t beyond;	/* what its last note has too much */
};

static inline void maker_note_as(struct maker *m, const char *owner,
				 uint32_t type, const void *desc,
				 uint32_t size)
{
	Elf64_Nhdr h = { (uint32_t)strlen(owner) + 1, size, type };

	memcpy(m->notes + m->notes_size, &h, sizeof(h));
	m->notes_size += sizeof(h);
	memcpy(m->notes + m->notes_size, owner, h.n_namesz);
	m->notes_size += (h.n_namesz + 3) & ~3u;
	memcpy(m->notes + m->notes_size, desc, size);
	m->notes_size += (size + 3) & ~3u;
}

static inline void maker_note(struct maker *m, uint32_t type,
			      const void *desc, uint32_t size)
{
	maker_note_as(m, "Xen", type, desc, size);
}

static inline void maker_number(struct maker *m, uint32_t type, uint64_t n)
{
	maker_note(m, type, &n, sizeof(n));
}

static inline void maker_string(struct maker *m, uint32_t type,
				const char *text)
{
	maker_note(m, type, text, (uint32_t)strlen(text) + 1);
}

/* A kernel of one 1 KiB segment at 1 MiB, 8 KiB in memory, and the notes. */
static inline void maker_finish(struct maker *m)
{
	Elf64_Ehdr e = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64,
		.e_version = EV_CURRENT, .e_entry = 0x100010,
		.e_phoff = sizeof(e), .e_ehsize = sizeof(e),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2,
	};
	Elf64_Phdr p[2] = {
		{ .p_type = PT_LOAD, .p_flags = 7, .p_offset = MAKER_TEXT,
		  .p_paddr = 0x100000, .p_vaddr = 0x100000,
		  .p_filesz = MAKER_TEXT_SIZE, .p_memsz = 0x2000 },
		{ .p_type = PT_NOTE, .p_offset = sizeof(e) + sizeof(p),
		  .p_filesz = m->notes_size, .p_memsz = m->notes_size },
	};

	memcpy(m->data, &e, sizeof(e));
	memcpy(m->data + sizeof(e), p, sizeof(p));
	memcpy(m->data + sizeof(e) + sizeof(p), m->notes, m->notes_size);
	for (size_t i = 0; i < MAKER_TEXT_SIZE; i++)
		m->data[MAKER_TEXT + i] = (uint8_t)(i * 7 + i / 256);
	m->size = MAKER_TEXT + MAKER_TEXT_SIZE;
}

/* The same for i386, at m->pstart, entered at its start. */
static inline void maker_finish32(struct maker *m)
{
	Elf32_Ehdr e = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_386,
		.e_version = EV_CURRENT, .e_entry = m->pstart,
		.e_phoff = sizeof(e), .e_ehsize = sizeof(e),
		.e_phentsize = sizeof(Elf32_Phdr), .e_phnum = 2,
	};
	Elf32_Phdr p[2] = {
		{ .p_type = PT_LOAD, .p_flags = 7, .p_offset = MAKER_TEXT,
		  .p_paddr = m->pstart, .p_vaddr = m->pstart,
		  .p_filesz = MAKER_TEXT_SIZE, .p_memsz = 0x2000 },
		{ .p_type = PT_NOTE, .p_offset = sizeof(e) + sizeof(p),
		  .p_filesz = (uint32_t)m->notes_size, .p_memsz = 0 },
	};
	/* The last note: PAE_MODE "yes", 4 bytes behind a header and "Xen". */
	uint8_t *size = m->notes + m->notes_size - 16;

	if (m->beyond)
		size[0] = (uint8_t)(size[0] + m->beyond);
	memcpy(m->data, &e, sizeof(e));
	memcpy(m->data + sizeof(e), p, sizeof(p));
	memcpy(m->data + sizeof(e) + sizeof(p), m->notes, m->notes_size);
	m->size = MAKER_TEXT + MAKER_TEXT_SIZE;
}

#endif
