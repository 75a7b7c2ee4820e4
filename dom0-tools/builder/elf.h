/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A checked view of an ELF kernel for x86. Everything in the file is hostile
 * until elf_parse has accepted it; what the view points to lies inside.
 */
#ifndef BUILDER_ELF_H
#define BUILDER_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_SEGMENTS_MAX 32

/* Bytes of the file; data is NULL when size is 0. */
struct elf_span {
	const uint8_t *data;
	size_t size;
};

struct elf_segment {
	uint64_t paddr;
	uint64_t memsz;
	struct elf_span file;	/* at most memsz bytes */
};

struct elf {
	struct elf_span image;
	bool is_64;
	uint64_t entry;
	/* Those of type PT_LOAD that are not empty. */
	struct elf_segment segments[ELF_SEGMENTS_MAX];
	unsigned int segment_count;
	uint64_t pstart, pend;		/* physical range of all segments */
};

/* NULL, or what is wrong with it. */
const char *elf_parse(struct elf *elf, const uint8_t *data, size_t size);

/*
 * Walks the program headers of type PT_NOTE, or the section headers of type
 * SHT_NOTE; *index begins at 0. False: no more. Spans out of the file are
 * skipped.
 */
bool elf_next_note_segment(const struct elf *elf, unsigned int *index,
			   struct elf_span *notes);
bool elf_next_note_section(const struct elf *elf, unsigned int *index,
			   struct elf_span *notes);
/* The section of that name; false: none. */
bool elf_find_section(const struct elf *elf, const char *name,
		      struct elf_span *contents);

#endif
