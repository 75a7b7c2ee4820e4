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
#define EM_386		3
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

/* The same of 32-bit files: only their widths and order differ. */
struct elf32_header {
	u8 ident[16];
	u16 type, machine;
	u32 version, entry, phoff, shoff, flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf32_segment {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf32_section {
	u32 name, type, flags, addr, offset, size, link, info, align, entsize;
};

struct elf_note {
	u32 namesz, descsz, type;
};

static __init bool in_file(const struct kernel *k, u64 offset, u64 size)
{
	return offset <= k->size && size <= k->size - offset;
}

static __init bool is_elf32(const struct kernel *k)
{
	return k->data[4] == 1;
}

static __init bool get_header(const struct kernel *k, struct elf_header *h)
{
	struct elf32_header h32;

	if (!in_file(k, 0, sizeof(*h)) || memcmp(k->data, "\x7f" "ELF", 4))
		return false;
	if (!is_elf32(k)) {
		memcpy(h, k->data, sizeof(*h));
		return true;
	}
	memcpy(&h32, k->data, sizeof(h32));
	*h = (struct elf_header){
		.machine = h32.machine, .entry = h32.entry,
		.phoff = h32.phoff, .phentsize = h32.phentsize,
		.phnum = h32.phnum, .shoff = h32.shoff,
		.shentsize = h32.shentsize, .shnum = h32.shnum,
	};
	memcpy(h->ident, h32.ident, sizeof(h->ident));
	return true;
}

/* Entry @i of a table at @at; NULL if it is not all in the file. */
static __init const u8 *table_entry(const struct kernel *k, u64 at, u16 step,
				    unsigned int i, unsigned int size)
{
	if (step < size || at > k->size ||
	    !in_file(k, at + (u64)i * step, size))
		return NULL;
	return k->data + at + (u64)i * step;
}

static __init bool get_segment(const struct kernel *k, unsigned int i,
			       struct elf_segment *s)
{
	struct elf32_segment narrow;
	struct elf_header h;
	const u8 *p;

	if (!get_header(k, &h) || i >= h.phnum)
		return false;
	p = table_entry(k, h.phoff, h.phentsize, i,
			is_elf32(k) ? sizeof(narrow) : sizeof(*s));
	if (!p)
		return false;
	if (!is_elf32(k)) {
		memcpy(s, p, sizeof(*s));
		return true;
	}
	memcpy(&narrow, p, sizeof(narrow));
	*s = (struct elf_segment){
		.type = narrow.type, .offset = narrow.offset, .paddr = narrow.paddr,
		.filesz = narrow.filesz, .memsz = narrow.memsz,
	};
	return true;
}

static __init bool get_section(const struct kernel *k, unsigned int i,
			       struct elf_section *s)
{
	struct elf32_section narrow;
	struct elf_header h;
	const u8 *p;

	if (!get_header(k, &h) || i >= h.shnum)
		return false;
	p = table_entry(k, h.shoff, h.shentsize, i,
			is_elf32(k) ? sizeof(narrow) : sizeof(*s));
	if (!p)
		return false;
	if (!is_elf32(k)) {
		memcpy(s, p, sizeof(*s));
		return true;
	}
	memcpy(&narrow, p, sizeof(narrow));
	*s = (struct elf_section){
		.type = narrow.type, .offset = narrow.offset, .size = narrow.size,
	};
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

/* "yes", "no", "bimodal": text that need not end with a zero byte. */
static __init void take_pae_mode(struct kernel *k, const u8 *desc, u32 size)
{
	char mode[16] = "";
	bool bimodal = false;

	memcpy(mode, desc, min(size, (u32)sizeof(mode) - 1));
	for (unsigned int i = 0; i + 7 < sizeof(mode); i++)
		bimodal |= !memcmp(mode + i, "bimodal", 7);
	k->no_pae = !strcmp(mode, "no");
	k->extended_cr3 = bimodal || !strcmp(mode, "yes");
}

/* Exactly "yes": whatever else stands there asks for nothing. */
static __init bool says_yes(const u8 *desc, u32 size)
{
	return size >= 3 && !memcmp(desc, "yes", 3) && (size == 3 || !desc[3]);
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
	case XEN_ELFNOTE_PAE_MODE:
		take_pae_mode(k, desc, size);
		break;
	case XEN_ELFNOTE_BSD_SYMTAB:
		k->bsd_symtab = says_yes(desc, size);
		break;
	case XEN_ELFNOTE_HV_START_LOW:
		k->hv_start_low = v;
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

static __init bool notes_by_section(struct kernel *k)
{
	struct elf_section s;
	bool any = false;

	for (unsigned int i = 0; get_section(k, i, &s); i++)
		if (s.type == SHT_NOTE && in_file(k, s.offset, s.size))
			any |= take_notes(k, s.offset, s.size);
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

static __init const char *check_header(struct kernel *k,
				       struct elf_header *h)
{
	if (!get_header(k, h))
		return "it is no ELF file";
	k->is_32bit = is_elf32(k);
	if (h->ident[4] > 2 || h->ident[5] != 1 ||
	    h->machine != (k->is_32bit ? EM_386 : EM_X86_64))
		return "it is not for x86";
	return NULL;
}

/* What the notes ask for and this kind of guest cannot have. */
static __init const char *check_notes(const struct kernel *k)
{
	if (k->has_features && !k->dom0_capable)
		return "it cannot run as dom0";
	if (k->bsd_symtab)
		return "it wants its symbols loaded (note BSD_SYMTAB), which "
		       "is not done";
	if (k->is_32bit && k->no_pae)
		return "it does not use PAE";
	if (k->is_32bit && k->hv_start_low > HV_COMPAT_START)
		return "it leaves too little room to the hypervisor";
	return NULL;
}

static __init bool base_possible(const struct kernel *k)
{
	if (k->virt_base & (PAGE_SIZE - 1))
		return false;
	if (!k->is_32bit)
		return gva_allowed(k->virt_base, k->end);
	return k->end <= HV_COMPAT_START &&
	       k->virt_base <= HV_COMPAT_START - k->end;
}

__init const char *kernel_parse(struct kernel *k)
{
	struct elf_header h;
	const char *fault = check_header(k, &h);

	if (fault)
		return fault;
	if (!notes_by_segment(k) && !notes_by_section(k))
		return "it has no Xen notes";
	fault = check_notes(k);
	if (!fault)
		fault = check_segments(k);
	if (fault)
		return fault;
	if (!k->has_entry)
		k->entry = h.entry;
	/* Only 64-bit kernels can have it elsewhere. */
	if (k->is_32bit)
		k->has_init_p2m = false;
	return base_possible(k) ? NULL : "its virtual base is impossible";
}
