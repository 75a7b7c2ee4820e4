/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel says about itself: its Xen notes, or the older string section
 * __xen_guest.
 */
#ifndef BUILDER_ELFNOTES_H
#define BUILDER_ELFNOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/elf.h"

/* Numeric notes; an absent one is not the same as one that says 0. */
enum note_number {
	NOTE_ENTRY,
	NOTE_HYPERCALL_PAGE,
	NOTE_VIRT_BASE,
	NOTE_PADDR_OFFSET,
	NOTE_HV_START_LOW,
	NOTE_SUSPEND_CANCEL,
	NOTE_INIT_P2M,
	NOTE_MOD_START_PFN,
	NOTE_SUPPORTED_FEATURES,
	NOTE_PHYS32_ENTRY,
	NOTE_NUMBERS,
};

struct elfnotes {
	bool found;		/* any Xen note at all */
	bool pv;		/* any note that a PV kernel has */
	uint32_t present;	/* bits of enum note_number */
	uint64_t number[NOTE_NUMBERS];
	char guest_os[32];
	char guest_version[32];
	char xen_version[32];
	char loader[32];
	char pae_mode[32];
	bool pae_extended_cr3;	/* it takes a root above 4 GiB */
	bool bsd_symtab;	/* it wants its symbols loaded behind it */
	char features[256];
};

/* Never fails: what is malformed is as good as absent. */
void elfnotes_read(const struct elf *elf, struct elfnotes *notes);

static inline bool elfnotes_has(const struct elfnotes *notes,
				enum note_number which)
{
	return notes->present >> which & 1;
}

/* Whether a 32-bit kernel knows three levels of page tables. */
bool elfnotes_pae(const struct elfnotes *notes);

/*
 * NULL when a PV domain without special rights has all the features that the
 * kernel demands ("!name"); else the first it lacks, in `name`.
 */
const char *elfnotes_missing_feature(const struct elfnotes *notes,
				     char name[64]);

#endif
