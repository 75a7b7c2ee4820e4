/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF files of guest kernels: loadable segments and Xen's notes.  Every offset
 * is checked against the size of the file, as the file is just data.
 */
#include <xen/elfnote.h>

#include "lib/string.h"
#include "pv/build.h"

#define PT_LOAD		1
#define PT_NOTE		4
#define SHT_NOTE	7
#define EM_X86_64	62
#define MAX_PADDR	(64 * GIB)

struct elf_header {
	u8 ident[16];
	u16 type, machine;
	u32 version;
	u64 entry, phoff, shoff;
	u32 flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	u32 type, flags;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_section {
	u32 name, type;
	u64 flags, addr, offset, size;
	u32 link, info;
	u64 align, entsize;
};

struct elf_note {
	u32 namesz, descsz, type;
};

static __init bool in_file(const struct kernel *k, u64 offset, u64 size)
{
	return offset <= k->size && size <= k->size - offset;
}

static __init bool get_header(const struct kernel *k, struct elf_header *h)
{
	if (!in_file(k, 0, sizeof(*h)))
		return false;
	memcpy(h, k->data, sizeof(*h));
	return !memcmp(h->ident, "\x7f" "ELF", 4);
}

static __init bool get_segment(const struct kernel *k, unsigned int i,
			       struct elf_segment *s)
{
	struct elf_header h;

	if (!get_header(k, &h) || i >= h.phnum ||
	    h.phentsize < sizeof(*s) || h.phoff > k->size ||
	    !in_file(k, h.phoff + (u64)i * h.phentsize, sizeof(*s)))
		return false;
	memcpy(s, k->data + h.phoff + (u64)i * h.phentsize, sizeof(*s));
	return true;
}

__init bool kernel_segment(const struct kernel *k, unsigned int *i, u64 *paddr,
			   const u8 **data, u64 *file_size, u64 *mem_size)
{
	struct elf_segment s;

	while (get_segment(k, (*i)++, &s)) {
		if (s.type != PT_LOAD || !s.memsz)
			continue;
		*paddr = s.paddr - k->paddr_offset;
		*data = k->data + s.offset;
		*file_size = s.filesz;
		*mem_size = s.memsz;
		return true;
	}
	return false;
}

/* ---- notes ------------------------------------------------------------------ */

static __init u64 number(const u8 *desc, u32 size)
{
	u64 v = 0;

	memcpy(&v, desc, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static __init void take_note(struct kernel *k, u32 type, const u8 *desc,
			     u32 size)
{
	u64 v = number(desc, size);

	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		k->entry = v;
		k->has_entry = true;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		k->hypercall_page = v;
		k->has_hypercall_page = true;
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		k->virt_base = v;
		break;
	case XEN_ELFNOTE_PADDR_OFFSET:
		k->paddr_offset = v;
		break;
	case XEN_ELFNOTE_INIT_P2M:
		k->init_p2m = v;
		k->has_init_p2m = true;
		break;
	case XEN_ELFNOTE_MOD_START_PFN:
		k->mod_start_pfn = v;
		break;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
		k->has_features = true;
		k->dom0_capable = v >> 11 & 1;
		break;
	}
}

/* A descriptor that runs past the end is cut (GRUB's does). */
static __init bool take_notes(struct kernel *k, u64 offset, u64 size)
{
	bool any = false;

	while (size >= sizeof(struct elf_note)) {
		struct elf_note n;
		u64 name = offset + sizeof(n), desc, step;
		u32 descsz;

		memcpy(&n, k->data + offset, sizeof(n));
		if (n.namesz > size || n.descsz > k->size)
			break;
		desc = name + ROUND_UP((u64)n.namesz, 4);
		if (desc > offset + size)
			break;
		descsz = min((u64)n.descsz, offset + size - desc);
		if (n.namesz == 4 && !memcmp(k->data + name, "Xen", 4)) {
			take_note(k, n.type, k->data + desc, descsz);
			any = true;
		}
		step = desc + ROUND_UP((u64)n.descsz, 4) - offset;
		if (step > size)
			break;
		offset += step;
		size -= step;
	}
	return any;
}

static __init bool notes_by_segment(struct kernel *k)
{
	struct elf_segment s;
	bool any = false;

	for (unsigned int i = 0; get_segment(k, i, &s); i++)
		if (s.type == PT_NOTE && in_file(k, s.offset, s.filesz))
			any |= take_notes(k, s.offset, s.filesz);
	return any;
}

static __init bool notes_by_section(struct kernel *k,
				    const struct elf_header *h)
{
	struct elf_section s;
	bool any = false;

	if (h->shentsize < sizeof(s) || h->shoff > k->size)
		return false;
	for (unsigned int i = 0; i < h->shnum; i++) {
		u64 at = h->shoff + (u64)i * h->shentsize;

		if (!in_file(k, at, sizeof(s)))
			break;
		memcpy(&s, k->data + at, sizeof(s));
		if (s.type == SHT_NOTE && in_file(k, s.offset, s.size))
			any |= take_notes(k, s.offset, s.size);
	}
	return any;
}

/* ---- the whole file ----------------------------------------------------------- */

static __init const char *check_segments(struct kernel *k)
{
	struct elf_segment s;

	k->start = ~0UL;
	k->end = 0;
	for (unsigned int i = 0; get_segment(k, i, &s); i++) {
		u64 at = s.paddr - k->paddr_offset;

		if (s.type != PT_LOAD || !s.memsz)
			continue;
		if (!in_file(k, s.offset, s.filesz) || s.filesz > s.memsz)
			return "a segment lies outside of the file";
		if (at >= MAX_PADDR || s.memsz > MAX_PADDR)
			return "a segment has an impossible address";
		k->start = min(k->start, at);
		k->end = max(k->end, at + s.memsz);
	}
	return k->end ? NULL : "there is nothing to load";
}

__init const char *kernel_parse(struct kernel *k)
{
	struct elf_header h;
	const char *fault;

	if (!get_header(k, &h))
		return "it is no ELF file";
	if (h.ident[4] != 2 || h.ident[5] != 1 || h.machine != EM_X86_64)
		return "it is not for 64-bit x86";
	if (!notes_by_segment(k) && !notes_by_section(k, &h))
		return "it has no Xen notes";
	fault = check_segments(k);
	if (fault)
		return fault;
	if (!k->has_entry)
		k->entry = h.entry;
	if (k->has_features && !k->dom0_capable)
		return "it cannot run as dom0";
	if (!gva_allowed(k->virt_base, k->end) ||
	    k->virt_base & (PAGE_SIZE - 1))
		return "its virtual base is impossible";
	return NULL;
}
