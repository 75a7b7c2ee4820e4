/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF view and Xen notes: real forms, hostile forms. */
#include <check.h>
#include <stdlib.h>

#include <xen/elfnote.h>

#include "builder/elfnotes.h"
#include "elf_maker.h"

static struct maker m;
static struct elf elf;
static struct elfnotes notes;

static void read_notes(void)
{
	const char *problem = elf_parse(&elf, m.data, m.size);

	ck_assert_msg(problem == NULL, "%s", problem);
	elfnotes_read(&elf, &notes);
}

static Elf64_Ehdr *header(void)
{
	return (Elf64_Ehdr *)m.data;
}

static Elf64_Phdr *phdr(int i)
{
	return (Elf64_Phdr *)(m.data + sizeof(Elf64_Ehdr)) + i;
}

/* Debian's kernel, as far as the builder looks at it. */
static void debian_notes(void)
{
	maker_number(&m, XEN_ELFNOTE_ENTRY, 0xffffffff830791c0ull);
	maker_number(&m, XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000ull);
	maker_string(&m, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	maker_string(&m, XEN_ELFNOTE_GUEST_OS, "linux");
	maker_string(&m, XEN_ELFNOTE_LOADER, "generic");
	maker_string(&m, XEN_ELFNOTE_FEATURES,
		     "!writable_page_tables|pae_pgdir_above_4gb");
	maker_number(&m, XEN_ELFNOTE_INIT_P2M, 0x8000000000ull);
	maker_number(&m, XEN_ELFNOTE_MOD_START_PFN, 1);
}

START_TEST(test_debian)
{
	char name[64];

	debian_notes();
	maker_finish(&m);
	read_notes();
	ck_assert(notes.found && notes.pv);
	ck_assert_uint_eq(notes.number[NOTE_ENTRY], 0xffffffff830791c0ull);
	ck_assert_uint_eq(notes.number[NOTE_INIT_P2M], 0x8000000000ull);
	ck_assert(elfnotes_has(&notes, NOTE_MOD_START_PFN));
	ck_assert(!elfnotes_has(&notes, NOTE_HYPERCALL_PAGE));
	ck_assert(!elfnotes_has(&notes, NOTE_PADDR_OFFSET));
	ck_assert(!notes.bsd_symtab);
	ck_assert_str_eq(notes.guest_os, "linux");
	ck_assert_str_eq(notes.loader, "generic");
	ck_assert_ptr_null(elfnotes_missing_feature(&notes, name));
	ck_assert_uint_eq(elf.segment_count, 1);
	ck_assert_uint_eq(elf.pstart, 0x100000);
	ck_assert_uint_eq(elf.pend, 0x102000);
	ck_assert_uint_eq(elf.segments[0].file.size, MAKER_TEXT_SIZE);
}
END_TEST

/* Explicit zeros are not the same as nothing; 4-byte numbers count. */
START_TEST(test_zeros)
{
	uint32_t zero = 0;

	maker_note(&m, XEN_ELFNOTE_ENTRY, &zero, 4);
	maker_number(&m, XEN_ELFNOTE_VIRT_BASE, 0);
	maker_finish(&m);
	read_notes();
	ck_assert(elfnotes_has(&notes, NOTE_ENTRY));
	ck_assert(elfnotes_has(&notes, NOTE_VIRT_BASE));
	ck_assert(!elfnotes_has(&notes, NOTE_PADDR_OFFSET));
}
END_TEST

START_TEST(test_not_ours)
{
	maker_note_as(&m, "GNU", 3, "abcdefgh", 8);
	maker_note_as(&m, "Xenon", XEN_ELFNOTE_ENTRY, "abcdefgh", 8);
	maker_finish(&m);
	read_notes();
	ck_assert(!notes.found);
	ck_assert(!notes.pv);
}
END_TEST

START_TEST(test_pvh_only)
{
	maker_number(&m, XEN_ELFNOTE_PHYS32_ENTRY, 0x100000);
	maker_string(&m, XEN_ELFNOTE_GUEST_OS, "x");
	maker_finish(&m);
	read_notes();
	ck_assert(notes.found);
	ck_assert(!notes.pv);
}
END_TEST

START_TEST(test_unterminated)
{
	maker_note(&m, XEN_ELFNOTE_FEATURES, "!abc|!def", 4);
	maker_finish(&m);
	read_notes();
	ck_assert_str_eq(notes.features, "!abc");
}
END_TEST

/* A description that runs past PT_NOTE's end, as in one boot loader. */
START_TEST(test_overrun)
{
	maker_number(&m, XEN_ELFNOTE_VIRT_BASE, 7);
	maker_string(&m, XEN_ELFNOTE_PAE_MODE, "yes,bimodal");
	maker_finish(&m);
	phdr(1)->p_filesz -= 9;
	read_notes();
	ck_assert_uint_eq(notes.number[NOTE_VIRT_BASE], 7);
	ck_assert_str_eq(notes.pae_mode, "yes");
}
END_TEST

START_TEST(test_long_text)
{
	char text[1000];

	memset(text, 'a', sizeof(text));
	maker_note(&m, XEN_ELFNOTE_LOADER, text, sizeof(text));
	maker_finish(&m);
	read_notes();
	ck_assert_uint_eq(strlen(notes.loader), sizeof(notes.loader) - 1);
}
END_TEST

START_TEST(test_features)
{
	char name[64];

	maker_string(&m, XEN_ELFNOTE_FEATURES,
		     "auto_translated_physmap|!supervisor_mode_kernel");
	maker_finish(&m);
	read_notes();
	ck_assert_str_eq(elfnotes_missing_feature(&notes, name),
			 "supervisor_mode_kernel");
}
END_TEST

/* Only "yes" asks for the symbols. */
START_TEST(test_symbols)
{
	maker_string(&m, XEN_ELFNOTE_BSD_SYMTAB, "no");
	maker_finish(&m);
	read_notes();
	ck_assert(!notes.bsd_symtab);
	maker_string(&m, XEN_ELFNOTE_BSD_SYMTAB, "yes");
	maker_finish(&m);
	read_notes();
	ck_assert(notes.bsd_symtab);
}
END_TEST

/* Sizes that would overflow the walk. */
START_TEST(test_huge_sizes)
{
	Elf64_Nhdr h = { 0xffffffff, 0xffffffff, XEN_ELFNOTE_ENTRY };

	memcpy(m.notes, &h, sizeof(h));
	m.notes_size = sizeof(h);
	maker_finish(&m);
	read_notes();
	ck_assert(!notes.found);
	h.n_namesz = 4;
	memcpy(m.data + phdr(1)->p_offset, &h, sizeof(h));
	memcpy(m.data + phdr(1)->p_offset + sizeof(h), "Xen", 4);
	phdr(1)->p_filesz = sizeof(h) + 8;
	read_notes();
	ck_assert(notes.found);
	ck_assert(!elfnotes_has(&notes, NOTE_ENTRY));
}
END_TEST

/* Adds section headers: a note section and one of the given name. */
static void add_sections(uint32_t type, const char *name, const void *data,
			 size_t size)
{
	static const char names[] = "\0.shstrtab";
	size_t at = (m.size + 7) & ~7ul;
	Elf64_Shdr s[3] = {
		{ .sh_type = SHT_NULL },
		{ .sh_type = SHT_STRTAB, .sh_name = 1 },
		{ .sh_type = type, .sh_name = sizeof(names) },
	};

	memcpy(m.data + at, names, sizeof(names));
	strcpy((char *)m.data + at + sizeof(names), name);
	s[1].sh_offset = at;
	s[1].sh_size = sizeof(names) + strlen(name) + 1;
	at = (at + s[1].sh_size + 7) & ~7ul;
	memcpy(m.data + at, data, size);
	s[2].sh_offset = at;
	s[2].sh_size = size;
	at = (at + size + 7) & ~7ul;
	memcpy(m.data + at, s, sizeof(s));
	header()->e_shoff = at;
	header()->e_shnum = 3;
	header()->e_shentsize = sizeof(Elf64_Shdr);
	header()->e_shstrndx = 1;
	m.size = at + sizeof(s);
}

START_TEST(test_note_section)
{
	struct maker other = { .size = 0 };

	maker_number(&other, XEN_ELFNOTE_VIRT_BASE, 0x1000);
	maker_finish(&m);
	phdr(1)->p_type = PT_NULL;
	add_sections(SHT_NOTE, ".note.Xen", other.notes, other.notes_size);
	read_notes();
	ck_assert(notes.found);
	ck_assert_uint_eq(notes.number[NOTE_VIRT_BASE], 0x1000);
}
END_TEST

START_TEST(test_legacy_section)
{
	static const char text[] = "GUEST_OS=old,XEN_VER=xen-3.0,"
		"VIRT_BASE=0xffffffff80000000,HYPERCALL_PAGE=0x201,"
		"LOADER=generic,FEATURES=a|b,PAE,BSD_SYMTAB";

	maker_finish(&m);
	phdr(1)->p_type = PT_NULL;
	add_sections(SHT_PROGBITS, "__xen_guest", text, sizeof(text));
	read_notes();
	ck_assert(notes.found && notes.pv);
	ck_assert_str_eq(notes.guest_os, "old");
	ck_assert_uint_eq(notes.number[NOTE_HYPERCALL_PAGE],
			  0xffffffff80201000ull);
	ck_assert_uint_eq(notes.number[NOTE_PADDR_OFFSET],
			  0xffffffff80000000ull);
	ck_assert_str_eq(notes.features, "a|b");
	ck_assert(notes.bsd_symtab);
}
END_TEST

/* The section's string is not terminated inside the file. */
START_TEST(test_legacy_cut)
{
	maker_finish(&m);
	phdr(1)->p_type = PT_NULL;
	add_sections(SHT_PROGBITS, "__xen_guest", "GUEST_OS=abcdef", 11);
	read_notes();
	ck_assert_str_eq(notes.guest_os, "ab");
}
END_TEST

START_TEST(test_section_name_out_of_file)
{
	maker_finish(&m);
	phdr(1)->p_type = PT_NULL;
	add_sections(SHT_PROGBITS, "__xen_guest", "GUEST_OS=a", 11);
	((Elf64_Shdr *)(m.data + header()->e_shoff))[2].sh_name = 0xfffffff0;
	read_notes();
	ck_assert(!notes.found);
	header()->e_shstrndx = 2;
	read_notes();
	header()->e_shstrndx = 0xffff;
	read_notes();
	header()->e_shoff = UINT64_MAX - 8;
	header()->e_shstrndx = 1;
	read_notes();
	ck_assert(!notes.found);
}
END_TEST

START_TEST(test_32_bit)
{
	Elf32_Ehdr e = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_machine = EM_386, .e_entry = 0x100000,
		.e_phoff = sizeof(e), .e_phnum = 2,
		.e_phentsize = sizeof(Elf32_Phdr),
	};
	Elf32_Phdr p[2] = {
		{ .p_type = PT_LOAD, .p_paddr = 0x100000, .p_filesz = 16,
		  .p_memsz = 32, .p_offset = 0 },
		{ .p_type = PT_NOTE, .p_offset = sizeof(e) + sizeof(p) },
	};

	maker_string(&m, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	p[1].p_filesz = (uint32_t)m.notes_size;
	memcpy(m.data, &e, sizeof(e));
	memcpy(m.data + sizeof(e), p, sizeof(p));
	memcpy(m.data + sizeof(e) + sizeof(p), m.notes, m.notes_size);
	m.size = sizeof(e) + sizeof(p) + m.notes_size;
	read_notes();
	ck_assert(!elf.is_64);
	ck_assert(notes.pv);
	ck_assert_uint_eq(elf.entry, 0x100000);
}
END_TEST

static void expect_problem(const char *part)
{
	const char *problem = elf_parse(&elf, m.data, m.size);

	ck_assert_msg(problem && strstr(problem, part), "%s: %s", part,
		      problem ? problem : "accepted");
}

START_TEST(test_refused)
{
	struct maker good;

	debian_notes();
	maker_finish(&m);
	good = m;
	header()->e_machine = EM_ARM;
	expect_problem("not for x86");
	m = good;
	m.data[EI_CLASS] = 7;
	expect_problem("class");
	m = good;
	m.data[EI_DATA] = ELFDATA2MSB;
	expect_problem("not for x86");
	m = good;
	header()->e_phnum = 0;
	expect_problem("nothing to load");
	m = good;
	header()->e_phoff = UINT64_MAX - 16;
	expect_problem("program headers");
	m = good;
	header()->e_phentsize = 8;
	expect_problem("program headers");
	m = good;
	header()->e_phnum = 0xffff;
	expect_problem("program headers");
	m = good;
	phdr(0)->p_filesz = 0x3000;
	expect_problem("more bytes in the file than in memory");
	m = good;
	phdr(0)->p_offset = m.size - 8;
	expect_problem("truncated");
	m = good;
	phdr(0)->p_offset = UINT64_MAX - 8;
	expect_problem("truncated");
	m = good;
	phdr(0)->p_paddr = UINT64_MAX - 8;
	expect_problem("beyond any memory");
	m = good;
	phdr(0)->p_memsz = 1ull << 63;
	expect_problem("beyond any memory");
}
END_TEST

START_TEST(test_cut)
{
	debian_notes();
	maker_finish(&m);
	for (size_t len = 0; len < m.size; len++) {
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, m.data, len);
		if (!elf_parse(&elf, copy, len))
			ck_abort_msg("accepted at length %zu", len);
		free(copy);
	}
}
END_TEST

/* Each byte of headers and notes in turn all ones: never a wild read. */
START_TEST(test_bytes)
{
	uint8_t *copy;
	size_t end;

	debian_notes();
	maker_finish(&m);
	end = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr) + m.notes_size;
	for (size_t i = 0; i < end; i++) {
		copy = malloc(m.size);
		memcpy(copy, m.data, m.size);
		copy[i] = (uint8_t)~copy[i];
		if (!elf_parse(&elf, copy, m.size)) {
			elfnotes_read(&elf, &notes);
			for (unsigned int n = 0; n < elf.segment_count; n++)
				if (elf.segments[n].file.data +
				    elf.segments[n].file.size > copy + m.size)
					ck_abort_msg("byte %zu", i);
		}
		free(copy);
	}
}
END_TEST

static void setup(void)
{
	memset(&m, 0, sizeof(m));
}

int main(void)
{
	Suite *s = suite_create("elfnotes");
	TCase *t = tcase_create("elfnotes");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_debian);
	tcase_add_test(t, test_zeros);
	tcase_add_test(t, test_not_ours);
	tcase_add_test(t, test_pvh_only);
	tcase_add_test(t, test_unterminated);
	tcase_add_test(t, test_overrun);
	tcase_add_test(t, test_long_text);
	tcase_add_test(t, test_features);
	tcase_add_test(t, test_huge_sizes);
	tcase_add_test(t, test_note_section);
	tcase_add_test(t, test_symbols);
	tcase_add_test(t, test_legacy_section);
	tcase_add_test(t, test_legacy_cut);
	tcase_add_test(t, test_section_name_out_of_file);
	tcase_add_test(t, test_32_bit);
	tcase_add_test(t, test_refused);
	tcase_add_test(t, test_cut);
	tcase_add_test(t, test_bytes);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
