/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader of dom0's kernel: ELF headers, notes, hostile files. */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "pv/build.h"

#define FILE_SIZE	4096
#define NOTES_AT	1024
#define DATA_AT		2048

static struct {
	u8 bytes[FILE_SIZE];
	size_t notes;
} f;

static void add_note(u32 type, const void *desc, u32 size)
{
	u8 *p = f.bytes + NOTES_AT + f.notes;
	u32 head[3] = { 4, size, type };

	memcpy(p, head, sizeof(head));
	memcpy(p + 12, "Xen", 4);
	memcpy(p + 16, desc, size);
	f.notes += 16 + ((size + 3) & ~3U);
}

static void add_number(u32 type, u64 v)
{
	add_note(type, &v, sizeof(v));
}

static Elf64_Phdr *segment(unsigned int i)
{
	return (Elf64_Phdr *)(f.bytes + sizeof(Elf64_Ehdr)) + i;
}

static Elf64_Ehdr *header(void)
{
	return (Elf64_Ehdr *)f.bytes;
}

static void setup(void)
{
	memset(&f, 0, sizeof(f));
	*header() = (Elf64_Ehdr){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1,
		.e_entry = 0x100000, .e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3,
	};
	*segment(0) = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_offset = DATA_AT, .p_paddr = 0x100000,
		.p_vaddr = 0xffffffff80100000, .p_filesz = 512,
		.p_memsz = 0x3000,
	};
	*segment(1) = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_offset = DATA_AT + 512,
		.p_paddr = 0x200000, .p_filesz = 16, .p_memsz = 16,
	};
	*segment(2) = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = NOTES_AT };
}

static const char *parse(struct kernel *k)
{
	u8 *copy = malloc(FILE_SIZE);
	const char *fault;

	segment(2)->p_filesz = f.notes;
	memcpy(copy, f.bytes, FILE_SIZE);
	*k = (struct kernel){ .data = copy, .size = FILE_SIZE };
	fault = kernel_parse(k);
	if (!fault) {
		u64 paddr, file_size, mem_size;
		unsigned int i = 0;
		const u8 *data;
		volatile u8 sum = 0;

		while (kernel_segment(k, &i, &paddr, &data, &file_size,
				      &mem_size)) {
			ck_assert_uint_le(file_size, mem_size);
			ck_assert_uint_le(paddr + mem_size, k->end);
			for (u64 n = 0; n < file_size; n++)
				sum += data[n];
		}
	}
	free(copy);
	return fault;
}

START_TEST(linux_like)
{
	struct kernel k;

	add_number(1, 0xffffffff80100040);
	add_number(3, 0xffffffff80000000);
	add_number(15, 0x8000000000);
	add_note(16, "\1\0\0\0", 4);
	add_note(17, "\1\x88\0\0", 4);
	add_note(10, "!writable_page_tables|pae", 25);
	ck_assert_ptr_null(parse(&k));
	ck_assert_uint_eq(k.entry, 0xffffffff80100040);
	ck_assert_uint_eq(k.virt_base, 0xffffffff80000000);
	ck_assert(k.has_init_p2m && k.init_p2m == 0x8000000000);
	ck_assert(k.mod_start_pfn && !k.has_hypercall_page);
	ck_assert_uint_eq(k.start, 0x100000);
	ck_assert_uint_eq(k.end, 0x200010);
}
END_TEST

START_TEST(test_kernel_like)
{
	struct kernel k;

	add_number(2, 0x101000);
	add_note(8, "generic", 8);
	ck_assert_ptr_null(parse(&k));
	ck_assert_uint_eq(k.entry, 0x100000);
	ck_assert_uint_eq(k.virt_base, 0);
	ck_assert(k.has_hypercall_page && k.hypercall_page == 0x101000);
	/* Entry 0 that is told is not the same as none. */
	add_number(1, 0);
	ck_assert_ptr_null(parse(&k));
	ck_assert_uint_eq(k.entry, 0);
}
END_TEST

/* The same file with 32-bit headers; notes of 4 bytes. */
static void make_elf32(void)
{
	Elf32_Phdr *p = (Elf32_Phdr *)(f.bytes + sizeof(Elf32_Ehdr));

	memset(&f, 0, sizeof(f));
	*(Elf32_Ehdr *)f.bytes = (Elf32_Ehdr){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC, .e_machine = EM_386, .e_version = 1,
		.e_entry = 0x100010, .e_phoff = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr), .e_phnum = 2,
	};
	p[0] = (Elf32_Phdr){
		.p_type = PT_LOAD, .p_offset = DATA_AT, .p_paddr = 0x100000,
		.p_vaddr = 0xc0100000, .p_filesz = 512, .p_memsz = 0x3000,
	};
	p[1] = (Elf32_Phdr){ .p_type = PT_NOTE, .p_offset = NOTES_AT };
}

static const char *parse32(struct kernel *k)
{
	Elf32_Phdr *p = (Elf32_Phdr *)(f.bytes + sizeof(Elf32_Ehdr));
	const u8 *data;
	unsigned int i = 0;
	u64 paddr, file_size, mem_size;
	const char *fault;

	p[1].p_filesz = f.notes;
	*k = (struct kernel){ .data = f.bytes, .size = FILE_SIZE };
	fault = kernel_parse(k);
	if (fault)
		return fault;
	ck_assert(kernel_segment(k, &i, &paddr, &data, &file_size, &mem_size));
	ck_assert_uint_eq(paddr, 0x100000);
	ck_assert_uint_eq(file_size, 512);
	ck_assert_uint_eq(mem_size, 0x3000);
	ck_assert_ptr_eq(data, f.bytes + DATA_AT);
	ck_assert(!kernel_segment(k, &i, &paddr, &data, &file_size,
				  &mem_size));
	return NULL;
}

START_TEST(ring_1_kernels)
{
	u32 entry = 0, base = 0xc0000000, low = 0xf5800000, last = 0xf5600000;
	struct kernel k;

	make_elf32();
	add_note(9, "yes", 4);
	ck_assert_ptr_null(parse32(&k));
	ck_assert(k.is_32bit && k.extended_cr3);
	ck_assert_uint_eq(k.virt_base, 0);
	ck_assert_uint_eq(k.entry, 0x100010);
	/* Numbers may have 4 bytes or 8, and be 0. */
	add_note(1, &entry, 4);
	add_number(3, base);
	add_note(12, &low, 4);
	add_number(15, 0x8000000000);
	ck_assert_ptr_null(parse32(&k));
	ck_assert(k.has_entry && !k.entry && !k.has_init_p2m);
	ck_assert_uint_eq(k.virt_base, base);
	/* Where we are. */
	add_note(3, &last, 4);
	ck_assert_ptr_null(parse32(&k));
	add_note(3, &low, 4);
	ck_assert_ptr_nonnull(parse32(&k));
	add_note(3, &base, 4);
	low += 0x200000;
	add_note(12, &low, 4);
	ck_assert_ptr_nonnull(parse32(&k));
}
END_TEST

START_TEST(pae_modes)
{
	static const struct {
		const char *text;
		unsigned int size;
		bool ok, extended;
	} modes[] = {
		{ "yes", 4, true, true }, { "yes", 3, true, true },
		{ "no", 3, false, false }, { "bimodal", 8, true, true },
		{ "yes,bimodal", 11, true, true }, { "", 0, true, false },
		{ "maybe", 6, true, false },
	};
	struct kernel k;

	for (unsigned int i = 0; i < ARRAY_SIZE(modes); i++) {
		make_elf32();
		add_note(8, "generic", 8);
		add_note(9, modes[i].text, modes[i].size);
		ck_assert_int_eq(!parse32(&k), modes[i].ok);
		ck_assert_int_eq(k.extended_cr3, modes[i].extended);
	}
	/* A descriptor that runs past the end of the notes. */
	make_elf32();
	add_note(9, "yes", 4);
	((u32 *)(f.bytes + NOTES_AT))[1] = 200;
	ck_assert_ptr_null(parse32(&k));
	ck_assert(k.extended_cr3);
	/* Another machine's. */
	((Elf32_Ehdr *)f.bytes)->e_machine = EM_X86_64;
	ck_assert_ptr_nonnull(parse32(&k));
}
END_TEST

START_TEST(notes_in_sections)
{
	struct kernel k;
	Elf64_Shdr *s = (Elf64_Shdr *)(f.bytes + 512);

	add_number(3, 0x40000000);
	segment(2)->p_type = PT_NULL;
	ck_assert_ptr_nonnull(parse(&k));
	header()->e_shoff = 512;
	header()->e_shnum = 2;
	header()->e_shentsize = sizeof(*s);
	s[1] = (Elf64_Shdr){ .sh_type = SHT_NOTE, .sh_offset = NOTES_AT,
			     .sh_size = f.notes };
	ck_assert_ptr_null(parse(&k));
	ck_assert_uint_eq(k.virt_base, 0x40000000);
}
END_TEST

/* A last note whose descriptor runs past the end is taken as far as it goes. */
START_TEST(cut_note)
{
	struct kernel k;

	add_number(3, 0x40000000);
	add_note(9, "yes", 4);
	((u32 *)(f.bytes + NOTES_AT + f.notes - 20))[1] = 400;
	ck_assert_ptr_null(parse(&k));
	ck_assert_uint_eq(k.virt_base, 0x40000000);
}
END_TEST

START_TEST(refused)
{
	struct kernel k;

	ck_assert_ptr_nonnull(parse(&k));	/* no notes */
	add_note(8, "generic", 8);
	ck_assert_ptr_null(parse(&k));
	segment(0)->p_filesz = 0x3001;
	ck_assert_ptr_nonnull(parse(&k));
	segment(0)->p_filesz = FILE_SIZE;
	ck_assert_ptr_nonnull(parse(&k));
	segment(0)->p_filesz = 512;
	segment(0)->p_offset = ~0UL - 100;
	ck_assert_ptr_nonnull(parse(&k));
	segment(0)->p_offset = DATA_AT;
	segment(0)->p_memsz = ~0UL - 0x1000;
	ck_assert_ptr_nonnull(parse(&k));
	segment(0)->p_memsz = 0x1000;
	header()->e_machine = EM_386;
	ck_assert_ptr_nonnull(parse(&k));
	header()->e_machine = EM_X86_64;
	add_note(17, "\1\0\0\0", 4);		/* not as dom0 */
	ck_assert_ptr_nonnull(parse(&k));
}
END_TEST

/* What the kernel would look for behind itself is not there: say so. */
START_TEST(symbols_wanted)
{
	struct kernel k;
	const char *fault;

	add_note(8, "generic", 8);
	add_note(11, "no", 3);
	ck_assert_ptr_null(parse(&k));
	add_note(11, "yes", 4);
	fault = parse(&k);
	ck_assert_ptr_nonnull(fault);
	ck_assert_ptr_nonnull(strstr(fault, "BSD_SYMTAB"));
}
END_TEST

START_TEST(impossible_base)
{
	struct kernel k;

	add_number(3, 0xffff800000000000);	/* ours */
	ck_assert_ptr_nonnull(parse(&k));
	setup();
	add_number(3, 0x7fffffeff000);		/* into the hole */
	ck_assert_ptr_nonnull(parse(&k));
	setup();
	add_number(3, 0x123);
	ck_assert_ptr_nonnull(parse(&k));
}
END_TEST

START_TEST(damage)
{
	u64 seed = 7 + _i;
	struct kernel k;
	u8 good[FILE_SIZE];
	size_t notes;

	add_number(3, 0x40000000);
	add_number(2, 0x40101000);
	add_note(10, "!writable_page_tables|pae", 25);
	memcpy(good, f.bytes, sizeof(good));
	notes = f.notes;
	for (int i = 0; i < 20000; i++) {
		memcpy(f.bytes, good, sizeof(good));
		f.notes = notes;
		for (int n = 0; n < 3; n++) {
			u32 at;

			seed = seed * 6364136223846793005UL + 1;
			at = (seed >> 33) % (n ? 240 : 120);
			if (n == 1)
				at += NOTES_AT;
			f.bytes[at] = seed >> 60 ? seed >> 50 : 0xff;
		}
		parse(&k);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_elf");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, linux_like);
	tcase_add_test(c, test_kernel_like);
	tcase_add_test(c, ring_1_kernels);
	tcase_add_test(c, pae_modes);
	tcase_add_test(c, notes_in_sections);
	tcase_add_test(c, cut_note);
	tcase_add_test(c, symbols_wanted);
	tcase_add_test(c, refused);
	tcase_add_test(c, impossible_base);
	tcase_add_loop_test(c, damage, 0, 4);
	tcase_set_timeout(c, 60);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
