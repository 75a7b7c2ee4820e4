/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF view; see elf.h. */
#include "builder/elf.h"

#include <elf.h>
#include <string.h>

/* Headers of both classes in one form. */
struct program_header {
	uint32_t type;
	uint64_t offset, paddr, filesz, memsz;
};

struct section_header {
	uint32_t name, type;
	uint64_t offset, size;
};

struct tables {
	uint64_t phoff, shoff;
	unsigned int phentsize, phnum, shentsize, shnum, shstrndx;
};

/* The part of the file at [offset, +size), if it is all there. */
static bool span_of(const struct elf *elf, uint64_t offset, uint64_t size,
		    struct elf_span *span)
{
	if (offset > elf->image.size || size > elf->image.size - offset)
		return false;
	span->data = elf->image.data + offset;
	span->size = size;
	return true;
}

static void tables_of(const struct elf *elf, struct tables *t)
{
	Elf64_Ehdr e64;
	Elf32_Ehdr e32;

	if (elf->is_64) {
		memcpy(&e64, elf->image.data, sizeof(e64));
		*t = (struct tables){
			e64.e_phoff, e64.e_shoff, e64.e_phentsize,
			e64.e_phnum, e64.e_shentsize, e64.e_shnum,
			e64.e_shstrndx,
		};
	} else {
		memcpy(&e32, elf->image.data, sizeof(e32));
		*t = (struct tables){
			e32.e_phoff, e32.e_shoff, e32.e_phentsize,
			e32.e_phnum, e32.e_shentsize, e32.e_shnum,
			e32.e_shstrndx,
		};
	}
}

static bool program_header(const struct elf *elf, const struct tables *t,
			   unsigned int index, struct program_header *h)
{
	size_t size = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	struct elf_span span;
	Elf64_Phdr p64;
	Elf32_Phdr p32;

	if (t->phentsize < size || t->phoff > elf->image.size ||
	    !span_of(elf, t->phoff + (uint64_t)index * t->phentsize, size,
		     &span))
		return false;
	if (elf->is_64) {
		memcpy(&p64, span.data, sizeof(p64));
		*h = (struct program_header){
			p64.p_type, p64.p_offset, p64.p_paddr, p64.p_filesz,
			p64.p_memsz,
		};
	} else {
		memcpy(&p32, span.data, sizeof(p32));
		*h = (struct program_header){
			p32.p_type, p32.p_offset, p32.p_paddr, p32.p_filesz,
			p32.p_memsz,
		};
	}
	return true;
}

static bool section_header(const struct elf *elf, const struct tables *t,
			   unsigned int index, struct section_header *h)
{
	size_t size = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	struct elf_span span;
	Elf64_Shdr s64;
	Elf32_Shdr s32;

	if (t->shentsize < size || t->shoff == 0 ||
	    t->shoff > elf->image.size ||
	    !span_of(elf, t->shoff + (uint64_t)index * t->shentsize, size,
		     &span))
		return false;
	if (elf->is_64) {
		memcpy(&s64, span.data, sizeof(s64));
		*h = (struct section_header){
			s64.sh_name, s64.sh_type, s64.sh_offset, s64.sh_size,
		};
	} else {
		memcpy(&s32, span.data, sizeof(s32));
		*h = (struct section_header){
			s32.sh_name, s32.sh_type, s32.sh_offset, s32.sh_size,
		};
	}
	return true;
}

static const char *add_segment(struct elf *elf,
			       const struct program_header *h)
{
	struct elf_segment *s;

	if (h->memsz == 0)
		return NULL;
	if (elf->segment_count == ELF_SEGMENTS_MAX)
		return "it has too many segments";
	if (h->filesz > h->memsz)
		return "a segment has more bytes in the file than in memory";
	/* No machine has so much; keeps later sums from overflowing. */
	if (h->paddr >= 1ull << 46 || h->memsz >= 1ull << 40)
		return "a segment lies beyond any memory";
	s = &elf->segments[elf->segment_count++];
	s->paddr = h->paddr;
	s->memsz = h->memsz;
	if (!span_of(elf, h->offset, h->filesz, &s->file))
		return "it is truncated: a segment lies past its end";
	if (s->paddr < elf->pstart)
		elf->pstart = s->paddr;
	if (s->paddr + s->memsz > elf->pend)
		elf->pend = s->paddr + s->memsz;
	return NULL;
}

static const char *parse_segments(struct elf *elf)
{
	struct program_header h;
	const char *problem;
	struct tables t;

	tables_of(elf, &t);
	elf->pstart = UINT64_MAX;
	elf->pend = 0;
	for (unsigned int i = 0; i < t.phnum; i++) {
		if (!program_header(elf, &t, i, &h))
			return "it is truncated: its program headers lie past "
				"its end";
		if (h.type != PT_LOAD)
			continue;
		problem = add_segment(elf, &h);
		if (problem)
			return problem;
	}
	return elf->segment_count ? NULL : "it has nothing to load";
}

static const char *parse_ident(struct elf *elf)
{
	const uint8_t *id = elf->image.data;
	uint16_t machine;
	size_t size;

	if (elf->image.size < EI_NIDENT || memcmp(id, ELFMAG, SELFMAG) != 0)
		return "it is no ELF file";
	if (id[EI_CLASS] != ELFCLASS64 && id[EI_CLASS] != ELFCLASS32)
		return "its ELF class is unknown";
	elf->is_64 = id[EI_CLASS] == ELFCLASS64;
	size = elf->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (elf->image.size < size)
		return "it is truncated: its ELF header is cut";
	memcpy(&machine, id + offsetof(Elf64_Ehdr, e_machine),
	       sizeof(machine));
	if (id[EI_DATA] != ELFDATA2LSB ||
	    (machine != EM_X86_64 && machine != EM_386))
		return "it is not for x86";
	return NULL;
}

const char *elf_parse(struct elf *elf, const uint8_t *data, size_t size)
{
	const char *problem;
	Elf64_Ehdr e64;
	Elf32_Ehdr e32;

	memset(elf, 0, sizeof(*elf));
	elf->image.data = data;
	elf->image.size = size;
	problem = parse_ident(elf);
	if (problem)
		return problem;
	if (elf->is_64) {
		memcpy(&e64, data, sizeof(e64));
		elf->entry = e64.e_entry;
	} else {
		memcpy(&e32, data, sizeof(e32));
		elf->entry = e32.e_entry;
	}
	return parse_segments(elf);
}

bool elf_next_note_segment(const struct elf *elf, unsigned int *index,
			   struct elf_span *notes)
{
	struct program_header h;
	struct tables t;

	tables_of(elf, &t);
	while (*index < t.phnum && program_header(elf, &t, (*index)++, &h))
		if (h.type == PT_NOTE &&
		    span_of(elf, h.offset, h.filesz, notes))
			return true;
	return false;
}

bool elf_next_note_section(const struct elf *elf, unsigned int *index,
			   struct elf_span *notes)
{
	struct section_header h;
	struct tables t;

	tables_of(elf, &t);
	while (*index < t.shnum && section_header(elf, &t, (*index)++, &h))
		if (h.type == SHT_NOTE &&
		    span_of(elf, h.offset, h.size, notes))
			return true;
	return false;
}

bool elf_find_section(const struct elf *elf, const char *name,
		      struct elf_span *contents)
{
	size_t len = strlen(name) + 1;
	struct section_header h;
	struct elf_span names;
	struct tables t;

	tables_of(elf, &t);
	if (t.shstrndx >= t.shnum ||
	    !section_header(elf, &t, t.shstrndx, &h) ||
	    !span_of(elf, h.offset, h.size, &names))
		return false;
	for (unsigned int i = 0; i < t.shnum; i++) {
		if (!section_header(elf, &t, i, &h))
			return false;
		if (h.name < names.size && names.size - h.name >= len &&
		    memcmp(names.data + h.name, name, len) == 0 &&
		    h.type != SHT_NOBITS &&
		    span_of(elf, h.offset, h.size, contents))
			return true;
	}
	return false;
}
