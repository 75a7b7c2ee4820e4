/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads Xen notes from an ELF kernel; see elfnotes.h. */
#include "builder/elfnotes.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/elfnote.h>

static const struct {
	uint32_t type;
	enum note_number number;
	bool pv;
} numbers[] = {
	{ XEN_ELFNOTE_ENTRY, NOTE_ENTRY, true },
	{ XEN_ELFNOTE_HYPERCALL_PAGE, NOTE_HYPERCALL_PAGE, true },
	{ XEN_ELFNOTE_VIRT_BASE, NOTE_VIRT_BASE, true },
	{ XEN_ELFNOTE_PADDR_OFFSET, NOTE_PADDR_OFFSET, true },
	{ XEN_ELFNOTE_HV_START_LOW, NOTE_HV_START_LOW, true },
	{ XEN_ELFNOTE_SUSPEND_CANCEL, NOTE_SUSPEND_CANCEL, false },
	{ XEN_ELFNOTE_INIT_P2M, NOTE_INIT_P2M, true },
	{ XEN_ELFNOTE_MOD_START_PFN, NOTE_MOD_START_PFN, true },
	{ XEN_ELFNOTE_SUPPORTED_FEATURES, NOTE_SUPPORTED_FEATURES, false },
	{ XEN_ELFNOTE_PHYS32_ENTRY, NOTE_PHYS32_ENTRY, false },
};

/* True: it was a number; one that is not whole is ignored. */
static bool add_number(struct elfnotes *n, uint32_t type,
		       const uint8_t *desc, uint32_t size, bool whole)
{
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].type != type)
			continue;
		if (!whole || (size != 4 && size != 8))
			return true;
		memcpy(&value, desc, size);
		n->present |= 1u << numbers[i].number;
		n->number[numbers[i].number] = value;
		n->pv |= numbers[i].pv;
		return true;
	}
	return false;
}

/* The text need not end in NUL; a longer one than we keep is cut. */
static void copy_text(char *out, size_t out_size, const uint8_t *text,
		      size_t size)
{
	size_t len = strnlen((const char *)text, size);

	if (len >= out_size)
		len = out_size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

static void add_text(struct elfnotes *n, uint32_t type, const uint8_t *desc,
		     uint32_t size)
{
	switch (type) {
	case XEN_ELFNOTE_GUEST_OS:
		copy_text(n->guest_os, sizeof(n->guest_os), desc, size);
		break;
	case XEN_ELFNOTE_GUEST_VERSION:
		copy_text(n->guest_version, sizeof(n->guest_version), desc,
			  size);
		break;
	case XEN_ELFNOTE_XEN_VERSION:
		copy_text(n->xen_version, sizeof(n->xen_version), desc, size);
		n->pv = true;
		break;
	case XEN_ELFNOTE_LOADER:
		copy_text(n->loader, sizeof(n->loader), desc, size);
		n->pv = true;
		break;
	case XEN_ELFNOTE_PAE_MODE:
		copy_text(n->pae_mode, sizeof(n->pae_mode), desc, size);
		/* Kernels with notes are all newer than the larger CR3. */
		n->pae_extended_cr3 = elfnotes_pae(n);
		break;
	case XEN_ELFNOTE_BSD_SYMTAB:
		n->bsd_symtab = strnlen((const char *)desc, size) == 3 &&
			memcmp(desc, "yes", 3) == 0;
		break;
	case XEN_ELFNOTE_FEATURES:
		copy_text(n->features, sizeof(n->features), desc, size);
		break;
	}
}

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~3ull;
}

/*
 * Both classes use the same note header, aligned to 4. A description that runs
 * past the end of the span (a known fault of one boot loader's build) is cut
 * at the end instead of being refused.
 */
static void read_span(struct elfnotes *n, const struct elf_span *span)
{
	uint64_t pos = 0;

	while (pos <= span->size && span->size - pos >= sizeof(Elf32_Nhdr)) {
		uint64_t name, desc, size;
		Elf32_Nhdr h;

		memcpy(&h, span->data + pos, sizeof(h));
		name = pos + sizeof(h);
		desc = name + align4(h.n_namesz);
		pos = desc + align4(h.n_descsz);
		if (desc > span->size)
			return;
		size = span->size - desc;
		if (size > h.n_descsz)
			size = h.n_descsz;
		if (h.n_namesz != 4 ||
		    memcmp(span->data + name, "Xen", 4) != 0)
			continue;
		n->found = true;
		if (!add_number(n, h.n_type, span->data + desc,
				(uint32_t)size, size == h.n_descsz))
			add_text(n, h.n_type, span->data + desc,
				 (uint32_t)size);
	}
}

static void set_number(struct elfnotes *n, enum note_number which,
		       const char *value)
{
	n->present |= 1u << which;
	n->number[which] = strtoull(value, NULL, 0);
	n->pv = true;
}

/* One NAME=VALUE of the string section. */
static void legacy_pair(struct elfnotes *n, const char *name,
			const char *value)
{
	if (strcmp(name, "VIRT_BASE") == 0)
		set_number(n, NOTE_VIRT_BASE, value);
	else if (strcmp(name, "VIRT_ENTRY") == 0)
		set_number(n, NOTE_ENTRY, value);
	else if (strcmp(name, "ELF_PADDR_OFFSET") == 0)
		set_number(n, NOTE_PADDR_OFFSET, value);
	else if (strcmp(name, "HYPERCALL_PAGE") == 0)
		set_number(n, NOTE_HYPERCALL_PAGE, value);
	else if (strcmp(name, "GUEST_OS") == 0)
		snprintf(n->guest_os, sizeof(n->guest_os), "%s", value);
	else if (strcmp(name, "GUEST_VER") == 0)
		snprintf(n->guest_version, sizeof(n->guest_version), "%s",
			 value);
	else if (strcmp(name, "XEN_VER") == 0)
		snprintf(n->xen_version, sizeof(n->xen_version), "%s", value);
	else if (strcmp(name, "LOADER") == 0)
		snprintf(n->loader, sizeof(n->loader), "%s", value);
	else if (strcmp(name, "PAE") == 0)
		snprintf(n->pae_mode, sizeof(n->pae_mode), "%s", value);
	else if (strcmp(name, "BSD_SYMTAB") == 0)
		n->bsd_symtab = true;	/* its name alone says it there */
	else if (strcmp(name, "FEATURES") == 0)
		snprintf(n->features, sizeof(n->features), "%s", value);
}

/*
 * The hypercall page is a page number there, counted from VIRT_BASE, and
 * PADDR_OFFSET defaults to VIRT_BASE.
 */
static void legacy_finish(struct elfnotes *n)
{
	uint64_t base = n->number[NOTE_VIRT_BASE];

	n->pae_extended_cr3 = elfnotes_pae(n) &&
		strstr(n->pae_mode, "[extended-cr3]");
	if (elfnotes_has(n, NOTE_HYPERCALL_PAGE))
		n->number[NOTE_HYPERCALL_PAGE] =
			base + (n->number[NOTE_HYPERCALL_PAGE] << 12);
	if (!elfnotes_has(n, NOTE_PADDR_OFFSET)) {
		n->present |= 1u << NOTE_PADDR_OFFSET;
		n->number[NOTE_PADDR_OFFSET] = base;
	}
}

static void read_legacy(struct elfnotes *n, const struct elf_span *span)
{
	char text[1024], *pair, *save, *equals;

	copy_text(text, sizeof(text), span->data, span->size);
	for (pair = strtok_r(text, ",", &save); pair;
	     pair = strtok_r(NULL, ",", &save)) {
		equals = strchr(pair, '=');
		if (equals)
			*equals++ = '\0';
		legacy_pair(n, pair, equals ? equals : "");
	}
	n->found = true;
	n->pv = true;
	legacy_finish(n);
}

bool elfnotes_pae(const struct elfnotes *notes)
{
	return strncmp(notes->pae_mode, "yes", 3) == 0 ||
		strstr(notes->pae_mode, "bimodal") != NULL;
}

void elfnotes_read(const struct elf *elf, struct elfnotes *notes)
{
	unsigned int index = 0;
	struct elf_span span;

	memset(notes, 0, sizeof(*notes));
	while (elf_next_note_segment(elf, &index, &span))
		read_span(notes, &span);
	index = 0;
	while (!notes->found && elf_next_note_section(elf, &index, &span))
		read_span(notes, &span);
	if (!notes->found && elf_find_section(elf, "__xen_guest", &span))
		read_legacy(notes, &span);
}

/* What a kernel may demand: stock features and emulated page-table writes. */
static const char *const offered[] = {
	"writable_page_tables",
	"pae_pgdir_above_4gb", "mmu_pt_update_preserve_ad", "highmem_assist",
	"gnttab_map_avail_bits", "memory_op_vnode_supported",
};

const char *elfnotes_missing_feature(const struct elfnotes *notes,
				     char name[64])
{
	char text[sizeof(notes->features)], *word, *save;
	size_t i, count = sizeof(offered) / sizeof(offered[0]);

	strcpy(text, notes->features);
	for (word = strtok_r(text, "|", &save); word;
	     word = strtok_r(NULL, "|", &save)) {
		if (*word != '!')
			continue;
		for (i = 0; i < count; i++)
			if (strcmp(word + 1, offered[i]) == 0)
				break;
		if (i == count) {
			snprintf(name, 64, "%s", word + 1);
			return name;
		}
	}
	return NULL;
}
